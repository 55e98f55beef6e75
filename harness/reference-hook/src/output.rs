//! The one document on stdout, or none.

use serde_json::{Map, Value, json};

use crate::conclude::Conclusion;
use crate::decide::Decision;

/// What the pre hook prints.
#[must_use]
pub fn decision(decision: &Decision) -> Option<Value> {
    let mut document = Map::new();
    if let Some(deny) = &decision.deny {
        let mut specific = json!({
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": deny.reason,
        });
        if let Some(context) = &deny.context {
            specific["additionalContext"] = json!(context);
        }
        document.insert("hookSpecificOutput".to_owned(), specific);
    }
    finish(document, decision.system_message.as_deref())
}

/// What the post hook prints. `event` is the payload's `hook_event_name`.
#[must_use]
pub fn conclusion(conclusion: &Conclusion, event: &str) -> Option<Value> {
    let mut document = Map::new();
    if let Some(context) = &conclusion.context {
        // The host voids the whole output when this is not the event it fired.
        let event = match event {
            "PostToolUseFailure" => event,
            _ => "PostToolUse",
        };
        let specific = json!({"hookEventName": event, "additionalContext": context});
        document.insert("hookSpecificOutput".to_owned(), specific);
    }
    finish(document, conclusion.system_message.as_deref())
}

fn finish(mut document: Map<String, Value>, system_message: Option<&str>) -> Option<Value> {
    if let Some(message) = system_message {
        document.insert("systemMessage".to_owned(), json!(message));
    }
    (!document.is_empty()).then_some(Value::Object(document))
}
