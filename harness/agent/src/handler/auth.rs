//! Who is asking.

use super::state::State;
use crate::request::{Request, basic};
use crate::script::Mode;

/// The authenticator's words for a request it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    Missing,
    Wrong,
    OthersSession,
}

impl Denied {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Missing => {
                "Authentication required: provide Authorization header with Basic auth (clientId:clientSecret)"
            }
            Self::Wrong => "Authentication failed: invalid client credentials",
            Self::OthersSession => "Authentication failed: session belongs to another client",
        }
    }
}

/// The client id of a request, by its own credentials.
pub(super) fn by_credentials(state: &State, request: &Request) -> Result<String, Denied> {
    let header = request.header("authorization");
    let pair = header.and_then(basic);
    let user = || {
        let user = pair.as_deref().and_then(|pair| pair.split(':').next());
        user.filter(|user| !user.is_empty()).unwrap_or("community")
    };
    match state.script().mode {
        Mode::Community => Ok(user().to_owned()),
        Mode::Enterprise if header.is_none() => Err(Denied::Missing),
        Mode::Enterprise => match &pair {
            Some(pair) if state.script().credentials.contains(pair) => Ok(user().to_owned()),
            _ => Err(Denied::Wrong),
        },
    }
}

/// The client id of an MCP request: a known session stands in for missing
/// credentials; an unknown one is as good as none.
pub(super) fn by_session(state: &State, request: &Request) -> Result<String, Denied> {
    let session = request.header("mcp-session-id");
    let owner = session.and_then(|id| state.sessions.client(id));
    match (by_credentials(state, request), owner) {
        (Err(Denied::Missing), Some(owner)) => Ok(owner.to_owned()),
        (Ok(client), Some(owner)) if client != owner && state.script().mode != Mode::Community => {
            Err(Denied::OthersSession)
        }
        (by_credentials, _) => by_credentials,
    }
}
