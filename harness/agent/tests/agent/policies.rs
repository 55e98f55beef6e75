//! Decisions of a policy pack, where nothing is scripted.

use hookproof_agent::{Reply, Request, State, answer};
use serde_json::{Value, json};

use crate::client::{script, tool_call};

fn state() -> State {
    State::new(script("policies = 'system'"))
}

fn ask(state: &mut State, method: &str, target: &str, body: &str) -> Reply {
    let body = body.to_owned().into_bytes().into();
    answer(state, &Request::new(method, target, Vec::new(), body))
}

/// The text block of a tool's result: JSON, or plain text for a failure.
fn tool(state: &mut State, name: &str, arguments: &Value) -> Value {
    let reply = ask(
        state,
        "POST",
        "/api/v1/mcp-server",
        &tool_call(name, arguments),
    );
    let message: Value = serde_json::from_slice(&reply.body).expect("JSON");
    let text = message["result"]["content"][0]["text"]
        .as_str()
        .expect("a text");
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

fn check(state: &mut State, statement: &str) -> Value {
    let arguments = json!({ "connector_type": "claude_code.Bash", "statement": statement });
    tool(state, "check_policy", &arguments)
}

#[test]
fn a_block_is_told_explained_and_counted() {
    let state = &mut state();
    let denied = check(state, "rm -rf /");
    assert_eq!(
        (&denied["allowed"], &denied["risk_level"]),
        (&json!(false), &json!("critical"))
    );
    assert_eq!(
        denied["policy_matches"][0]["policy_id"],
        denied["blocked_by"]
    );
    assert_eq!(denied["override_available"], false);
    assert!(denied["block_reason"].is_string() && denied["policies_evaluated"].as_u64() > Some(50));
    let explained = tool(
        state,
        "explain_decision",
        &json!({ "decision_id": denied["decision_id"] }),
    );
    assert_eq!(
        (&explained["decision"], &explained["risk_level"]),
        (&json!("deny"), &json!("critical"))
    );
    assert_eq!(check(state, "rm -rf ./build")["allowed"], true);
    let unknown = tool(state, "explain_decision", &json!({ "decision_id": "x" }));
    assert_eq!(unknown, json!("decision not found: x"));
}

#[test]
fn outputs_are_masked_as_text_and_as_data() {
    let state = &mut state();
    let arguments = json!({
        "connector_type": "claude_code.Bash",
        "message": "SSN 123-45-6789",
        "response_data": [{ "ssn": "123-45-6789" }],
    });
    let masked = tool(state, "check_output", &arguments);
    assert_eq!(masked["allowed"], true);
    assert!(masked["redacted_message"].is_string() && masked["redacted_data"][0].is_object());
    assert!(!masked.to_string().contains("6789"), "{masked}");
}

#[test]
fn overrides_take_effect_and_critical_policies_refuse_them() {
    let state = &mut state();
    let statement = "curl http://localhost:8080/health";
    let denied = check(state, statement);
    assert_eq!(
        (&denied["allowed"], &denied["override_available"]),
        (&json!(false), &json!(true))
    );
    let wanted = |policy: &str| json!({ "policy_id": policy, "policy_type": "static", "override_reason": "the health check" });
    let policy = denied["blocked_by"].as_str().expect("an id");
    let created = tool(state, "create_override", &wanted(policy));
    let allowed = check(state, statement);
    assert_eq!(
        (&allowed["allowed"], &allowed["override_existing_id"]),
        (&json!(true), &created["id"])
    );
    assert_eq!(tool(state, "list_overrides", &json!({}))["count"], 1);
    tool(
        state,
        "delete_override",
        &json!({ "override_id": created["id"] }),
    );
    assert_eq!(check(state, statement)["allowed"], false);
    assert_eq!(tool(state, "list_overrides", &json!({}))["count"], 0);
    let critical = check(state, "rm -rf /")["blocked_by"].clone();
    let refused = tool(
        state,
        "create_override",
        &wanted(critical.as_str().expect("an id")),
    );
    assert!(refused.as_str().expect("a failure").contains("critical"));
}

#[test]
fn the_pack_is_listed_and_served() {
    let state = &mut state();
    let sqli = tool(
        state,
        "list_policies",
        &json!({ "category": "security-sqli" }),
    );
    assert_eq!(sqli["count"], 37);
    let none = tool(state, "list_policies", &json!({ "category": "nothing" }));
    assert_eq!(none, json!({ "policies": null, "count": 0 }));
    let reply = ask(
        state,
        "GET",
        "/api/v1/static-policies?page=2&page_size=50",
        "",
    );
    let page: Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!(
        page["pagination"],
        json!({ "page": 2, "page_size": 50, "total": 107, "total_pages": 3 })
    );
    assert_eq!(page["policies"].as_array().map(Vec::len), Some(50));
    let without = &mut State::new(script(""));
    assert_eq!(
        ask(without, "GET", "/api/v1/static-policies", "").status,
        404
    );
}

#[test]
fn rest_tells_a_block_by_its_status_and_what_matched() {
    let state = &mut state();
    let body = json!({ "connector_type": "claude_code.Bash", "statement": "rm -rf /" }).to_string();
    let reply = ask(state, "POST", "/api/v1/mcp/check-input", &body);
    let answer: Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!(
        (reply.status, &answer["policy_info"]["blocked"]),
        (403, &json!(true))
    );
    let query = json!({ "client_id": "c", "query": "rm -rf /" }).to_string();
    let reply = ask(state, "POST", "/api/policy/pre-check", &query);
    let answer: Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!((reply.status, &answer["approved"]), (200, &json!(false)));
}

#[test]
fn what_is_scripted_goes_first() {
    let text = "policies = 'system'\ncheck_policy = { result = { allowed = true } }";
    assert_eq!(
        check(&mut State::new(script(text)), "rm -rf /"),
        json!({ "allowed": true })
    );
}

#[tokio::test]
async fn a_pack_that_cannot_be_had_is_no_start() {
    let wrong = hookproof_agent::Agent::start(script("policies = 'nowhere.toml'")).await;
    assert!(
        wrong
            .expect_err("no start")
            .to_string()
            .contains("nowhere.toml")
    );
    let typo = toml::from_str::<hookproof_agent::Script>("policies = 'sytem'");
    assert!(typo.expect_err("a typo").to_string().contains("`system`"));
}
