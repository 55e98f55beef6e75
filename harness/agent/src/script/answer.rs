//! One scripted answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Envelope;
use super::raw::RawAnswer;
use crate::fault::Fault;

/// One scripted answer: content, an optional fault on top, and modifiers.
/// Without content it is the agent's default answer to the call.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "RawAnswer", into = "RawAnswer")]
pub struct Answer {
    /// What is said.
    pub content: Content,
    /// HTTP status instead of the one the agent would send.
    pub status: Option<u16>,
    /// HTTP headers to add or replace.
    pub headers: BTreeMap<String, String>,
    /// A fault applied to this answer, instead of the script's own fault.
    pub fault: Option<Fault>,
    /// Milliseconds between the complete request and the answer.
    pub delay_ms: u64,
    /// Keeps the answer back until the test releases it.
    pub hold: bool,
    /// What becomes of the request's id.
    pub id: IdRule,
    /// Encodes the body with gzip.
    pub gzip: bool,
    /// Puts a UTF-8 byte order mark in front of the body.
    pub bom: bool,
    /// Bytes in front of the body.
    pub prefix: String,
    /// Bytes after the body.
    pub suffix: String,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Content {
    /// What the agent says when nothing is scripted.
    #[default]
    Default,
    /// The call's result: for tools JSON in the text block of the result, for
    /// other methods the JSON-RPC result, for REST endpoints the body.
    Result(Value),
    /// The text block of a tool result, verbatim.
    Text {
        /// The text.
        text: String,
        /// Whether the result is marked `isError`.
        is_error: bool,
    },
    /// A JSON-RPC error.
    Error(RpcFailure),
    /// The JSON-RPC `result`, verbatim.
    RawResult(Value),
    /// An HTTP body, verbatim.
    Http(Body),
    /// A plan limit.
    Envelope(Envelope),
}

/// A JSON-RPC error object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RpcFailure {
    /// The code; left out of the message when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The message; the agent's own wording for the code when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The `data` member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// Where the bytes of an HTTP body come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// These bytes, so many times.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// How often.
        repeat: usize,
    },
    /// The content of a file, read when it is sent.
    File(PathBuf),
}

/// What becomes of the request's id in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdRule {
    /// It is echoed.
    #[default]
    Echo,
    /// Another id is sent.
    Wrong,
    /// No id is sent.
    Missing,
    /// A null id is sent.
    Null,
}

impl Answer {
    /// An answer with `content` and no modifiers.
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self {
            content,
            ..Self::default()
        }
    }

    /// The call's result as JSON.
    #[must_use]
    pub fn result(result: Value) -> Self {
        Self::new(Content::Result(result))
    }

    /// A JSON-RPC error.
    #[must_use]
    pub fn error(code: i64, message: &str) -> Self {
        Self::new(Content::Error(RpcFailure {
            code: Some(code),
            message: Some(message.to_owned()),
            data: None,
        }))
    }

    /// A bare HTTP answer.
    #[must_use]
    pub fn http(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: Some(status),
            ..Self::new(Content::Http(Body::Bytes {
                bytes: body.into(),
                repeat: 1,
            }))
        }
    }

    /// The default answer with a fault.
    #[must_use]
    pub fn fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }

    /// Keeps the answer back until the test releases it.
    #[must_use]
    pub fn held(self) -> Self {
        Self { hold: true, ..self }
    }
}
