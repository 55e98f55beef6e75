//! The pre hook against a tiny agent.

use crate::support::{Agent, Hook, bash, denied, http, rpc_error, said};
use serde_json::{Value, json};

/// What the hook says about `ls` when every request is answered with `answer`.
fn about(answer: Vec<u8>, environment: &[(&str, &str)]) -> Value {
    let agent = Agent::start(move |_| Some(answer.clone()));
    let hook = environment
        .iter()
        .fold(Hook::at(&agent.endpoint), |hook, (name, value)| {
            hook.with(name, value)
        });
    hook.says("pre", &bash("ls"))
}

fn result(text: &str, is_error: bool) -> Vec<u8> {
    let result = json!({"content": [{"type": "text", "text": text}], "isError": is_error});
    http(
        200,
        json!({"jsonrpc": "2.0", "id": "x", "result": result})
            .to_string()
            .as_bytes(),
    )
}

const FAIL_MODE: (&str, &str) = ("HOOKPROOF_REFERENCE_CONTRACT", "axonflow-fail-mode");

#[test]
fn an_allowed_call_runs_in_silence() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    let hook = Hook::at(&agent.endpoint).with("AXONFLOW_AUTH", "b3JnOmtleQ==");
    let output = hook.run("pre", bash("echo 'x'").to_string().as_bytes());
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    let endpoint = &agent.endpoint;
    assert_eq!(
        stderr,
        format!("[AxonFlow] Connected to AxonFlow at {endpoint} (mode=self-hosted)\n")
    );
    let request = agent.next();
    assert_eq!(request.tool(), "check_policy");
    assert_eq!(request.arguments()["statement"], "echo 'x'");
    assert_eq!(request.headers["authorization"], "Basic b3JnOmtleQ==");
    assert!(agent.is_quiet());
}

#[test]
fn a_denied_call_is_recorded_in_the_background() {
    let agent = Agent::start(|tool| {
        let denial = json!({
            "allowed": false, "block_reason": "nonce \u{1b}[31m\"quoted\"", "policies_evaluated": 7,
            "decision_id": "d-1", "risk_level": "high", "override_available": true,
        });
        // The record is never answered: a hook that waited for it would not end.
        (tool == "check_policy").then(|| said(&denial))
    });
    let document = Hook::at(&agent.endpoint).says("pre", &bash("rm -rf /"));
    assert_eq!(
        denied(&document),
        Some(
            "AxonFlow policy violation: nonce [31m\"quoted\" (7 policies evaluated) \
             [decision: d-1, risk: high, override available via explain_decision MCP tool]"
        )
    );
    agent.next();
    let record = agent.next();
    assert_eq!(record.tool(), "audit_tool_call");
    assert_eq!(record.arguments()["input"]["statement"], "rm -rf /");
    assert_eq!(record.arguments()["success"], false);
}

#[test]
fn a_large_statement_arrives_whole() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    let command = "é\"\\\n".repeat(8 * 1024 * 1024 / 5);
    assert_eq!(
        Hook::at(&agent.endpoint).says("pre", &bash(&command)),
        Value::Null
    );
    assert_eq!(agent.next().arguments()["statement"], command.as_str());
}

