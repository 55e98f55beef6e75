//! What happens to one request.

use super::render::render;
use super::reply::Reply;
use super::state::State;
use super::{protocol, rest};
use crate::call::{Call, MCP_SERVER_PATH, REDIRECTED, path};
use crate::fault::{Fault, Layer};
use crate::request::Request;
use crate::script::{Answer, Content};

/// The answer to a request, and how it is to be delivered.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) reply: Reply,
    /// The fault in force, in the content (already applied) or on the wire.
    pub(crate) fault: Option<Fault>,
    pub(crate) delay_ms: u64,
    pub(crate) hold: bool,
}

/// Answers a request. Faults on the wire are not this function's business: it
/// answers as if there were none.
pub fn answer(state: &mut State, request: &Request) -> Reply {
    decide(state, request).reply
}

/// Decides on a request.
pub(crate) fn decide(state: &mut State, request: &Request) -> Decision {
    let mut answer = state.play.peek(&request.call);
    if was_redirected(request) && matches!(answer.fault, Some(Fault::Redirect { .. })) {
        answer.fault = None;
    }
    let admitted = if stands_in_front(&answer) {
        Ok(None)
    } else {
        admit(state, request)
    };
    let reply = match admitted {
        Err(refusal) => refusal,
        Ok(client) => {
            state.play.advance(&request.call);
            if let (Content::Default, Some(policing)) = (&answer.content, &mut state.policing)
                && let Some(content) = policing.answer(request)
            {
                answer.content = content;
            }
            let mut reply = render(request, &answer);
            if let (Call::Initialize, Some(client), 200) = (&request.call, client, reply.status) {
                reply.set_header("Mcp-Session-Id", state.sessions.open(&client));
            }
            reply
        }
    };
    Decision {
        reply,
        fault: answer.fault,
        delay_ms: answer.delay_ms,
        hold: answer.hold,
    }
}

/// Whether the answer is given by something in front of the agent, which looks
/// neither at credentials nor at the message.
fn stands_in_front(answer: &Answer) -> bool {
    matches!(answer.content, Content::Http(_))
        || matches!(
            answer.fault,
            Some(
                Fault::Redirect { .. }
                    | Fault::RedirectLoop { .. }
                    | Fault::HtmlErrorPage { .. }
                    | Fault::Status { .. }
            )
        )
}

/// Refuses what does not reach an implementation; names the client of MCP calls.
fn admit(state: &mut State, request: &Request) -> Result<Option<String>, Reply> {
    if path(&request.target) == MCP_SERVER_PATH {
        return protocol::admit(state, request).map(Some);
    }
    rest::admit(state, request).map(|()| None)
}

fn was_redirected(request: &Request) -> bool {
    request.target.contains(&format!("{REDIRECTED}/"))
}

impl Decision {
    /// The fault to apply on the connection.
    pub(crate) fn wire_fault(&self) -> Option<&Fault> {
        self.fault
            .as_ref()
            .filter(|fault| fault.layer() == Layer::Wire)
    }
}
