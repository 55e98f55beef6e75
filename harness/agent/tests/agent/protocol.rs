//! Statuses, codes and headers of the MCP endpoint (contract 4.1), by the
//! handler alone.

use hookproof_agent::{Reply, Request, State, answer};
use serde_json::{Value, json};

use crate::client::{check_policy, script, tool_call};

fn community() -> State {
    State::new(script(""))
}

fn enterprise() -> State {
    State::new(script(
        "mode = 'enterprise'\ncredentials = ['org:key', 'other:key']",
    ))
}

fn request(method: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let body = body.to_owned().into_bytes().into();
    Request::new(method, "/api/v1/mcp-server", headers.collect(), body)
}

fn ask(state: &mut State, headers: &[(&str, &str)], body: &str) -> Reply {
    answer(state, &request("POST", headers, body))
}

fn rpc(method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }).to_string()
}

fn json_of(reply: &Reply) -> Value {
    assert_eq!(header(reply, "content-type"), Some("application/json"));
    serde_json::from_slice(&reply.body).expect("a JSON body")
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let found = reply
        .headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

#[track_caller]
fn assert_failure(reply: &Reply, status: u16, code: i64, id: Option<Value>, text: &str) {
    let body = json_of(reply);
    assert_eq!(
        (reply.status, &body["error"]["code"]),
        (status, &json!(code)),
        "{body}"
    );
    assert_eq!(body.get("id").cloned(), id, "{body}");
    let message = body["error"]["message"].as_str().expect("a message");
    assert!(message.contains(text), "{message}");
}

#[test]
fn only_post_options_and_delete_are_methods() {
    let state = &mut community();
    for method in ["GET", "PUT", "PATCH"] {
        let reply = answer(state, &request(method, &[], ""));
        assert_eq!(
            (reply.status, &reply.body[..]),
            (405, &b"Method Not Allowed"[..])
        );
        assert!(header(&reply, "content-type").is_some_and(|mime| mime.starts_with("text/plain")));
    }
    let reply = answer(state, &request("OPTIONS", &[], ""));
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    assert_eq!(
        header(&reply, "access-control-allow-headers"),
        Some("Content-Type, Authorization, Accept, Mcp-Session-Id, MCP-Protocol-Version")
    );
}

#[test]
fn the_content_type_must_be_json_or_absent() {
    let state = &mut community();
    for mime in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let reply = ask(state, &[("Content-Type", mime)], &check_policy());
        assert_failure(&reply, 415, -32600, None, "Content-Type");
    }
    for headers in [
        &[][..],
        &[("Content-Type", "application/json; charset=utf-8")],
    ] {
        assert_eq!(ask(state, headers, &check_policy()).status, 200);
    }
}

#[test]
fn the_protocol_version_must_be_known_or_absent() {
    let state = &mut community();
    for version in ["2025-06-18", "2024-11-05"] {
        let reply = ask(state, &[("MCP-Protocol-Version", version)], &check_policy());
        assert_eq!(reply.status, 200);
    }
    let reply = ask(
        state,
        &[("mcp-protocol-version", "2025-03-26")],
        &check_policy(),
    );
    assert_failure(&reply, 400, -32600, None, "2025-03-26");
}

#[test]
fn unreadable_messages_are_parse_errors() {
    let state = &mut community();
    for body in [
        "",
        "{",
        "[]",
        "\"text\"",
        "{\"jsonrpc\":2}",
        "{\"jsonrpc\":\"2.0\",\"method\":1}",
    ] {
        let reply = ask(state, &[], body);
        assert_failure(&reply, 400, -32700, None, "Parse error: invalid JSON");
    }
}

