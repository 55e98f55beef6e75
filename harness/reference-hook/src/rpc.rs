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
    Unusable(String),
    /// The request timed out at the server (408), which contracts read differently.
    ServerTimeout,
    /// Something came that does not answer the question.
    Undecided(String),
    /// No request can be sent at all.
    NoEndpoint,
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
        Reply::Failed(failure @ Failure::TooLong) => Outcome::Undecided(failure.to_string()),
        Reply::Failed(failure @ Failure::Network(_)) if request_length > AGENT_LIMIT => {
            Outcome::Undecided(too_large(request_length, &failure.to_string()))
        }
        Reply::Failed(failure) => Outcome::Unusable(failure.to_string()),
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
        413 => Outcome::Undecided(format!("HTTP 413, for a request of {request_length} bytes")),
        500..=599 => Outcome::Unusable(format!("HTTP {}", http.status)),
        200..=299 => match document {
            Err(Flaw::Empty) => Outcome::Unusable("empty answer".to_owned()),
            Err(Flaw::Unreadable) => Outcome::Unusable("unreadable answer".to_owned()),
            Err(Flaw::Trailing) => Outcome::Undecided("more than one document".to_owned()),
            Ok(_) => Outcome::Undecided("neither result nor error".to_owned()),
        },
        status => Outcome::Undecided(format!("HTTP {status} without JSON-RPC")),
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
        return Outcome::Undecided("both result and error".to_owned());
    }
    match code {
        Some(code @ (-32601 | -32602)) => Outcome::Misconfigured { code, message },
        Some(code @ (-32603 | -32700)) if request_length > AGENT_LIMIT => Outcome::Undecided(
            too_large(request_length, &format!("{message}, code {code}")),
        ),
        Some(code @ (-32603 | -32700)) => Outcome::Unusable(format!("{message} (code {code})")),
        Some(code) => Outcome::Undecided(format!("{message}, code {code}")),
        None => Outcome::Undecided(format!("{message}, an error without a code")),
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
        return Outcome::Undecided("no single text in the result".to_owned());
    };
    if let Some(limit) = limit_in(http, &text, is_error, now) {
        return Outcome::Limited(limit);
    }
    let stops = said(&text).is_ok_and(|text| {
        Fields::parse(&text).is_some_and(|fields| fields.flag("allowed") == Some(false))
    });
    if is_error && !stops {
        return Outcome::Undecided(format!("a tool error: {text}"));
    }
    if http.status == 429 && !stops {
        return Outcome::Undecided("HTTP 429".to_owned());
    }
    match said(&text) {
        Ok(text) => Outcome::Said(text),
        Err(Flaw::Trailing) => Outcome::Undecided("more than one document".to_owned()),
        Err(_) => Outcome::Undecided("the result is not JSON".to_owned()),
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

fn too_large(request_length: usize, why: &str) -> String {
    format!("{why}; the request of {request_length} bytes is larger than agents accept")
}
