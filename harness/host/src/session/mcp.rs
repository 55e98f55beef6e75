//! A hook that is a tool of an MCP server.

use std::fmt;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::Value;

use super::Session;
use crate::output::read;
use crate::verdict::Ended;
use crate::{Call, Client, Reading};

/// What a connected MCP server says to a call of one of its tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum McpAnswer {
    /// The text of the answer.
    Text(String),
    /// The text of an answer with `isError`.
    Error(String),
    /// There is no such server.
    NotConnected,
    /// The server knows no such tool.
    NoSuchTool,
}

type Ask = dyn Fn(&str, &str, &Value) -> McpAnswer + Send + Sync;

/// Calls tools of connected MCP servers: server, tool, input.
#[derive(Clone)]
pub struct McpCaller(Arc<Ask>);

impl McpCaller {
    /// A caller from a function.
    pub fn new(call: impl Fn(&str, &str, &Value) -> McpAnswer + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }
}

impl fmt::Debug for McpCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("McpCaller")
    }
}

impl Session {
    /// Asks the tool and reads its answer as a hook's output.
    pub(super) fn ask_tool(
        &self,
        server: &str,
        tool: &str,
        input: &Value,
        call: &Call,
    ) -> (Ended, Reading) {
        let asked = fill(input, &self.payload_value(call));
        let answer = match &self.mcp {
            Some(McpCaller(ask)) => ask(server, tool, &asked),
            None => McpAnswer::NotConnected,
        };
        let none = |text: String, tool_error: bool| {
            (Ended::NoAnswer { text, tool_error }, Reading::Nothing)
        };
        match answer {
            McpAnswer::NotConnected => none(format!("MCP server '{server}' not connected"), false),
            McpAnswer::NoSuchTool => {
                none(format!("MCP error -32602: Tool {tool} not found"), false)
            }
            McpAnswer::Error(text) => none(text, true),
            McpAnswer::Text(text) => (Ended::Answered, read_text(&text, &self.client)),
        }
    }

    fn payload_value(&self, call: &Call) -> Value {
        serde_json::from_slice(&self.payload(call)).unwrap_or(Value::Null)
    }
}

fn read_text(text: &str, client: &Client) -> Reading {
    read(text.as_bytes(), client)
}

static FIELD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\{([A-Za-z0-9_.]+)\}").expect("a constant pattern"));

/// `${path.to.field}` in texts is replaced by that field of the payload.
fn fill(input: &Value, payload: &Value) -> Value {
    match input {
        Value::String(text) => {
            let filled = FIELD.replace_all(text, |found: &regex::Captures<'_>| {
                let path = format!("/{}", found[1].replace('.', "/"));
                match payload.pointer(&path) {
                    None | Some(Value::Null) => String::new(),
                    Some(Value::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                }
            });
            Value::String(filled.into_owned())
        }
        Value::Array(items) => items.iter().map(|item| fill(item, payload)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, payload)))
            .collect(),
        other => other.clone(),
    }
}