#[test]
fn the_body_limit_is_one_mebibyte() {
    let state = &mut community();
    let frame = check_policy().len() - 2;
    let of_size = |size: usize| {
        check_policy().replace(r#""ls""#, &format!("\"{}\"", "x".repeat(size - frame)))
    };
    let largest = of_size(1 << 20);
    assert_eq!(largest.len(), 1 << 20);
    assert_eq!(ask(state, &[], &largest).status, 200);
    let reply = ask(state, &[], &of_size((1 << 20) + 1));
    assert_failure(&reply, 400, -32700, None, "Parse error");
    let state = &mut State::new(script("body_limit = 2000000"));
    assert_eq!(ask(state, &[], &of_size((1 << 20) + 1)).status, 200);
}

#[test]
fn jsonrpc_must_be_two() {
    let state = &mut community();
    for version in [r#""1.0""#, "null"] {
        let body = format!(r#"{{"jsonrpc":{version},"id":7,"method":"ping"}}"#);
        assert_failure(&ask(state, &[], &body), 400, -32600, Some(json!(7)), "2.0");
    }
    let reply = ask(state, &[], r#"{"id":7,"method":"ping"}"#);
    assert_failure(&reply, 400, -32600, Some(json!(7)), "2.0");
}

#[test]
fn a_notification_is_accepted_and_nothing_is_executed() {
    let state = &mut State::new(script(
        "check_policy = [{ status = 503 }, { status = 504 }]",
    ));
    let state_of_default = &mut community();
    for id in ["", r#""id":null,"#] {
        let body = format!(r#"{{"jsonrpc":"2.0",{id}"method":"notifications/initialized"}}"#);
        let reply = ask(state_of_default, &[], &body);
        assert_eq!((reply.status, reply.body.len()), (202, 0));
    }
    let silent = check_policy().replace(r#""id":"hook-pre","#, "");
    assert_eq!(ask(state_of_default, &[], &silent).status, 202);
    // A gateway in front of the agent does not know what a notification is.
    assert_eq!(ask(state, &[], &silent).status, 503);
}

#[test]
fn methods_and_tools_are_known_by_name() {
    let state = &mut community();
    let reply = ask(state, &[], &rpc("resources/list", json!({})));
    assert_failure(
        &reply,
        200,
        -32601,
        Some(json!(7)),
        "Method not found: resources/list",
    );
    let reply = ask(
        state,
        &[],
        &rpc("tools/call", json!({ "name": "rm", "arguments": {} })),
    );
    assert_failure(&reply, 200, -32602, Some(json!(7)), "Unknown tool: rm");
    for params in [
        json!(null),
        json!([]),
        json!({ "name": 1 }),
        json!({ "name": "rm", "arguments": [] }),
    ] {
        let reply = ask(state, &[], &rpc("tools/call", params));
        assert_failure(
            &reply,
            200,
            -32602,
            Some(json!(7)),
            "Invalid tool call parameters",
        );
    }
    let reply = ask(state, &[], &rpc("tools/call", json!({ "arguments": {} })));
    assert_failure(&reply, 200, -32602, Some(json!(7)), "");
}

#[test]
fn missing_arguments_are_a_tool_failure_not_a_protocol_error() {
    let state = &mut community();
    let cases = [
        (
            "check_policy",
            json!({ "statement": "ls" }),
            "connector_type and statement are required",
        ),
        (
            "check_policy",
            json!({ "connector_type": "x", "statement": "" }),
            "connector_type and statement are required",
        ),
        ("check_output", json!({}), "connector_type is required"),
        ("audit_tool_call", json!({}), "tool_name is required"),
        ("explain_decision", json!({}), "decision_id is required"),
        (
            "create_override",
            json!({}),
            "policy_id, policy_type and override_reason are required",
        ),
    ];
    for (tool, arguments, text) in cases {
        let reply = ask(state, &[], &tool_call(tool, &arguments));
        let expected = json!({ "content": [{ "type": "text", "text": text }], "isError": true });
        assert_eq!((reply.status, &json_of(&reply)["result"]), (200, &expected));
    }
}

#[test]
fn tools_answer_with_indented_json_in_a_text_block() {
    let state = &mut community();
    let reply = ask(state, &[], &check_policy());
    let body = json_of(&reply);
    assert_eq!(body["id"], "hook-pre");
    assert!(body["result"].get("isError").is_none());
    let text = body["result"]["content"][0]["text"]
        .as_str()
        .expect("a text");
    assert!(text.starts_with("{\n  \"allowed\": true"), "{text}");
    let inner: Value = serde_json::from_str(text).expect("JSON in the text");
    assert!(inner["decision_id"].is_string() && inner["policies_evaluated"].is_u64());

    let audit = json!({ "tool_name": "Bash", "input": {}, "success": true });
    let body = json_of(&ask(state, &[], &tool_call("audit_tool_call", &audit)));
    let text = body["result"]["content"][0]["text"]
        .as_str()
        .expect("a text");
    let inner: Value = serde_json::from_str(text).expect("JSON in the text");
    assert_eq!(
        (&inner["recorded"], &inner["tool_name"]),
        (&json!(true), &json!("Bash"))
    );
}

#[test]
fn all_listed_tools_answer() {
    let state = &mut community();
    let body = json_of(&ask(state, &[], &rpc("tools/list", json!({}))));
    let tools = body["result"]["tools"].as_array().expect("a list").clone();
    let names: Vec<_> = tools
        .iter()
        .filter_map(|tool| tool["name"].as_str())
        .collect();
    assert_eq!(names.len(), 10);
    assert_eq!(
        names[..3],
        ["check_policy", "check_output", "audit_tool_call"]
    );
    let arguments = json!({
        "connector_type": "x", "statement": "x", "tool_name": "x", "decision_id": "x",
        "policy_id": "x", "policy_type": "static", "override_reason": "x", "override_id": "x",
        "ttl_seconds": 999_999,
    });
    for tool in &tools {
        assert_eq!(tool["inputSchema"]["type"], "object");
        let name = tool["name"].as_str().expect("a name");
        let body = json_of(&ask(state, &[], &tool_call(name, &arguments)));
        assert!(body["result"].get("isError").is_none(), "{name}: {body}");
    }
}

#[test]
fn initialize_agrees_on_a_version_and_opens_a_session() {
    let state = &mut community();
    let versions = [
        (json!({}), None, "2025-06-18"),
        (
            json!({ "protocolVersion": "2024-11-05" }),
            None,
            "2024-11-05",
        ),
        (
            json!({ "protocolVersion": "2099-01-01" }),
            None,
            "2025-06-18",
        ),
        (
            json!({}),
            Some(("MCP-Protocol-Version", "2024-11-05")),
            "2024-11-05",
        ),
    ];
    for (params, extra, version) in versions {
        let headers: Vec<_> = extra.into_iter().collect();
        let reply = ask(state, &headers, &rpc("initialize", params));
        let result = json_of(&reply)["result"].clone();
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(
            result["serverInfo"],
            json!({ "name": "axonflow", "version": "1.0.0" })
        );
        let session = header(&reply, "Mcp-Session-Id").expect("a session");
        let hex = session.strip_prefix("axonflow-").expect("the prefix");
        assert!(hex.len() == 24 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    assert_eq!(
        json_of(&ask(state, &[], &rpc("ping", json!({}))))["result"],
        json!({})
    );
}

#[test]
fn enterprise_mode_wants_known_credentials() {
    let state = &mut enterprise();
    let good = ("Authorization", "Basic b3JnOmtleQ==");
    for headers in [
        &[][..],
        &[("Authorization", "Basic eDp5")],
        &[("Authorization", "Bearer x")],
    ] {
        for body in [
            check_policy(),
            rpc("ping", json!({})),
            rpc("tools/list", json!({})),
        ] {
            let reply = ask(state, headers, &body);
            let id = json_of(&reply).get("id").cloned();
            assert_failure(&reply, 401, -32001, id, "Authentication required");
            assert_eq!(
                header(&reply, "WWW-Authenticate"),
                Some(r#"Basic realm="AxonFlow MCP Server""#)
            );
        }
    }
    let hello = rpc("initialize", json!({}));
    assert_failure(
        &ask(state, &[], &hello),
        401,
        -32001,
        Some(json!(7)),
        "provide Authorization header with Basic auth (clientId:clientSecret)",
    );
    let wrong = ask(state, &[("Authorization", "Basic eDp5")], &hello);
    assert_failure(
        &wrong,
        401,
        -32001,
        Some(json!(7)),
        "Authentication failed: ",
    );
    assert_eq!(ask(state, &[good], &check_policy()).status, 200);
}

#[test]
fn sessions_stand_in_for_credentials_of_their_client_only() {
    let state = &mut enterprise();
    let org = ("Authorization", "Basic b3JnOmtleQ==");
    let other = ("Authorization", "Basic b3RoZXI6a2V5");
    let reply = ask(state, &[org], &rpc("initialize", json!({})));
    let id = header(&reply, "Mcp-Session-Id")
        .expect("a session")
        .to_owned();
    let session = ("Mcp-Session-Id", id.as_str());
    let unknown = ("Mcp-Session-Id", "axonflow-000000000000000000000000");

    assert_eq!(ask(state, &[session], &check_policy()).status, 200);
    assert_eq!(ask(state, &[session, org], &check_policy()).status, 200);
    assert_eq!(ask(state, &[session, other], &check_policy()).status, 401);
    assert_eq!(ask(state, &[unknown], &check_policy()).status, 401);
    assert_eq!(ask(state, &[unknown, org], &check_policy()).status, 200);

    let mut delete =
        |headers: &[(&str, &str)]| answer(state, &request("DELETE", headers, "")).status;
    assert_eq!(delete(&[org]), 400);
    assert_eq!(delete(&[unknown, org]), 404);
    assert_eq!(delete(&[session]), 401);
    assert_eq!(delete(&[session, other]), 403);
    assert_eq!(delete(&[session, org]), 200);
    assert_eq!(delete(&[session, org]), 404);
}
