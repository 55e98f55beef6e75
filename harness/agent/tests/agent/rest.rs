//! The endpoints that are not MCP, and plan limits on both.

use hookproof_agent::{Reply, Request, State, answer};
use serde_json::{Value, json};

use crate::client::{check_policy, script};

fn ask(script_text: &str, method: &str, target: &str, body: &str) -> Reply {
    let state = &mut State::new(script(script_text));
    let host = ("Host".to_owned(), "127.0.0.1:9".to_owned());
    let body = body.to_owned().into_bytes().into();
    answer(state, &Request::new(method, target, vec![host], body))
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).expect("a JSON body")
}

const QUERY: &str = r#"{"user_token":"u","client_id":"claude-code","query":"rm -rf /"}"#;
const STATEMENT: &str = r#"{"connector_type":"claude_code.Bash","statement":"rm -rf /"}"#;
const DENY: &str =
    "check_policy = { result = { allowed = false, block_reason = 'no', policies_evaluated = 3 } }";

#[test]
fn health_names_the_agent_and_its_plugin_versions() {
    let reply = ask("", "GET", "/health", "");
    let body = json_of(&reply);
    assert_eq!(
        (reply.status, &body["status"], &body["service"]),
        (200, &json!("healthy"), &json!("axonflow-agent"))
    );
    assert!(body["plugin_compatibility"]["min_plugin_version"]["claude-code"].is_string());
    let reply = ask(
        "health = { result = { status = 'starting' } }",
        "GET",
        "/health?x=1",
        "",
    );
    assert_eq!(json_of(&reply), json!({ "status": "starting" }));
    assert_eq!(ask("", "POST", "/health", "").status, 405);
}

#[test]
fn register_issues_a_tenant() {
    let reply = ask("", "POST", "/api/v1/register", "");
    let body = json_of(&reply);
    assert_eq!(reply.status, 201);
    let secret = body["secret"].as_str().expect("a secret");
    assert!(
        secret.len() == 32 && secret.starts_with(body["secret_prefix"].as_str().expect("a prefix"))
    );
    assert!(
        body["tenant_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("cs_"))
    );
    assert_eq!(body["endpoint"], "http://127.0.0.1:9");
    let long = json!({ "label": "x".repeat(256) }).to_string();
    let cases = [
        ("GET", "", 405),
        ("POST", "{", 400),
        ("POST", &long, 400),
        ("POST", &"x".repeat(1025), 413),
    ];
    for (method, body, status) in cases {
        let reply = ask("", method, "/api/v1/register", body);
        assert_eq!(
            (reply.status, &json_of(&reply)["error"]["code"]),
            (status, &json!(status))
        );
    }
}

#[test]
fn pre_check_is_a_view_of_check_policy() {
    let allowed = json_of(&ask("", "POST", "/api/policy/pre-check", QUERY));
    assert_eq!(
        (&allowed["approved"], &allowed["policies"]),
        (&json!(true), &json!([]))
    );
    assert!(
        allowed["context_id"]
            .as_str()
            .is_some_and(|id| id.starts_with("ctx_"))
    );
    let denied = ask(DENY, "POST", "/api/policy/pre-check", QUERY);
    let body = json_of(&denied);
    assert_eq!(
        (denied.status, &body["approved"], &body["block_reason"]),
        (200, &json!(false), &json!("no"))
    );
    let missing = ask("", "POST", "/api/policy/pre-check", r#"{"client_id":"x"}"#);
    assert_eq!(
        (missing.status, json_of(&missing)),
        (
            400,
            json!({ "success": false, "error": "query is required" })
        )
    );
}

#[test]
fn rest_checks_tell_a_block_by_their_status() {
    let allowed = ask("", "POST", "/api/v1/mcp/check-input", STATEMENT);
    assert_eq!(
        (allowed.status, &json_of(&allowed)["allowed"]),
        (200, &json!(true))
    );
    let denied = ask(DENY, "POST", "/api/v1/mcp/check-input", STATEMENT);
    assert_eq!(
        (denied.status, &json_of(&denied)["block_reason"]),
        (403, &json!("no"))
    );
    let masked = "check_output = { result = { allowed = true, redacted_message = 'SSN ***' } }";
    let body = json_of(&ask(masked, "POST", "/api/v1/mcp/check-output", STATEMENT));
    assert_eq!(body, json!({ "allowed": true, "redacted_data": "SSN ***" }));
}

#[test]
fn rest_checks_want_credentials_in_enterprise_mode() {
    for target in ["/api/policy/pre-check", "/api/v1/mcp/check-input"] {
        assert_eq!(
            ask("mode = 'enterprise'", "POST", target, QUERY).status,
            401
        );
    }
    assert_eq!(ask("mode = 'enterprise'", "GET", "/health", "").status, 200);
    assert_eq!(ask("", "GET", "/api/v1/nothing", "").status, 404);
}

#[test]
fn rest_shows_scripted_failures_in_its_own_shape() {
    let reply = ask(
        "check_policy = { error = { code = -32001 } }",
        "POST",
        "/api/policy/pre-check",
        QUERY,
    );
    assert_eq!(
        (reply.status, &json_of(&reply)["success"]),
        (401, &json!(false))
    );
    let reply = ask(
        "check_policy = { fault = 'allowed_null' }",
        "POST",
        "/api/policy/pre-check",
        QUERY,
    );
    assert_eq!(json_of(&reply)["approved"], Value::Null);
}

#[test]
fn a_plan_limit_is_a_body_on_rest_and_a_tool_failure_on_mcp() {
    let limit = "check_policy = { envelope = { limit_type = 'daily_quota' } }";
    let rest = ask(limit, "POST", "/api/v1/mcp/check-input", STATEMENT);
    assert_eq!(
        (rest.status, &json_of(&rest)["limit_type"]),
        (429, &json!("daily_quota"))
    );

    let mcp = ask(limit, "POST", "/api/v1/mcp-server", &check_policy());
    let result = json_of(&mcp)["result"].clone();
    assert_eq!((mcp.status, &result["isError"]), (429, &json!(true)));
    let text = result["content"][0]["text"].as_str().expect("a text");
    let envelope: Value = serde_json::from_str(text).expect("an envelope");
    assert_eq!(
        (&envelope["limit"], &envelope["remaining"]),
        (&json!(200), &json!(0))
    );
    assert!(envelope["resets_at"].is_string() && envelope["upgrade"]["buy_url"].is_string());
    for name in [
        "X-Axonflow-Tier-Limit",
        "X-Axonflow-Upgrade-URL",
        "Retry-After",
    ] {
        assert!(mcp.headers.iter().any(|(known, _)| known == name), "{name}");
    }
    let early = limit.replace("' } }", "' }, status = 200 }");
    assert_eq!(
        ask(&early, "POST", "/api/v1/mcp-server", &check_policy()).status,
        200
    );
}
