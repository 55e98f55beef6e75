//! Faults in an answer's content.

use bytes::Bytes;
use serde_json::{Value, json};

use super::reply::Reply;
use crate::call::{REDIRECTED, path};
use crate::fault::Fault;
use crate::request::Request;
use crate::script::{Answer, Body, Content, IdRule, RpcFailure};

/// Stands in the JSON text where bytes go that JSON cannot hold.
const PLACEHOLDER: &str = "hookproof-raw-bytes";

/// Rewrites an answer whose fault replaces what is said or how it is sent.
pub(super) fn content(request: &Request, answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    match answer.fault.clone() {
        Some(Fault::WrongId) => answer.id = IdRule::Wrong,
        Some(Fault::MissingId) => answer.id = IdRule::Missing,
        Some(Fault::Bom) => answer.bom = true,
        Some(Fault::Gzip) => answer.gzip = true,
        Some(Fault::RpcError {
            code,
            message,
            status,
        }) => {
            answer.content = Content::Error(RpcFailure {
                code: Some(code),
                message,
                data: None,
            });
            answer.status = status.or(answer.status);
        }
        Some(Fault::IsError { text }) => {
            answer.content = Content::Text {
                text,
                is_error: true,
            }
        }
        Some(Fault::ContentNotJson) => {
            let text = "this is certainly not JSON".to_owned();
            answer.content = Content::Text {
                text,
                is_error: false,
            };
        }
        Some(Fault::NoContent) => answer.content = Content::RawResult(json!({ "content": [] })),
        Some(Fault::ContentNotText) => {
            let image =
                json!({ "type": "image", "data": "R0lGODlhAQABAAAAACw=", "mimeType": "image/gif" });
            answer.content = Content::RawResult(json!({ "content": [image] }));
        }
        Some(Fault::Status { code, body }) => replace(&mut answer, code, body.into_bytes()),
        Some(Fault::HtmlErrorPage { status }) => {
            let page = format!(
                "<html>\r\n<head><title>{status} Bad Gateway</title></head>\r\n<body>\r\n\
                 <center><h1>{status} Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
            );
            replace(&mut answer, status, page.into_bytes());
            header(&mut answer, "Content-Type", "text/html".to_owned());
        }
        Some(Fault::Redirect { status, location }) => {
            let host = request.header("host").unwrap_or("127.0.0.1");
            let elsewhere = || format!("http://{host}{REDIRECTED}{}", path(&request.target));
            replace(&mut answer, status, Vec::new());
            header(&mut answer, "Location", location.unwrap_or_else(elsewhere));
        }
        Some(Fault::RedirectLoop { status }) => {
            replace(&mut answer, status, Vec::new());
            header(&mut answer, "Location", request.target.clone());
        }
        _ => {}
    }
    answer
}

fn replace(answer: &mut Answer, status: u16, bytes: Vec<u8>) {
    answer.content = Content::Http(Body::Bytes { bytes, repeat: 1 });
    answer.status = Some(status);
}

fn header(answer: &mut Answer, name: &str, value: String) {
    answer.headers.insert(name.to_owned(), value);
}

/// Spoils the result of a call: for tools, the JSON inside the text block.
pub(super) fn result(fault: Option<&Fault>, result: &mut Value) {
    let Some(members) = result.as_object_mut() else {
        return;
    };
    let mut set = |key: &str, value: Value| members.insert(key.to_owned(), value);
    match fault {
        Some(Fault::AllowedMissing) => drop(members.shift_remove("allowed")),
        Some(Fault::AllowedNull) => drop(set("allowed", Value::Null)),
        Some(Fault::AllowedString { value }) => drop(set("allowed", json!(value))),
        Some(Fault::HugeAnswer { bytes }) => drop(set("padding", json!("x".repeat(*bytes)))),
        Some(Fault::InvalidUtf8 | Fault::Nul) => {
            let shown = ["block_reason", "redacted_message"]
                .into_iter()
                .find(|key| members.get(*key).is_some_and(Value::is_string));
            let key = shown.unwrap_or("note");
            let text = members.get(key).and_then(Value::as_str).unwrap_or_default();
            let text = format!("{text}{PLACEHOLDER}");
            members.insert(key.to_owned(), Value::from(text));
        }
        _ => {}
    }
}

/// Spoils a whole document: a JSON-RPC message or a REST body.
pub(super) fn document(fault: Option<&Fault>, document: &mut Value) {
    match fault {
        Some(Fault::DeepJson { .. }) => {
            let has_result = document.get("result").is_some_and(Value::is_object);
            let place = if has_result {
                &mut document["result"]
            } else {
                document
            };
            place["deep"] = json!(PLACEHOLDER);
        }
        Some(Fault::InvalidUtf8 | Fault::Nul) => {
            if let Some(text) = document.pointer_mut("/error/message") {
                *text = json!(format!(
                    "{}{PLACEHOLDER}",
                    text.as_str().unwrap_or_default()
                ));
            }
        }
        _ => {}
    }
}

/// The bytes of a JSON document, with those that JSON cannot hold.
pub(super) fn serialise(fault: Option<&Fault>, document: &Value) -> Vec<u8> {
    let text = document.to_string();
    match fault {
        Some(Fault::InvalidUtf8) => put(&text, PLACEHOLDER, b"\xff\xfe"),
        Some(Fault::Nul) => put(&text, PLACEHOLDER, b"\0"),
        Some(Fault::DeepJson { depth }) => {
            let nested = ["[".repeat(*depth), "]".repeat(*depth)].concat();
            put(&text, &format!("\"{PLACEHOLDER}\""), nested.as_bytes())
        }
        Some(Fault::TwoDocuments) => {
            let opposite = opposite(document.clone());
            format!("{text}\n{opposite}").into_bytes()
        }
        _ => text.into_bytes(),
    }
}

/// Replaces the first place of `mark`; without one, appends.
fn put(text: &str, mark: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = text.split_once(mark).unwrap_or((text, ""));
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

/// The same document with `allowed` (or `approved`) the other way round.
fn opposite(mut document: Value) -> Value {
    let flip = |value: &mut Value| {
        for key in ["allowed", "approved"] {
            if let Some(Value::Bool(flag)) = value.get_mut(key) {
                *flag = !*flag;
            }
        }
    };
    flip(&mut document);
    if let Some(text) = document.pointer_mut("/result/content/0/text")
        && let Some(mut inner) = text
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
    {
        flip(&mut inner);
        *text = Value::from(serde_json::to_string_pretty(&inner).unwrap_or_default());
    }
    document
}

/// Spoils the body as a whole.
pub(super) fn bytes(fault: Option<&Fault>, reply: &mut Reply) {
    match fault {
        Some(Fault::EmptyBody) => reply.body = Bytes::new(),
        Some(Fault::NotJson) => reply.body = Bytes::from_static(b"upstream connect error\n"),
        _ => {}
    }
}
