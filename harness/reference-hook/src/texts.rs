//! What the user and the model are told.

use crate::answer::{Denial, Redaction};
use crate::limits::Limit;

/// Longest text from the network inside a reason, in characters.
const LONGEST: usize = 10_000;
/// Longest field such as an id, in characters.
const SHORT: usize = 300;

/// Text from elsewhere as one line that no terminal acts upon.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if matches!(c, '\n' | '\t' | '\r') {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !acts(*c))
        .take(LONGEST)
        .collect()
}

/// Like [`clean`], for fields such as ids.
#[must_use]
pub fn short(text: &str) -> String {
    clean(text).chars().take(SHORT).collect()
}

/// Like [`clean`], whole and with its lines, for text that stands for a document.
#[must_use]
pub fn lines(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !acts(*c))
        .collect()
}

/// Control characters, and those that change the direction of what follows.
fn acts(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// D1: the policy's reason, then the decision's particulars.
#[must_use]
pub fn policy_violation(denial: &Denial) -> String {
    let mut text = format!("AxonFlow policy violation: {}", clean(&denial.reason));
    if let Some(count) = denial.policies_evaluated {
        text += &format!(" ({count} policies evaluated)");
    }
    let Some(id) = &denial.decision_id else {
        return text;
    };
    text += &format!(" [decision: {}", short(id));
    if let Some(level) = &denial.risk_level {
        text += &format!(", risk: {}", short(level));
    }
    if denial.override_available {
        match &denial.override_id {
            Some(id) => text += &format!(", active override: {}", short(id)),
            None => text += ", override available via explain_decision MCP tool",
        }
    }
    text + "]"
}

/// D2: the reason for a deny because of personal data.
#[must_use]
pub fn redaction_reason(redaction: &Redaction) -> String {
    let mut text = "AxonFlow detected PII in the tool input.".to_owned();
    if redaction.masked.is_some() {
        text += " Use the redacted version that comes with this message.";
    }
    if let Some(id) = &redaction.decision_id {
        text += &format!(" [decision: {}]", short(id));
    }
    text
}

/// D2: the masked version of a statement.
#[must_use]
pub fn redaction_context(masked: &str) -> String {
    format!(
        "AxonFlow redacted PII from the input. Use this version instead:\n\n{}",
        lines(masked)
    )
}

/// D4: the credential is wrong or missing.
#[must_use]
pub fn auth_error(endpoint: &str, message: &str) -> String {
    format!(
        "AxonFlow governance blocked: authentication failed at {endpoint} ({}). \
         Check AXONFLOW_ENDPOINT and AXONFLOW_AUTH; calls stay blocked until they are right.",
        clean(message)
    )
}

/// D4 while the hook waits after a failed authentication.
#[must_use]
pub fn cooling_down(endpoint: &str, seconds: u64) -> String {
    format!(
        "AxonFlow governance blocked: authentication failed at {endpoint} a short while ago; \
         the agent is asked again in {seconds} s. Check AXONFLOW_ENDPOINT and AXONFLOW_AUTH."
    )
}

/// The endpoint cannot be an agent's.
#[must_use]
pub fn bad_endpoint(endpoint: &str) -> String {
    format!(
        "AxonFlow governance blocked: {endpoint} is not an http or https address. \
         Check AXONFLOW_ENDPOINT and AXONFLOW_AUTH."
    )
}

/// D5: the agent does not know what it is asked.
#[must_use]
pub fn config_error(endpoint: &str, message: &str, code: i64) -> String {
    format!(
        "AxonFlow governance blocked: {} (code {code}). The agent at {endpoint} does not offer \
         what this hook needs: check AXONFLOW_ENDPOINT and AXONFLOW_AUTH, and that the \
         platform's version fits the plugin's.",
        clean(message)
    )
}

/// The agent answered, but not the question.
#[must_use]
pub fn undecided(endpoint: &str, why: &str) -> String {
    format!(
        "AxonFlow governance blocked: the answer of the agent at {endpoint} decides nothing \
         ({}).",
        clean(why)
    )
}

/// The call is governed by nobody, and fail-mode says so.
#[must_use]
pub fn unavailable(endpoint: &str, cause: &str) -> String {
    format!(
        "[AxonFlow] GOVERNANCE UNAVAILABLE: {}. The agent at {endpoint} did not check this \
         call; it runs UNGOVERNED. Set AXONFLOW_FAIL_MODE=closed to block instead.",
        clean(cause)
    )
}

/// The call does not run because it is governed by nobody.
#[must_use]
pub fn unavailable_closed(endpoint: &str, cause: &str) -> String {
    format!(
        "AxonFlow governance unavailable: {}. The agent at {endpoint} did not check this call, \
         and AXONFLOW_FAIL_MODE is not open.",
        clean(cause)
    )
}

/// The glass is broken.
#[must_use]
pub fn break_glass(endpoint: &str) -> String {
    format!(
        "[AxonFlow] WARNING: authentication failed at {endpoint} and \
         AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR is set: this call runs UNGOVERNED."
    )
}

/// A plan's limit, for a call that does not run.
#[must_use]
pub fn limit_reason(limit: &Limit) -> String {
    format!(
        "AxonFlow plan limit reached ({}): {}",
        limit.kind, limit.wording
    )
}

/// A plan's limit, for a call that runs: without the platform's wording, which is said on
/// stderr and only once a day.
#[must_use]
pub fn limit_notice(kind: &str) -> String {
    format!(
        "[AxonFlow] plan limit reached ({}): this call was not checked.",
        short(kind)
    )
}

/// R1: the masked output.
#[must_use]
pub fn masked_output(masked: &str, policies_evaluated: Option<i64>) -> String {
    let count = policies_evaluated.map_or_else(String::new, |count| {
        format!(" ({count} policies evaluated)")
    });
    format!(
        "GOVERNANCE ALERT: PII/sensitive data detected in tool output{count}. You MUST use \
         this redacted version instead of the original: {}",
        lines(masked)
    )
}

/// R2: the output that must not be used.
#[must_use]
pub fn blocked_output(reason: &str) -> String {
    format!(
        "GOVERNANCE ALERT: Tool output blocked by policy: {}. Do not use or reference the \
         blocked output in your response.",
        clean(reason)
    )
}

/// R3: the output that nobody checked.
#[must_use]
pub fn unchecked_output(cause: &str) -> String {
    format!(
        "GOVERNANCE ALERT: AxonFlow could not check this tool output ({}). Treat it as \
         unchecked: it may contain sensitive data.",
        clean(cause)
    )
}

/// The output was not checked, for the user.
#[must_use]
pub fn unchecked_notice(cause: &str) -> String {
    format!(
        "[AxonFlow] This tool output was NOT checked: {}.",
        clean(cause)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_terminal_acts_upon() {
        let hostile = "a\u{1b}[31m\u{9b}2J\r\nb\u{7}\0\u{202e}c\u{7f}";
        assert_eq!(clean(hostile), "a[31m2J  bc");
        assert_eq!(lines("a\n\tb\u{1b}[0m"), "a\n\tb[0m");
        assert_eq!(short(&"é".repeat(400)).chars().count(), 300);
        assert_eq!(clean(&"x".repeat(20_000)).len(), 10_000);
    }

    #[test]
    fn a_denial_carries_its_particulars() {
        let mut denial = Denial {
            reason: "no".to_owned(),
            policies_evaluated: Some(10),
            decision_id: Some("d-1".to_owned()),
            risk_level: Some("high".to_owned()),
            override_available: true,
            override_id: None,
        };
        assert_eq!(
            policy_violation(&denial),
            "AxonFlow policy violation: no (10 policies evaluated) [decision: d-1, risk: high, \
             override available via explain_decision MCP tool]"
        );
        denial.override_id = Some("o-1".to_owned());
        assert!(policy_violation(&denial).ends_with(", active override: o-1]"));
        denial.decision_id = None;
        denial.policies_evaluated = None;
        assert_eq!(policy_violation(&denial), "AxonFlow policy violation: no");
    }
}
