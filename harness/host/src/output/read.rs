//! From bytes to a reading.

use serde_json::{Map, Value};

use super::json_error::first_error;
use super::mend::mend;
use super::schema::{Issue, validate};
use super::text::{pretty, trim};
use super::{HookOutput, Reading};
use crate::Client;
use crate::semantics::InvalidOutput;

/// What the newest client says a hook output looks like, after what is wrong with one.
const SCHEMA: &str = include_str!("../../data/output_schema.txt");

/// What the client reads from a command hook's standard output.
#[must_use]
pub fn read(stdout: &[u8], client: &Client) -> Reading {
    let all = String::from_utf8_lossy(stdout);
    let text = trim(&all);
    if text.is_empty() {
        return Reading::Silent;
    }
    let plain = || Reading::PlainText {
        text: all.clone().into_owned(),
    };
    if !text.starts_with('{') {
        return plain();
    }
    if announces_async(text, client) {
        return Reading::Async;
    }
    match parse(text) {
        Ok(object) => match validate(&object, client.version) {
            Ok(kept) => Reading::Json {
                output: HookOutput::new(kept),
            },
            Err(issue) => Reading::Invalid {
                why: format!(
                    "{}\n\nExpected schema:\n{}",
                    explain(&object, &issue),
                    SCHEMA.trim_end()
                ),
            },
        },
        Err(_) if client.semantics.invalid_output == InvalidOutput::Silent => plain(),
        Err(_) if !text.ends_with('}') || is_json_lines(text, client) => plain(),
        Err(message) => Reading::Invalid {
            why: format!(
                "Hook output looks like a JSON object but is not valid JSON — JSON Parse error: \
                 {message}. Emit the payload with a JSON encoder (jq, ConvertTo-Json, json.dumps) \
                 rather than string concatenation so backslashes and quotes inside strings are \
                 escaped."
            ),
        },
    }
}

/// What the client reads from the body of an HTTP hook's 2xx answer.
#[must_use]
pub fn read_http(body: &[u8], client: &Client) -> Reading {
    let all = String::from_utf8_lossy(body);
    let text = trim(&all);
    if text.is_empty() {
        return Reading::Json {
            output: HookOutput::default(),
        };
    }
    if !text.starts_with('{') {
        let shown = super::text::prefix(text, 200);
        let more = if shown.len() < text.len() { "…" } else { "" };
        return Reading::Invalid {
            why: format!(
                "HTTP hook must return JSON, but got non-JSON response body: {shown}{more}"
            ),
        };
    }
    match parse(text) {
        Ok(object) if object.get("async") == Some(&Value::Bool(true)) => Reading::Async,
        Ok(object) => match validate(&object, client.version) {
            Ok(kept) => Reading::Json {
                output: HookOutput::new(kept),
            },
            Err(issue) => Reading::Invalid {
                why: explain(&object, &issue),
            },
        },
        Err(message) => Reading::Invalid {
            why: format!(
                "HTTP hook must return valid JSON, but parsing failed: SyntaxError: JSON Parse error: {message}"
            ),
        },
    }
}

/// The object that the text is, or the first error in the client's words.
fn parse(text: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("Unable to parse JSON string".to_owned()),
        Err(_) => {
            let mended = mend(text);
            match first_error(&mended) {
                Some(message) => Err(message),
                None => serde_json::from_str(&mended)
                    .map_err(|_| "Unable to parse JSON string".to_owned()),
            }
        }
    }
}

/// The announcement counts as soon as it is there, whatever follows on later lines.
fn announces_async(text: &str, client: &Client) -> bool {
    let first_line = text.lines().next().unwrap_or_default();
    client.semantics.async_hooks
        && [text, first_line].iter().any(|candidate| {
            parse(candidate).is_ok_and(|o| o.get("async") == Some(&Value::Bool(true)))
        })
}

/// Several lines that are each a JSON document without a hook output in it.
fn is_json_lines(text: &str, client: &Client) -> bool {
    let mut lines = 0;
    for line in text.lines().filter(|l| !trim(l).is_empty()) {
        lines += 1;
        let Ok(value) = serde_json::from_str::<Value>(trim(line)) else {
            return false;
        };
        let says_something = value.as_object().is_some_and(|object| {
            validate(object, client.version).is_ok_and(|kept| !kept.is_empty())
        });
        if says_something {
            return false;
        }
    }
    lines >= 2
}

fn explain(object: &Map<String, Value>, issue: &Issue) -> String {
    let place = if issue.path.is_empty() {
        String::new()
    } else {
        format!("{}: ", issue.path)
    };
    format!(
        "Hook JSON output validation failed — {place}{}{}\n\nThe hook's output was: {}",
        issue.message,
        legacy_note(object, issue),
        pretty(&Value::Object(object.clone())),
    )
}

/// A hint for words of the new decision in the place of the old one.
fn legacy_note(object: &Map<String, Value>, issue: &Issue) -> String {
    let word = object.get("decision").and_then(Value::as_str);
    match (issue.path.as_str(), word) {
        ("decision", Some("ask")) => " (top-level decision is the legacy approve|block field; for \"ask\" use hookSpecificOutput.permissionDecision in a PreToolUse hook)".to_owned(),
        ("decision", Some(word @ ("allow" | "deny"))) => format!(
            " (top-level decision is the legacy approve|block field; for \"{word}\" use hookSpecificOutput.permissionDecision in a PreToolUse hook, or hookSpecificOutput.decision: {{\"behavior\": \"{word}\"}} in a PermissionRequest hook)"
        ),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str =
        r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny"}}"#;

    fn kind(stdout: &str, version: (u32, u32, u32)) -> &'static str {
        let client = Client::at(crate::ClientVersion::new(version.0, version.1, version.2));
        match read(stdout.as_bytes(), &client) {
            Reading::Silent => "silent",
            Reading::PlainText { .. } => "plain",
            Reading::Json { .. } => "json",
            Reading::Async => "async",
            Reading::Invalid { .. } => "invalid",
            Reading::Nothing => "nothing",
        }
    }

    #[test]
    fn reads_as_the_newest_client() {
        let two = format!("{DENY}\n{DENY}");
        for (stdout, expected) in [
            ("", "silent"),
            (" \n", "silent"),
            ("hello", "plain"),
            ("[]", "plain"),
            (DENY, "json"),
            ("{}", "json"),
            ("{\"a\":1", "plain"),
            ("{\"a\":1}\n{\"b\":2}", "plain"),
            (two.as_str(), "invalid"),
            ("{'a':1}", "invalid"),
            ("{\"async\":true}", "async"),
            ("{\"continue\":1}", "invalid"),
        ] {
            assert_eq!(kind(stdout, (2, 1, 330)), expected, "{stdout}");
        }
    }

    #[test]
    fn older_clients_take_broken_json_for_text() {
        assert_eq!(kind("{'a':1}", (2, 1, 38)), "plain");
        assert_eq!(kind("{\"continue\":1}", (2, 0, 14)), "invalid");
    }
}
