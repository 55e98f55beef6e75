//! A scripted answer as an HTTP message.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::protocol::{self, VERSIONS};
use super::reply::Reply;
use super::{rest, spoil, tools};
use crate::call::{Call, text};
use crate::request::Request;
use crate::rpc;
use crate::script::{Answer, Body, Content, IdRule, RpcFailure};

/// Renders an answer to an admitted request, with faults in its content.
pub(super) fn render(request: &Request, answer: &Answer) -> Reply {
    let answer = spoil::content(request, answer);
    let mut reply = match &answer.content {
        Content::Http(body) => Reply {
            body: bytes(body).into(),
            ..Reply::empty(200)
        },
        _ if request.call.is_rpc() => rpc_reply(request, &answer),
        _ => rest_reply(request, &answer),
    };
    if let Some(status) = answer.status {
        reply.status = status;
    }
    spoil::bytes(answer.fault.as_ref(), &mut reply);
    encode(&answer, &mut reply);
    for (name, value) in &answer.headers {
        reply.set_header(name, value.clone());
    }
    reply
}

fn rpc_reply(request: &Request, answer: &Answer) -> Reply {
    let asked = request.rpc.as_ref().and_then(|rpc| rpc.id.as_ref());
    let id = match answer.id {
        IdRule::Echo => asked.cloned(),
        IdRule::Wrong => Some(json!("hookproof-another-id")),
        IdRule::Missing | IdRule::Null => None,
    };
    let (mut reply, mut message) = match &answer.content {
        Content::Error(failure) => {
            let (code, text) = worded(failure);
            let mut message = rpc::error(id.as_ref(), code, &text);
            if failure.code.is_none() {
                message["error"]
                    .as_object_mut()
                    .map(|error| error.shift_remove("code"));
            }
            if let Some(data) = &failure.data {
                message["error"]["data"] = data.clone();
            }
            (protocol::failure(None, code, ""), message)
        }
        Content::Envelope(envelope) => {
            let now = Timestamp::now();
            let result = tools::text_result(&pretty(&envelope.body(now)), true);
            let mut reply = Reply::json(envelope.status(), &Value::Null);
            for (name, value) in envelope.headers(now) {
                reply.set_header(&name, value);
            }
            (reply, rpc::result(id.as_ref(), result))
        }
        _ => {
            let result = rpc_result(request, answer);
            (
                Reply::json(200, &Value::Null),
                rpc::result(id.as_ref(), result),
            )
        }
    };
    if answer.id == IdRule::Null {
        message["id"] = Value::Null;
    }
    spoil::document(answer.fault.as_ref(), &mut message);
    reply.body = spoil::serialise(answer.fault.as_ref(), &message).into();
    reply
}

fn rpc_result(request: &Request, answer: &Answer) -> Value {
    match &answer.content {
        Content::RawResult(result) => result.clone(),
        Content::Text { text, is_error } => tools::text_result(text, *is_error),
        content => {
            let mut result = match content {
                Content::Result(result) => result.clone(),
                _ => default_result(request),
            };
            spoil::result(answer.fault.as_ref(), &mut result);
            if request.call.is_tool() {
                tools::text_result(&pretty(&result), false)
            } else {
                result
            }
        }
    }
}

fn default_result(request: &Request) -> Value {
    match &request.call {
        Call::Initialize => initialized(request),
        Call::ToolsList => tools::list(),
        call => tools::default_result(call, request.rpc.as_deref()),
    }
}

fn initialized(request: &Request) -> Value {
    let old = VERSIONS[1];
    let wanted = request
        .rpc
        .as_ref()
        .and_then(|rpc| rpc.message.get("params"));
    let wanted = wanted.and_then(|params| text(params, "protocolVersion"));
    let is_old = wanted == Some(old) || request.header("mcp-protocol-version") == Some(old);
    json!({
        "protocolVersion": if is_old { old } else { VERSIONS[0] },
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "axonflow", "version": "1.0.0" },
    })
}

fn rest_reply(request: &Request, answer: &Answer) -> Reply {
    let fault = answer.fault.as_ref();
    let mut reply = match &answer.content {
        Content::Error(failure) => {
            let (code, text) = worded(failure);
            let status = match code {
                -32001 => 401,
                -32700 | -32600 | -32602 => 400,
                _ => 500,
            };
            rest::handler_error(status, &text)
        }
        Content::Text {
            text,
            is_error: true,
        } => rest::handler_error(503, text),
        Content::Text { text, .. } => {
            return Reply::typed(200, "application/json", text.clone().into_bytes());
        }
        Content::Envelope(envelope) => {
            let now = Timestamp::now();
            let mut reply = Reply::json(envelope.status(), &envelope.body(now));
            for (name, value) in envelope.headers(now) {
                reply.set_header(&name, value);
            }
            reply
        }
        Content::RawResult(body) => Reply::json(200, body),
        content => {
            let mut result = match content {
                Content::Result(result) => result.clone(),
                _ => default_body(request),
            };
            spoil::result(fault, &mut result);
            let (status, mut body) = rest::view(&request.call, result);
            spoil::document(fault, &mut body);
            Reply {
                body: spoil::serialise(fault, &body).into(),
                ..Reply::json(status, &body)
            }
        }
    };
    if matches!(request.method.as_str(), "HEAD") {
        reply.body = bytes::Bytes::new();
    }
    reply
}

fn default_body(request: &Request) -> Value {
    match request.call {
        Call::Health | Call::Register => {
            let host = request.header("host").unwrap_or("localhost");
            rest::default_body(&request.call, &format!("http://{host}"))
        }
        _ => tools::default_result(&request.call, None),
    }
}

/// The code and the words of a failure, with the agent's own where none are given.
fn worded(failure: &RpcFailure) -> (i64, String) {
    let code = failure.code.unwrap_or_default();
    let default = match code {
        -32700 => "Parse error: invalid JSON",
        -32600 => "Invalid Request",
        -32601 => "Method not found: tools/call",
        -32602 => "Invalid tool call parameters",
        -32603 => "Internal error",
        -32001 => "Authentication required",
        _ => "Server error",
    };
    (
        code,
        failure
            .message
            .clone()
            .unwrap_or_else(|| default.to_owned()),
    )
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn bytes(body: &Body) -> Vec<u8> {
    match body {
        Body::Bytes { bytes, repeat } => bytes.repeat(*repeat),
        // A missing file is the scenario's mistake; it must not look like an answer of the agent.
        // `Script::with_files_read` has replaced files and reported unreadable ones.
        Body::File(file) => std::fs::read(file).unwrap_or_default(),
    }
}

fn encode(answer: &Answer, reply: &mut Reply) {
    let mut body = Vec::with_capacity(reply.body.len());
    if answer.bom {
        body.extend_from_slice("\u{feff}".as_bytes());
    }
    body.extend_from_slice(answer.prefix.as_bytes());
    body.extend_from_slice(&reply.body);
    body.extend_from_slice(answer.suffix.as_bytes());
    if answer.gzip {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Writing to a vector cannot fail.
        let _ = encoder.write_all(&body);
        body = encoder.finish().unwrap_or_default();
        reply.set_header("Content-Encoding", "gzip");
    }
    reply.body = body.into();
}
