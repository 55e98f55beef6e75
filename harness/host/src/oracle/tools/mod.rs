//! The simulated tools: what they do and what they answer, by client.
//!
//! - `bash`: runs a command line and keeps the current directory.
//! - `files`: reads and changes files.
//! - `search`: finds files and lines.
//! - `mcp`: the servers of the case format.
//! - `words`: the tools' words, from `data/texts.toml`.

mod bash;
mod files;
pub(super) mod mcp;
mod search;
pub(super) mod words;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{Call, Client, Session};

/// What a tool call came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Done {
    /// What the model gets.
    pub(super) text: String,
    /// Whether the call failed.
    pub(super) failed: bool,
    /// `tool_response` of the hook's payload, or the error text.
    pub(super) response: Value,
}

impl Done {
    fn good(text: impl Into<String>, response: Value) -> Self {
        Self {
            text: text.into(),
            failed: false,
            response,
        }
    }

    fn failed(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            response: json!(text),
            text,
            failed: true,
        }
    }
}

/// What the tools remember of a session.
#[derive(Debug, Default, Clone)]
pub(super) struct Memory {
    /// Files whose content the model has seen.
    pub(super) read: BTreeSet<PathBuf>,
    /// Names of the connected MCP servers.
    pub(super) servers: Vec<String>,
}

/// What the tool itself refuses before any hook is asked.
pub(super) fn refuses(call: &Call, session: &Session, memory: &Memory) -> Option<String> {
    files::refuses(call, session, memory)
}

/// Runs the tool.
pub(super) async fn run(call: &Call, session: &mut Session, memory: &mut Memory) -> Done {
    match call.tool_name.as_str() {
        "Bash" => bash::run(call, session).await,
        "Glob" | "Grep" => search::run(call, session),
        "WebFetch" => web_fetch(call),
        name if name.starts_with("mcp__") => mcp::run(call, &session.client),
        _ => files::run(call, session, memory),
    }
}

fn web_fetch(call: &Call) -> Done {
    let url = call
        .tool_input
        .get("url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let host = url.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    Done::failed(words::words("unverified-domain").replace("{host}", host))
}

/// What the model gets for an output that a hook put in the place of the tool's; `None` when
/// the tool's own stays because the shape does not fit.
pub(super) fn replaced(tool: &str, output: &Value, client: &Client) -> Option<Done> {
    if tool.starts_with("mcp__") {
        return Some(Done::good(
            mcp::result_of(tool, output, client),
            output.clone(),
        ));
    }
    match tool {
        "Bash" => bash::result_of(output),
        other => files::result_of(other, output).map(|text| Done::good(text, output.clone())),
    }
}
