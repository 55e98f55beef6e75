//! JSON-RPC messages as the agent reads them: as tolerantly as Go's `encoding/json` does.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::text;

/// Deepest nesting of a request body that is parsed. The real agent stops at
/// 10,000 levels; less keeps the recursive drop of a value within a thread's stack.
const MAX_DEPTH: usize = 1000;

/// A JSON-RPC request body, read leniently for the journal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rpc {
    /// The request's id as sent; `None` for a notification (absent or null).
    pub id: Option<Value>,
    /// The method, empty when absent or not a string.
    pub method: String,
    /// `params.name` of a `tools/call`.
    pub tool: Option<String>,
    /// `params.arguments` of a `tools/call`, null when absent.
    pub arguments: Value,
    /// The whole message.
    pub message: Value,
}

impl Rpc {
    /// Reads a request body; `None` when it is not a JSON object.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        let message = parse_json(body)?;
        message.is_object().then(|| Self::of(message))
    }

    fn of(message: Value) -> Self {
        let params = message.get("params");
        Self {
            id: message.get("id").filter(|id| !id.is_null()).cloned(),
            method: text(&message, "method").unwrap_or_default().to_owned(),
            tool: params
                .and_then(|params| text(params, "name"))
                .map(str::to_owned),
            arguments: params
                .and_then(|params| params.get("arguments"))
                .cloned()
                .unwrap_or_default(),
            message,
        }
    }

    /// The string at `key` of the tool's arguments.
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&str> {
        text(&self.arguments, key)
    }
}

/// A result message for `id`; a null id is left out, as the agent does.
pub(crate) fn result(id: Option<&Value>, result: Value) -> Value {
    message(id, "result", result)
}

/// An error message for `id`; a null id is left out, as the agent does.
pub(crate) fn error(id: Option<&Value>, code: i64, text: &str) -> Value {
    message(
        id,
        "error",
        serde_json::json!({ "code": code, "message": text }),
    )
}

fn message(id: Option<&Value>, key: &str, value: Value) -> Value {
    let mut message = Map::new();
    message.insert("jsonrpc".to_owned(), Value::from("2.0"));
    if let Some(id) = id.filter(|id| !id.is_null()) {
        message.insert("id".to_owned(), id.clone());
    }
    message.insert(key.to_owned(), value);
    Value::Object(message)
}

/// Parses JSON with what Go accepts and serde_json refuses: invalid UTF-8 and
/// lone surrogate escapes (both become U+FFFD) and nesting beyond 128 levels.
pub(crate) fn parse_json(body: &[u8]) -> Option<Value> {
    let body = String::from_utf8_lossy(body);
    if nesting(&body) > MAX_DEPTH {
        return None;
    }
    parse_deep(&body).or_else(|| parse_deep(&replace_lone_surrogates(&body)))
}

fn parse_deep(text: &str) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let value = Value::deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// An upper bound of the nesting depth, exact for valid JSON.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Replaces each `\uD800`-style escape that is not half of a pair by `\uFFFD`.
fn replace_lone_surrogates(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        replaced.push_str(&rest[..at]);
        rest = &rest[at..];
        let keep = match (escape_unit(rest), rest.get(6..).and_then(escape_unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                replaced.push_str("\\uFFFD");
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            // An escape of one character; a text that ends in a backslash stays invalid.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        replaced.push_str(&rest[..keep]);
        rest = &rest[keep..];
    }
    replaced + rest
}

fn escape_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_go_reads() {
        assert_eq!(
            parse_json(b"{\"a\":\"\xff\"}"),
            Some(json!({ "a": "\u{fffd}" }))
        );
        assert_eq!(
            parse_json(br#"{"a":"x\ud800y \ud83d\ude00 \\ud800"}"#),
            Some(json!({ "a": "x\u{fffd}y \u{1f600} \\ud800" }))
        );
        assert_eq!(parse_json(br#"{"a":1,"a":2}"#), Some(json!({ "a": 2 })));
        assert_eq!(parse_json(b"{\"a\":1} trailing"), None);
        assert_eq!(parse_json(br#""\"#), None);
    }

    #[test]
    fn nests_beyond_the_parsers_own_limit_but_not_without_end() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(parse_json(nested(MAX_DEPTH).as_bytes()).is_some());
        assert!(parse_json(nested(MAX_DEPTH + 1).as_bytes()).is_none());
        assert!(parse_json(nested(1_000_000).as_bytes()).is_none());
    }

    #[test]
    fn a_null_id_is_a_notification_and_is_never_echoed() {
        let rpc = Rpc::parse(br#"{"id":null,"method":"ping"}"#).expect("an object");
        assert_eq!(rpc.id, None);
        assert!(result(Some(&Value::Null), json!({})).get("id").is_none());
    }
}
