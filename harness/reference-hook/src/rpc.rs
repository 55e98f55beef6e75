//! From an HTTP answer to what the agent's tool said, or to why it said nothing.

use crate::agent::{Failure, HttpReply, Reply};
use crate::json::{self, Fields, Flaw};
use crate::limits::Limit;

/// The agent's own limit for a request, in bytes. Above it the agent cannot read what it is
/// asked, so that "parse error" or a broken connection is no accident that passes.
pub const AGENT_LIMIT: usize = 1 << 20;

/// What an answer amounts to, whatever was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The tool's result: the text of its only content item.
    Said(String),
    /// The credential is wrong or missing.
    Unauthorized(Unauthorized),
    /// The agent does not know the method, the tool or its arguments.
    Misconfigured {
        /// The JSON-RPC error code.
        code: i64,
        /// The agent's message.
        message: String,
    },
    /// A plan's limit is reached.
    Limited(Limit),
    /// Nothing usable came, and that may pass: the contract's network and server failures.
    Unusable(Cause),
    /// The request timed out at the server (408), which contracts read differently.
    ServerTimeout,
    /// Something came that does not answer the question.
    Undecided(Why),
    /// No request can be sent at all.
    NoEndpoint,
}

/// Why nothing usable came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// No whole answer came.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The server is in trouble.
    #[error("HTTP {0}")]
    Status(u16),
    /// The agent is in trouble.
    #[error("{message} (code {code})")]
    Code {
        /// The JSON-RPC error code.
        code: i64,
        /// The agent's message.
        message: String,
    },
    /// There is nothing in the answer.
    #[error("empty answer")]
    Empty,
    /// What is in the answer is no JSON.
    #[error("unreadable answer")]
    Unreadable,
}

/// Why an answer decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// `allowed` is missing or something else than a boolean.
    #[error("`allowed` is missing or not a boolean")]
    Allowed,
    /// The tool reports an error.
    #[error("a tool error: {0}")]
    ToolError(String),
    /// There is not exactly one text in the result, or the text is no JSON.
    #[error("the result holds no single JSON text")]
    Content,
    /// There is more than one document.
    #[error("more than one document")]
    Documents,
    /// The answer is JSON, but no JSON-RPC.
    #[error("neither result nor error")]
    NoRpc,
    /// The answer holds both a result and an error.
    #[error("both result and error")]
    Both,
    /// An HTTP status that says something else than a failure of the server.
    #[error("HTTP {0} without JSON-RPC")]
    Status(u16),
    /// An error code that the contract does not know, or none.
    #[error("{message}, code {}", code.map_or_else(|| "missing".to_owned(), |code| code.to_string()))]
    Code {
        /// The JSON-RPC error code.
        code: Option<i64>,
        /// The agent's message.
        message: String,
    },
    /// The request is larger than agents accept.
    #[error("the statement is too large: {reason}, for a request of {bytes} bytes")]
    TooLarge {
        /// What was answered.
        reason: String,
        /// Length of the request.
        bytes: usize,
    },
    /// The answer is longer than is read.
    #[error(transparent)]
    TooLong(Failure),
}

/// How authentication failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unauthorized {
    /// What the agent said about it.
    pub message: String,
    /// Whether JSON-RPC said so; else only HTTP did.
    pub by_rpc: bool,
    /// Whether the HTTP status was 401, which starts a back-off.
    pub by_status: bool,
}

/// Reads `reply` to a request of `request_length` bytes at `now` (seconds since 1970).
#[must_use]
pub fn read(reply: &Reply, request_length: usize, now: u64) -> Outcome {
    match reply {
        Reply::Failed(Failure::BadEndpoint) => Outcome::NoEndpoint,
        Reply::Failed(failure @ Failure::TooLong) => {
            Outcome::Undecided(Why::TooLong(failure.clone()))
        }
        // Servers end a connection on which too much arrives.
        Reply::Failed(failure @ Failure::Broken(_)) if request_length > AGENT_LIMIT => {
            too_large(request_length, failure)
        }
        Reply::Failed(failure) => Outcome::Unusable(failure.clone().into()),
        Reply::Http(http) => read_http(http, request_length, now),
    }
}

fn read_http(http: &HttpReply, request_length: usize, now: u64) -> Outcome {
    let document = json::document(&http.body);
    let fields = document.as_deref().ok().and_then(Fields::parse);
    let error = fields.as_ref().and_then(|fields| fields.fields("error"));
    let result = fields.as_ref().and_then(|fields| fields.fields("result"));
    // Gateways too put an `error` into their answers: theirs comes without `jsonrpc`, and then
    // only the codes that the contract knows are taken for the agent's.
    if let Some(error) = error
        && (fields
            .as_ref()
            .is_some_and(|fields| fields.raw("jsonrpc").is_some())
            || error.number("code").is_some_and(known))
    {
        return read_error(http.status, &error, result.is_some(), request_length);
    }
    if http.status == 401 {
        return Outcome::Unauthorized(Unauthorized {
            message: "HTTP 401".to_owned(),
            by_rpc: false,
            by_status: true,
        });
    }
    if let Some(result) = result {
        return read_result(http, &result, now);
    }
    let limited = matches!(http.status, 403 | 429);
    if let Some(limit) = fields.and_then(|fields| Limit::read(&fields, http.retry_after, now))
        && limited
    {
        return Outcome::Limited(limit);
    }
    match http.status {
        408 => Outcome::ServerTimeout,
        413 => too_large(request_length, "HTTP 413"),
        500..=599 => Outcome::Unusable(Cause::Status(http.status)),
        200..=299 => match document {
            Err(Flaw::Empty) => Outcome::Unusable(Cause::Empty),
            Err(Flaw::Unreadable) => Outcome::Unusable(Cause::Unreadable),
            Err(Flaw::Trailing) => Outcome::Undecided(Why::Documents),
            Ok(_) => Outcome::Undecided(Why::NoRpc),
        },
        status => Outcome::Undecided(Why::Status(status)),
    }
}

