//! What the host sent on stdin: the call that is about to run, or has run.

use crate::json::{self, Fields, Flaw};

/// The document on stdin, kept as text that [`Call`] borrows from.
#[derive(Debug, Clone)]
pub struct Payload(String);

/// Why stdin holds no call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Nothing arrived.
    #[error("the host sent no payload")]
    Empty,
    /// What arrived is not one JSON object.
    #[error("the host's payload is not a JSON object")]
    Unreadable,
}

impl Payload {
    /// Takes what stdin held; repairs what can be repaired.
    ///
    /// # Errors
    /// When there is nothing, or nothing that is a JSON object.
    pub fn read(stdin: &[u8]) -> Result<Self, PayloadError> {
        let text = json::document(stdin).map_err(|flaw| match flaw {
            Flaw::Empty => PayloadError::Empty,
            Flaw::Unreadable | Flaw::Trailing => PayloadError::Unreadable,
        })?;
        Fields::parse(&text).ok_or(PayloadError::Unreadable)?;
        Ok(Self(text))
    }

    /// The call that the payload describes; members that are missing are empty.
    #[must_use]
    pub fn call(&self) -> Call<'_> {
        let payload = Fields::parse(&self.0).unwrap_or_default();
        let input = payload.raw("tool_input").map_or("{}", |raw| raw.get());
        Call {
            event: payload.text("hook_event_name").unwrap_or_default(),
            tool: payload
                .full_text("tool_name")
                .unwrap_or_else(|| "unknown".to_owned()),
            input,
            arguments: Fields::parse(input).unwrap_or_default(),
            response: payload.raw("tool_response").map(|raw| raw.get()),
            error: payload.text("error"),
            payload,
        }
    }
}

/// One tool call.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// `hook_event_name`, empty when absent.
    pub event: String,
    /// `tool_name`, `unknown` when absent.
    pub tool: String,
    /// `tool_input` as the host wrote it.
    pub input: &'a str,
    /// The members of `tool_input`.
    pub arguments: Fields<'a>,
    /// `tool_response` as the host wrote it, after the call.
    pub response: Option<&'a str>,
    /// `error`, after a call that failed.
    pub error: Option<String>,
    /// The members of the payload itself.
    pub payload: Fields<'a>,
}

impl Call<'_> {
    /// Whether the tool belongs to an MCP server.
    #[must_use]
    pub fn is_mcp(&self) -> bool {
        self.tool.starts_with("mcp__")
    }

    /// What the agent calls this tool.
    #[must_use]
    pub fn connector_type(&self) -> String {
        format!("claude_code.{}", self.tool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_there() {
        let payload =
            Payload::read(br#"{"tool_name":"Bash","tool_input":{"command":"ls"},"new_field":[1]}"#)
                .unwrap();
        let call = payload.call();
        assert_eq!(call.connector_type(), "claude_code.Bash");
        assert_eq!(call.arguments.text("command").unwrap(), "ls");
        assert!(call.response.is_none());
    }

    #[test]
    fn missing_members_are_empty() {
        let payload = Payload::read(b"{}").unwrap();
        assert_eq!(payload.call().tool, "unknown");
        assert_eq!(payload.call().input, "{}");
    }

    #[test]
    fn no_object_is_an_error() {
        for (stdin, error) in [
            (&b""[..], PayloadError::Empty),
            (b"\n", PayloadError::Empty),
            (b"[]", PayloadError::Unreadable),
            (b"\"x\"", PayloadError::Unreadable),
            (b"{\"tool_name\":\"Ba", PayloadError::Unreadable),
        ] {
            assert_eq!(Payload::read(stdin).unwrap_err(), error);
        }
    }
}
