//! What the MCP endpoint refuses, and how.

use serde_json::Value;

use super::auth::{self, Denied};
use super::reply::Reply;
use super::state::State;
use super::tools;
use crate::request::Request;
use crate::rpc::{self, Rpc};

/// Protocol versions the agent speaks, newest first.
pub(super) const VERSIONS: [&str; 2] = ["2025-06-18", "2024-11-05"];

const METHODS: [&str; 4] = ["initialize", "tools/list", "tools/call", "ping"];

/// The HTTP status that goes with a JSON-RPC error code.
pub(super) fn status_of(code: i64) -> u16 {
    match code {
        -32700 | -32600 => 400,
        -32001 => 401,
        _ => 200,
    }
}

/// An error message with the status and the headers of its code.
pub(super) fn failure(id: Option<&Value>, code: i64, text: &str) -> Reply {
    let reply = Reply::json(status_of(code), &rpc::error(id, code, text));
    if code == -32001 {
        return reply.header("WWW-Authenticate", r#"Basic realm="AxonFlow MCP Server""#);
    }
    reply
}

/// Answers a request on the MCP endpoint that does not reach a method's
/// implementation; for all others, returns the authenticated client.
pub(super) fn admit(state: &mut State, request: &Request) -> Result<String, Reply> {
    match request.method.as_str() {
        "POST" => {}
        "OPTIONS" => return Err(preflight()),
        "DELETE" => return Err(delete_session(state, request)),
        _ => return Err(Reply::text(405, "Method Not Allowed")),
    }
    check_headers(request)?;
    let rpc = check_message(state, request)?;
    // A notification is accepted and nothing is executed.
    let id = rpc.id.as_ref().ok_or_else(|| Reply::empty(202))?;
    if !METHODS.contains(&rpc.method.as_str()) {
        let text = format!("Method not found: {}", rpc.method);
        return Err(failure(Some(id), -32601, &text));
    }
    let client = auth::by_session(state, request).map_err(|denied| {
        let text = match rpc.method.as_str() {
            "initialize" => denied.text(),
            _ => "Authentication required",
        };
        failure(Some(id), -32001, text)
    })?;
    if rpc.method == "tools/call" {
        check_tool(rpc, id)?;
    }
    Ok(client)
}

fn preflight() -> Reply {
    Reply::empty(204)
        .header("Access-Control-Allow-Origin", "*")
        .header("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
        .header(
            "Access-Control-Allow-Headers",
            "Content-Type, Authorization, Accept, Mcp-Session-Id, MCP-Protocol-Version",
        )
        .header("Access-Control-Expose-Headers", "Mcp-Session-Id")
}

fn check_headers(request: &Request) -> Result<(), Reply> {
    let mime = request.header("content-type").unwrap_or("application/json");
    if !mime.to_ascii_lowercase().starts_with("application/json") {
        let text = "Content-Type must be application/json";
        return Err(Reply {
            status: 415,
            ..failure(None, -32600, text)
        });
    }
    match request.header("mcp-protocol-version") {
        Some(version) if !VERSIONS.contains(&version) => {
            let text = format!("Unsupported protocol version: {version}");
            Err(failure(None, -32600, &text))
        }
        _ => Ok(()),
    }
}

fn check_message<'a>(state: &State, request: &'a Request) -> Result<&'a Rpc, Reply> {
    let unreadable = || failure(None, -32700, "Parse error: invalid JSON");
    if request.body.len() > state.script().body_limit {
        return Err(unreadable());
    }
    let rpc = request.rpc.as_deref().ok_or_else(unreadable)?;
    // A member of the wrong type fails to parse, an absent one is only empty.
    let is_text = |key: &str| {
        rpc.message
            .get(key)
            .is_none_or(|value| value.is_string() || value.is_null())
    };
    if !is_text("jsonrpc") || !is_text("method") {
        return Err(unreadable());
    }
    if crate::call::text(&rpc.message, "jsonrpc") != Some("2.0") {
        let text = "Invalid Request: jsonrpc must be \"2.0\"";
        return Err(failure(rpc.id.as_ref(), -32600, text));
    }
    Ok(rpc)
}

fn check_tool(rpc: &Rpc, id: &Value) -> Result<(), Reply> {
    let invalid = |text: &str| failure(Some(id), -32602, text);
    let params = rpc.message.get("params").unwrap_or(&Value::Null);
    let is_object =
        |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
    if !params.is_object()
        || !is_object(params.get("arguments"))
        || params.get("name").is_some_and(|name| !name.is_string())
    {
        return Err(invalid("Invalid tool call parameters"));
    }
    let name = rpc.tool.as_deref().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("Tool name is required"))?;
    let tool = tools::find(name).ok_or_else(|| invalid(&format!("Unknown tool: {name}")))?;
    match tools::missing_arguments(tool, rpc) {
        None => Ok(()),
        Some(text) => Err(Reply::json(
            200,
            &rpc::result(Some(id), tools::text_result(&text, true)),
        )),
    }
}

fn delete_session(state: &mut State, request: &Request) -> Reply {
    let Some(id) = request.header("mcp-session-id") else {
        return Reply::text(400, "Mcp-Session-Id header is required");
    };
    let Some(owner) = state.sessions.client(id) else {
        return Reply::text(404, "Session not found");
    };
    match auth::by_credentials(state, request) {
        Err(Denied::Missing | Denied::Wrong | Denied::OthersSession) => {
            Reply::text(401, "Authentication required")
        }
        Ok(client) if client != owner => Reply::text(403, "Forbidden"),
        Ok(_) => {
            state.sessions.close(id);
            Reply::empty(200)
        }
    }
}