/// Whether the contract says what an error code means.
fn known(code: i64) -> bool {
    matches!(code, -32001 | -32601 | -32602 | -32603 | -32700)
}

fn read_error(status: u16, error: &Fields<'_>, has_result: bool, request_length: usize) -> Outcome {
    let message = error.text("message").unwrap_or_default();
    let code = error.number("code");
    if code == Some(-32001) || status == 401 {
        return Outcome::Unauthorized(Unauthorized {
            message,
            by_rpc: code == Some(-32001),
            by_status: status == 401,
        });
    }
    if has_result {
        return Outcome::Undecided(Why::Both);
    }
    match code {
        Some(code @ (-32601 | -32602)) => Outcome::Misconfigured { code, message },
        Some(code @ (-32603 | -32700)) if request_length > AGENT_LIMIT => {
            too_large(request_length, Cause::Code { code, message })
        }
        Some(code @ (-32603 | -32700)) => Outcome::Unusable(Cause::Code { code, message }),
        code => Outcome::Undecided(Why::Code { code, message }),
    }
}

fn read_result(http: &HttpReply, result: &Fields<'_>, now: u64) -> Outcome {
    let is_error = result
        .raw("isError")
        .is_some_and(|value| value.get() != "false");
    let items = result.list("content").unwrap_or_default();
    let mut texts = items
        .iter()
        .filter_map(|item| Fields::parse(item.get())?.text("text"));
    let (Some(text), None) = (texts.next(), texts.next()) else {
        return Outcome::Undecided(Why::Content);
    };
    if let Some(limit) = limit_in(http, &text, is_error, now) {
        return Outcome::Limited(limit);
    }
    let stops = said(&text).is_ok_and(|text| {
        Fields::parse(&text).is_some_and(|fields| fields.flag("allowed") == Some(false))
    });
    if is_error && !stops {
        return Outcome::Undecided(Why::ToolError(text));
    }
    if http.status == 429 && !stops {
        return Outcome::Undecided(Why::Status(429));
    }
    match said(&text) {
        Ok(text) => Outcome::Said(text),
        Err(Flaw::Trailing) => Outcome::Undecided(Why::Documents),
        Err(_) => Outcome::Undecided(Why::Content),
    }
}

fn said(text: &str) -> Result<String, Flaw> {
    json::document(text.as_bytes())
}

/// Platforms put the envelope into a tool error, some at HTTP 200. Only 403 and 429 start a
/// back-off.
fn limit_in(http: &HttpReply, text: &str, is_error: bool, now: u64) -> Option<Limit> {
    let backs_off = matches!(http.status, 403 | 429);
    if !is_error && !backs_off {
        return None;
    }
    let text = said(text).ok()?;
    let mut limit = Limit::read(&Fields::parse(&text)?, http.retry_after, now)?;
    if !backs_off {
        limit.until = None;
    }
    Some(limit)
}

fn too_large(bytes: usize, reason: impl ToString) -> Outcome {
    let reason = reason.to_string();
    Outcome::Undecided(Why::TooLarge { reason, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn http(status: u16, body: &str) -> Reply {
        Reply::Http(HttpReply {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn trouble_with_a_request_too_large_is_no_accident() {
        let parse_error = r#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"}}"#;
        let broken = Reply::Failed(Failure::Broken("reset".to_owned()));
        let refused = Reply::Failed(Failure::Refused("refused".to_owned()));
        let at = |reply: &Reply, length| read(reply, length, NOW);
        for reply in [&http(400, parse_error), &broken] {
            assert!(matches!(at(reply, AGENT_LIMIT), Outcome::Unusable(_)));
            let large = at(reply, AGENT_LIMIT + 1);
            assert!(matches!(large, Outcome::Undecided(Why::TooLarge { .. })));
        }
        assert!(matches!(
            at(&refused, AGENT_LIMIT + 1),
            Outcome::Unusable(_)
        ));
    }

    #[test]
    fn an_error_of_a_gateway_is_read_by_its_status() {
        let error = r#"{"error":{"code":503,"message":"down"}}"#;
        assert_eq!(
            read(&http(503, error), 1, NOW),
            Outcome::Unusable(Cause::Status(503))
        );
        assert_eq!(
            read(&http(404, error), 1, NOW),
            Outcome::Undecided(Why::Status(404))
        );
        let ours = r#"{"jsonrpc":"2.0","error":{"code":503,"message":"down"}}"#;
        assert!(matches!(
            read(&http(503, ours), 1, NOW),
            Outcome::Undecided(Why::Code { .. })
        ));
        let auth = r#"{"error":{"code":-32001,"message":"who?"}}"#;
        assert!(matches!(
            read(&http(503, auth), 1, NOW),
            Outcome::Unauthorized(_)
        ));
    }

    #[test]
    fn a_limit_at_an_ordinary_status_starts_no_back_off() {
        let envelope = r#"{\"limit_type\":\"daily_quota\",\"error\":\"quota\"}"#;
        let body = format!(
            r#"{{"result":{{"content":[{{"type":"text","text":"{envelope}"}}],"isError":true}}}}"#
        );
        for (status, until) in [(200, None), (500, None), (429, Some(NOW + 60))] {
            let Outcome::Limited(limit) = read(&http(status, &body), 1, NOW) else {
                panic!("{status}");
            };
            assert_eq!(limit.until, until, "{status}");
        }
    }
}
