//! The MCP servers of the case format: tools echo, fail, structured, image, hookanswer.

use serde_json::{Value, json};

use super::words::words;
use super::{Done, Memory};
use crate::semantics::Merge;
use crate::{Call, Client, McpAnswer, McpCaller};

/// What a server of the case format answers.
fn answer(tool: &str, input: &Value) -> McpAnswer {
    let text = |name: &str| match input.get(name) {
        None | Some(Value::Null) => "None".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    match tool {
        "echo" => McpAnswer::Text(format!("echo:{}", text("text"))),
        "fail" => McpAnswer::Error("mcp failure text".to_owned()),
        "structured" => McpAnswer::Text("{\"a\": 1}".to_owned()),
        "image" => McpAnswer::Text("[image]".to_owned()),
        "hookanswer" => {
            let given = input.get("answer").and_then(Value::as_str);
            McpAnswer::Text(given.unwrap_or_default().to_owned())
        }
        _ => McpAnswer::NoSuchTool,
    }
}

/// A caller of these servers.
pub(in crate::oracle) fn caller(servers: &[String]) -> McpCaller {
    let servers = servers.to_vec();
    McpCaller::new(move |server, tool, input| {
        if servers.iter().any(|s| s == server) {
            answer(tool, input)
        } else {
            McpAnswer::NotConnected
        }
    })
}

/// Whether a tool of this name is there.
pub(in crate::oracle) fn is_known(tool: &str, memory: &Memory) -> bool {
    let mut parts = tool.splitn(3, "__").skip(1);
    let (Some(server), Some(name)) = (parts.next(), parts.next()) else {
        return false;
    };
    memory.servers.iter().any(|s| s == server)
        && !matches!(answer(name, &json!({})), McpAnswer::NoSuchTool)
}

pub(super) fn run(call: &Call, client: &Client) -> Done {
    let newest = client.semantics.merge == Merge::Ranked;
    let tool = call.tool_name.splitn(3, "__").nth(2).unwrap_or_default();
    match answer(tool, &call.tool_input) {
        McpAnswer::Text(_) if newest && tool == "structured" => {
            Done::good("{\"a\":1}", json!({"a": 1}))
        }
        McpAnswer::Text(text) => {
            let response = json!([{"type": "text", "text": text}]);
            Done::good(text, response)
        }
        McpAnswer::Error(text) if newest => Done::failed(format!("{text}{}", words("late-schema"))),
        McpAnswer::Error(text) => Done::failed(text),
        McpAnswer::NotConnected | McpAnswer::NoSuchTool => Done::failed("no such tool"),
    }
}

/// The result for an output that a hook gave.
pub(super) fn result_of(tool: &str, output: &Value, client: &Client) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let told = match output {
        Value::Array(blocks) => {
            let texts = blocks.iter().map(|b| text(b.get("text").unwrap_or(b)));
            texts.collect::<Vec<_>>().join(" | ")
        }
        other => text(other),
    };
    if told.is_empty() && client.semantics.merge == Merge::Ranked {
        return format!("({tool} completed with no output)");
    }
    told
}