#[test]
fn network_and_server_failures_let_the_call_run() {
    for answer in [
        vec![],
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec(),
        b"nonsense\r\n\r\n".to_vec(),
        http(503, b"down"),
        http(502, br#"{"error":{"code":502,"message":"upstream"}}"#),
        http(200, b""),
        http(200, b"<html>"),
        rpc_error(200, -32603),
        rpc_error(400, -32700),
    ] {
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(about(answer.clone(), &[]), Value::Null, "{text}");
        let notice = about(answer.clone(), &[FAIL_MODE]);
        let notice = notice["systemMessage"].as_str().unwrap();
        assert!(notice.contains("UNGOVERNED"), "{text}: {notice}");
        let closed = about(answer, &[FAIL_MODE, ("AXONFLOW_FAIL_MODE", "closed")]);
        assert!(denied(&closed).is_some(), "{text}");
    }
}

#[test]
fn a_silent_agent_is_waited_for_no_longer_than_configured() {
    let agent = Agent::start(|_| None);
    let hook = Hook::at(&agent.endpoint).with("AXONFLOW_TIMEOUT_SECONDS", "1");
    let started = std::time::Instant::now();
    assert_eq!(hook.says("pre", &bash("ls")), Value::Null);
    let seconds = started.elapsed().as_secs_f64();
    // Above: the default of 8 s would have applied.
    assert!((0.9..6.0).contains(&seconds), "{seconds}");
}

#[test]
fn nobody_listens() {
    for endpoint in [
        "http://127.0.0.1:1".to_owned(),
        format!("http://{}.invalid", "a".repeat(64)),
    ] {
        assert_eq!(Hook::at(&endpoint).says("pre", &bash("ls")), Value::Null);
    }
    let document = Hook::at("ftp://x").says("pre", &bash("ls"));
    assert!(denied(&document).unwrap().contains("AXONFLOW_ENDPOINT"));
}

#[test]
fn errors_of_configuration_stop_the_call() {
    for (answer, part) in [
        (
            rpc_error(200, -32001),
            "authentication failed at http://127.0.0.1:",
        ),
        (rpc_error(401, -32001), "the agent's words"),
        (http(401, b"no"), "HTTP 401"),
        (
            b"HTTP/1.1 401 x\r\nContent-Length: 100\r\n\r\n{".to_vec(),
            "HTTP 401",
        ),
        (rpc_error(200, -32601), "(code -32601)"),
        (rpc_error(200, -32602), "the agent's words"),
    ] {
        for environment in [&[][..], &[FAIL_MODE]] {
            let document = about(answer.clone(), environment);
            let reason = denied(&document).unwrap();
            assert!(reason.contains(part), "{reason}");
            assert!(reason.contains("AXONFLOW_ENDPOINT"), "{reason}");
            assert!(reason.contains("AXONFLOW_AUTH"), "{reason}");
        }
    }
}

#[test]
fn breaking_the_glass_opens_for_authentication_only() {
    let glass = ("AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR", "1");
    for (answer, environment, runs) in [
        (rpc_error(401, -32001), &[glass][..], true),
        (http(401, b""), &[glass], true),
        (rpc_error(200, -32602), &[glass], false),
        (rpc_error(401, -32001), &[glass, FAIL_MODE], true),
        (http(401, b""), &[glass, FAIL_MODE], false),
        (said(&json!({"allowed": false})), &[glass], false),
    ] {
        let document = about(answer, environment);
        assert_eq!(denied(&document).is_none(), runs, "{document}");
        let notice = document["systemMessage"].as_str();
        assert_eq!(notice.is_some_and(|text| text.contains("UNGOVERNED")), runs);
    }
}

#[test]
fn an_answer_that_decides_nothing_does_not_let_the_call_run() {
    let two = [&said(&json!({"allowed": true}))[..], b"{}"].concat();
    let two = String::from_utf8(two)
        .unwrap()
        .replace("Content-Length", "X-Length");
    for answer in [
        said(&json!({})),
        said(&json!({"allowed": null})),
        said(&json!({"allowed": "true"})),
        said(&json!([{"allowed": true}])),
        result("{\"allowed\":true}", true),
        result("{\"allowed\":true}{\"allowed\":false}", false),
        result("yes", false),
        two.into_bytes(),
        http(
            200,
            br#"{"jsonrpc":"2.0","id":"x","result":{"content":[]}}"#,
        ),
        http(
            200,
            br#"{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"image"}]}}"#,
        ),
        http(200, b"[]"),
        http(200, b"{}"),
        http(302, b""),
        http(404, b"<html>"),
        http(429, b""),
        http(413, b""),
        rpc_error(200, -1),
    ] {
        let text = String::from_utf8_lossy(&answer).into_owned();
        for environment in [&[][..], &[FAIL_MODE]] {
            assert!(
                denied(&about(answer.clone(), environment)).is_some(),
                "{text}"
            );
        }
    }
}

#[test]
fn the_result_decides_whatever_surrounds_it() {
    let no = json!({"jsonrpc": "2.0", "id": "x", "result": {
        "content": [{"type": "text", "text": "\u{feff}{\"allowed\":false,\"x\":\"\u{1}\"}\n"}]
    }});
    let deep = no.to_string().replacen(
        '{',
        &format!("{{\"d\":{}1{},", "[".repeat(900), "]".repeat(900)),
        1,
    );
    let invalid = [
        &b"\xef\xbb\xbf"[..],
        &no.to_string().as_bytes()[..no.to_string().len() - 1],
        b",\"y\":\"\xff\"}",
    ]
    .concat();
    for body in [no.to_string().into_bytes(), deep.into_bytes(), invalid] {
        for status in [200, 202, 302, 404, 429, 500] {
            let document = about(http(status, &body), &[]);
            assert!(
                denied(&document)
                    .unwrap()
                    .starts_with("AxonFlow policy violation"),
                "{status}"
            );
        }
    }
}

#[test]
fn personal_data_comes_back_masked() {
    let answer = said(&json!({
        "allowed": true, "requires_redaction": true, "redacted_statement": "/f\nSSN ***",
    }));
    let agent = Agent::start(move |_| Some(answer.clone()));
    let input = json!({"file_path": "/f", "content": "SSN 123-45-6789"});
    let document =
        Hook::at(&agent.endpoint).says("pre", &json!({"tool_name": "Write", "tool_input": input}));
    assert!(
        denied(&document)
            .unwrap()
            .starts_with("AxonFlow detected PII in the tool input.")
    );
    assert_eq!(
        document["hookSpecificOutput"]["additionalContext"],
        "AxonFlow redacted PII from the input. Use this version instead:\n\nSSN ***"
    );
    agent.next();
    let record = agent.next();
    assert_eq!(record.arguments()["input"]["statement"], "[redacted]");
    assert!(!record.body.to_string().contains("123-45-6789"));
}

#[test]
fn a_failed_authentication_keeps_hooks_off_the_agent() {
    let agent = Agent::start(|_| Some(rpc_error(401, -32001)));
    let hook = Hook::at(&agent.endpoint);
    let output = hook.run("pre", bash("ls").to_string().as_bytes());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("\n[AxonFlow] Authentication failed (HTTP 401)"),
        "{stderr}"
    );
    agent.next();
    let reason = hook.says("pre", &bash("ls"));
    assert!(denied(&reason).unwrap().contains("AXONFLOW_AUTH"));
    assert_eq!(hook.says("post", &crate::support::ran("x")), Value::Null);
    assert!(agent.is_quiet());
}

