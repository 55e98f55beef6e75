//! The tools, their schemas and their default results.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::call::Call;
use crate::rpc::Rpc;

/// A tool as `tools/list` shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Tool {
    name: String,
    description: String,
    /// Arguments the agent insists on, whatever the schema says.
    enforced: Vec<String>,
    #[serde(rename = "inputSchema")]
    input_schema: Value,
}

static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tools.json")).expect("tools.json is valid")
});

fn fresh_id() -> String {
    Uuid::new_v4().to_string()
}

pub(super) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

/// The result of `tools/list`.
pub(super) fn list() -> Value {
    let tools = TOOLS.iter().map(|tool| {
        json!({
            "name": tool.name,
            "description": tool.description,
            "inputSchema": tool.input_schema,
        })
    });
    json!({ "tools": tools.collect::<Vec<_>>() })
}

/// The agent's complaint when an enforced argument is absent, empty or no string.
pub(super) fn missing_arguments(tool: &Tool, rpc: &Rpc) -> Option<String> {
    let given = |name: &String| rpc.argument(name).is_some_and(|value| !value.is_empty());
    if tool.enforced.iter().all(given) {
        return None;
    }
    Some(match tool.enforced.as_slice() {
        [one] => format!("{one} is required"),
        [first @ .., last] => format!("{} and {last} are required", first.join(", ")),
        [] => return None,
    })
}

/// A tool result that holds one text block.
pub(super) fn text_result(text: &str, is_error: bool) -> Value {
    let mut result = json!({ "content": [{ "type": "text", "text": text }] });
    if is_error {
        result["isError"] = Value::Bool(true);
    }
    result
}

/// What a tool answers when nothing is scripted.
pub(super) fn default_result(call: &Call, rpc: Option<&Rpc>) -> Value {
    let argument = |key: &str| rpc.and_then(|rpc| rpc.argument(key)).unwrap_or_default();
    let now = Timestamp::now();
    match call {
        Call::CheckPolicy
        | Call::PreCheck
        | Call::RestCheckInput
        | Call::CheckOutput
        | Call::RestCheckOutput => {
            json!({ "allowed": true, "decision_id": fresh_id(), "policies_evaluated": 12 })
        }
        Call::AuditToolCall => json!({
            "recorded": true,
            "tool_name": argument("tool_name"),
            "timestamp": now.to_string(),
            "details": { "audit_id": fresh_id(), "status": "recorded" },
        }),
        Call::OtherTool(name) => match name.as_str() {
            "list_policies" => json!({ "policies": null, "count": 0 }),
            "get_policy_stats" => json!({ "total_events": 0, "allowed": 0, "blocked": 0 }),
            "search_audit_events" => json!({ "entries": [], "total": 0 }),
            "explain_decision" => json!({
                "decision_id": argument("decision_id"),
                "timestamp": now.to_string(),
                "policy_matches": [],
                "matched_rules": [],
                "decision": "allow",
                "override_available": false,
            }),
            "create_override" => override_created(rpc, now),
            "list_overrides" => json!({ "overrides": [], "count": 0 }),
            "delete_override" => json!({ "id": argument("override_id"), "revoked": true }),
            _ => json!({}),
        },
        _ => json!({}),
    }
}

/// What `create_override` answers.
pub(super) fn override_created(rpc: Option<&Rpc>, now: Timestamp) -> Value {
    let argument = |key: &str| rpc.and_then(|rpc| rpc.argument(key)).unwrap_or_default();
    let wanted = rpc.and_then(|rpc| rpc.arguments.get("ttl_seconds")?.as_i64());
    let granted = wanted.unwrap_or(3600).clamp(60, 24 * 3600);
    let mut created = json!({
        "id": fresh_id(),
        "policy_id": argument("policy_id"),
        "policy_type": argument("policy_type"),
        "expires_at": (now + SignedDuration::from_secs(granted)).to_string(),
        "ttl_seconds": granted,
        "created_at": now.to_string(),
    });
    if let Some(wanted) = wanted.filter(|wanted| *wanted != granted) {
        created["requested_ttl"] = json!(wanted);
        created["clamped"] = json!(true);
        created["clamped_reason"] = json!(if wanted > granted {
            "exceeds_hard_cap"
        } else {
            "below_minimum"
        });
    }
    created
}
