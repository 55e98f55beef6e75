//! The endpoints that are not MCP.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth;
use super::reply::Reply;
use super::state::State;
use crate::call::{Call, text};
use crate::request::Request;
use crate::rpc::parse_json;

/// Answers a request that does not reach the endpoint's implementation.
pub(super) fn admit(state: &State, request: &Request) -> Result<(), Reply> {
    match request.call {
        Call::Health if matches!(request.method.as_str(), "GET" | "HEAD") => Ok(()),
        Call::Health => Err(Reply::text(405, "Method Not Allowed")),
        Call::Register => admit_register(request),
        Call::PreCheck | Call::RestCheckInput | Call::RestCheckOutput => {
            admit_check(state, request)
        }
        Call::StaticPolicies if state.policing.is_some() => admit_listing(state, request),
        _ => Err(Reply::text(404, "404 page not found\n")),
    }
}

fn admit_register(request: &Request) -> Result<(), Reply> {
    let refuse = |status: u16, text: &str| Err(middleware_error(status, text));
    if request.method != "POST" {
        return refuse(405, "Method not allowed");
    }
    if request.body.len() > 1024 {
        return refuse(413, "Request body too large");
    }
    if request.body.is_empty() {
        return Ok(());
    }
    match parse_json(&request.body) {
        Some(body) if body.is_object() => match text(&body, "label") {
            Some(label) if label.chars().count() > 255 => refuse(400, "label too long"),
            _ => Ok(()),
        },
        _ => refuse(400, "Invalid JSON body"),
    }
}

fn admit_listing(state: &State, request: &Request) -> Result<(), Reply> {
    if request.method != "GET" {
        return Err(middleware_error(405, "Method not allowed"));
    }
    auth::by_credentials(state, request)
        .map(drop)
        .map_err(|denied| middleware_error(401, denied.text()))
}

fn admit_check(state: &State, request: &Request) -> Result<(), Reply> {
    let refuse = |status: u16, text: &str| match request.call {
        Call::PreCheck => handler_error(status, text),
        _ => middleware_error(status, text),
    };
    if request.method != "POST" {
        return Err(refuse(405, "Method not allowed"));
    }
    auth::by_credentials(state, request).map_err(|denied| refuse(401, denied.text()))?;
    let body = parse_json(&request.body).filter(Value::is_object);
    let body = body.ok_or_else(|| refuse(400, "Invalid request body"))?;
    let needed: &[&str] = match request.call {
        Call::PreCheck => &["query", "client_id"],
        Call::RestCheckInput => &["connector_type", "statement"],
        _ => &["connector_type"],
    };
    let given = |key: &&str| text(&body, key).is_some_and(|value| !value.is_empty());
    match needed.iter().find(|key| !given(key)) {
        None => Ok(()),
        Some(key) => Err(refuse(400, &format!("{key} is required"))),
    }
}

/// The error shape of handlers.
pub(super) fn handler_error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "success": false, "error": message }))
}

fn middleware_error(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "error": { "code": status, "message": message } }),
    )
}

/// What `/health` and `/api/v1/register` answer when nothing is scripted.
pub(super) fn default_body(call: &Call, endpoint: &str) -> Value {
    let now = Timestamp::now();
    match call {
        Call::Health => json!({
            "status": "healthy",
            "service": "axonflow-agent",
            "timestamp": now.to_string(),
            "version": "8.6.0",
            "tier": "Community",
            "capabilities": [],
            "sdk_compatibility": { "min_sdk_version": {}, "recommended_sdk_version": {} },
            "plugin_compatibility": {
                "min_plugin_version": { "claude-code": "1.0.0" },
                "recommended_plugin_version": { "claude-code": "1.0.0" },
            },
        }),
        Call::Register => {
            let secret = Uuid::new_v4().simple().to_string();
            json!({
                "tenant_id": format!("cs_{}", Uuid::new_v4()),
                "secret": secret,
                "secret_prefix": secret[..8],
                "expires_at": (now + SignedDuration::from_hours(30 * 24)).to_string(),
                "endpoint": endpoint,
                "note": "Store the secret now; it is not shown again.",
            })
        }
        _ => json!({}),
    }
}

/// A tool result as the REST endpoint of the same check shows it, with its status.
pub(super) fn view(call: &Call, result: Value) -> (u16, Value) {
    let status = if result.get("allowed") == Some(&Value::Bool(false)) {
        403
    } else {
        200
    };
    match call {
        Call::PreCheck => (200, pre_check(&result)),
        Call::RestCheckInput => {
            let redacted = result.get("redacted_statement").is_some();
            let mut body = result;
            if redacted {
                body["redacted"] = json!(true);
            }
            (status, body)
        }
        Call::RestCheckOutput => {
            let mut body = result;
            if let Some(masked) = body
                .as_object_mut()
                .and_then(|body| body.remove("redacted_message"))
            {
                body["redacted_data"] = masked;
            }
            (status, body)
        }
        Call::Register => (201, result),
        _ => (200, result),
    }
}

fn pre_check(result: &Value) -> Value {
    let policies: Vec<&Value> = result
        .get("policy_matches")
        .and_then(Value::as_array)
        .map(|matches| {
            matches
                .iter()
                .filter_map(|one| one.get("policy_id"))
                .collect()
        })
        .unwrap_or_default();
    let context = Uuid::new_v4().simple().to_string();
    let mut body = json!({
        "context_id": format!("ctx_{}", &context[..12]),
        "policies": policies,
        "expires_at": (Timestamp::now() + SignedDuration::from_mins(5)).to_string(),
    });
    let shown = [
        ("allowed", "approved"),
        ("block_reason", "block_reason"),
        ("requires_redaction", "requires_redaction"),
        ("decision_id", "trace_id"),
    ];
    for (from, to) in shown {
        if let Some(value) = result.get(from) {
            body[to] = value.clone();
        }
    }
    body
}