#[test]
fn a_plan_limit_is_told_and_backs_off() {
    let envelope = json!({
        "error": "quota", "limit_type": "daily_quota", "resets_at": "2999-01-01T00:00:00Z",
        "upgrade": {"wording": "Out of events.", "buy_url": "https://buy.example"},
    });
    for answer in [
        http(429, envelope.to_string().as_bytes()),
        String::from_utf8(result(&envelope.to_string(), true))
            .unwrap()
            .replace(" 200 ", " 403 ")
            .into_bytes(),
    ] {
        let agent = Agent::start(move |_| Some(answer.clone()));
        let hook = Hook::at(&agent.endpoint);
        for _ in 0..2 {
            let document = hook.says("pre", &bash("ls"));
            assert!(denied(&document).is_none());
            assert!(
                document["systemMessage"]
                    .as_str()
                    .unwrap()
                    .contains("not checked")
            );
        }
        agent.next();
        assert!(agent.is_quiet());
    }
    let document = about(http(429, envelope.to_string().as_bytes()), &[FAIL_MODE]);
    assert!(denied(&document).unwrap().contains("Out of events."));
}

#[test]
fn a_payload_that_is_none_does_not_run_unchecked() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    let hook = Hook::at(&agent.endpoint);
    for payload in [
        &b""[..],
        b"nonsense",
        b"{\"tool_name\":\"Bash\",\"tool_inp",
        b"[]",
    ] {
        let output = hook.run("pre", payload);
        let document = serde_json::from_slice(&output.stdout).unwrap();
        assert!(denied(&document).is_some());
    }
    assert!(agent.is_quiet());
}
