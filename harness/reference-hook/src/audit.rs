//! What is recorded of a call.

use crate::decide::Stopped;
use crate::json::{self, Fields};
use crate::payload::Call;
use crate::request::{self, Audit, Output, REDACTED};
use crate::scan::Scan;

/// Shortest piece of a raw text that is looked for elsewhere, in characters; shorter ones are
/// in everything.
const TELLING: usize = 4;

/// The record of an attempt that a policy stopped.
#[must_use]
pub fn blocked(call: &Call<'_>, stopped: &Stopped, statement: &str) -> Audit {
    let (statement, policy_decision, reason, policies_evaluated) = match stopped {
        Stopped::Blocked(denial) => (
            statement,
            "blocked",
            denial.reason.clone(),
            denial.policies_evaluated,
        ),
        // The statement holds what must not be stored.
        Stopped::Redacted(redaction) => (
            REDACTED,
            "redacted",
            "personal data in the tool input".to_owned(),
            redaction.policies_evaluated,
        ),
    };
    let output = Output::Stopped {
        policy_decision,
        block_reason: reason.clone(),
        policies_evaluated,
    };
    Audit {
        error_message: Some(format!("Blocked by policy: {reason}")),
        ..Audit::new(call, request::statement_input(statement), output)
    }
}

/// The record of a call that ran. `message` is what was sent to the scan; what the scan
/// masked is masked here too.
#[must_use]
pub fn ran(call: &Call<'_>, message: Option<&str>, scan: Option<&Scan>) -> Audit {
    let input = request::tool_input(call);
    let raw = call
        .response
        .map_or_else(|| call.error.clone().unwrap_or_default(), json::compact);
    let error = failure(call);
    let success = error.is_none();
    let (summary, error, input) = match scan {
        Some(Scan::Masked { text, .. }) => {
            let raw = message.unwrap_or_default();
            let input = if reveals(input.get(), raw, text) {
                request::statement_input(REDACTED)
            } else {
                input
            };
            let error = error.map(|error| match reveals(&error, raw, text) {
                true => request::summary(text),
                false => error,
            });
            (request::summary(text), error, input)
        }
        Some(Scan::Blocked(_)) => ("[blocked by policy]".to_owned(), error, input),
        _ => (request::summary(&raw), error, input),
    };
    Audit {
        success,
        error_message: error.map(|error| request::summary(&error)),
        ..Audit::new(call, input, Output::Ran { summary })
    }
}

/// How the call failed, as far as the payload says.
fn failure(call: &Call<'_>) -> Option<String> {
    if let Some(error) = &call.error {
        return Some(error.clone());
    }
    if call.event == "PostToolUseFailure" {
        return Some("the tool failed".to_owned());
    }
    let response = Fields::parse(call.response?)?;
    if let Some(error) = response.full_text("error") {
        return Some(error);
    }
    let code = response
        .number("exit_code")
        .or_else(|| response.number("exitCode"))
        .filter(|code| *code != 0);
    if let Some(code) = code {
        return Some(format!("exit code {code}"));
    }
    let flags = [
        ("interrupted", "the call was interrupted"),
        ("isError", "the tool failed"),
        ("is_error", "the tool failed"),
    ];
    flags
        .iter()
        .find(|(key, _)| response.flag(key) == Some(true))
        .map(|(_, text)| (*text).to_owned())
}

/// Whether `text` holds a piece of `raw` that `masked` no longer holds.
fn reveals(text: &str, raw: &str, masked: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric() || "-_.@+".contains(c);
    raw.split(|c: char| !inner(c))
        .filter(|piece| piece.chars().count() >= TELLING && !masked.contains(piece))
        .any(|piece| text.contains(piece))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Denial;
    use crate::payload::Payload;
    use serde_json::{Value, json};

    fn record(payload: &str, scan: Option<&Scan>) -> Value {
        let payload = Payload::read(payload.as_bytes()).unwrap();
        let call = payload.call();
        let message = crate::statement::message(&call);
        let audit = ran(&call, message.as_deref(), scan);
        serde_json::to_value(audit).unwrap()
    }

    #[test]
    fn an_attempt_is_recorded_with_its_reason() {
        let payload = Payload::read(br#"{"tool_name":"Bash"}"#).unwrap();
        let stopped = Stopped::Blocked(Denial {
            reason: "no".to_owned(),
            policies_evaluated: Some(4),
            ..Denial::default()
        });
        let audit = serde_json::to_value(blocked(&payload.call(), &stopped, "rm")).unwrap();
        assert_eq!(
            audit,
            json!({
                "tool_name": "Bash", "tool_type": "claude_code", "caller_name": "claude_code",
                "input": {"statement": "rm"},
                "output": {"policy_decision": "blocked", "block_reason": "no", "policies_evaluated": 4},
                "success": false, "error_message": "Blocked by policy: no",
            })
        );
    }

    #[test]
    fn success_is_what_the_payload_says() {
        for (rest, success) in [
            (
                r#""tool_response":{"stdout":"o","interrupted":false}"#,
                true,
            ),
            (
                r#""tool_response":{"stdout":"o","interrupted":true}"#,
                false,
            ),
            (r#""tool_response":{"error":""}"#, true),
            (r#""tool_response":{"error":"cell not found"}"#, false),
            (r#""tool_response":"text""#, true),
            (
                r#""hook_event_name":"PostToolUseFailure","error":"Exit code 3""#,
                false,
            ),
        ] {
            let audit = record(
                &format!(r#"{{"tool_name":"Bash","tool_input":{{}},{rest}}}"#),
                None,
            );
            assert_eq!(audit["success"], success, "{rest}");
        }
    }

    #[test]
    fn what_was_masked_is_masked_in_the_record() {
        let scan = Scan::Masked {
            text: "SSN ***".to_owned(),
            policies_evaluated: None,
        };
        let audit = record(
            r#"{"tool_name":"Bash","tool_input":{"command":"cat f"},"tool_response":{"stdout":"SSN 123-45-6789"}}"#,
            Some(&scan),
        );
        assert_eq!(audit["output"]["summary"], "SSN ***");
        assert_eq!(audit["input"]["command"], "cat f");
        let audit = record(
            r#"{"tool_name":"Write","tool_input":{"content":"SSN 123-45-6789"},"tool_response":{}}"#,
            Some(&scan),
        );
        assert_eq!(audit["input"]["statement"], REDACTED);
        let audit = record(
            r#"{"tool_name":"Bash","tool_input":{"command":"x"},"error":"SSN 123-45-6789"}"#,
            Some(&scan),
        );
        assert!(!audit.to_string().contains("123-45-6789"), "{audit}");
    }
}
