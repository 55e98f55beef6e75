//! The post hook against a tiny agent.

use crate::support::{Agent, Hook, http, ran, rpc_error, said};
use serde_json::{Value, json};

fn context(document: &Value) -> &str {
    assert_eq!(
        document["hookSpecificOutput"]["hookEventName"],
        "PostToolUse"
    );
    document["hookSpecificOutput"]["additionalContext"]
        .as_str()
        .unwrap()
}

/// The two requests of a post hook: the scan and the record, whatever their order.
fn requests(agent: &Agent) -> (crate::support::Request, crate::support::Request) {
    let (first, second) = (agent.next(), agent.next());
    assert!(agent.is_quiet());
    if first.tool() == "check_output" {
        (first, second)
    } else {
        (second, first)
    }
}

#[test]
fn a_clean_output_is_scanned_and_recorded_in_silence() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    assert_eq!(
        Hook::at(&agent.endpoint).says("post", &ran("fine")),
        Value::Null
    );
    let (scan, record) = requests(&agent);
    assert_eq!(scan.arguments()["message"], "fine");
    assert_eq!(scan.arguments()["connector_type"], "claude_code.Bash");
    assert_eq!(record.arguments()["success"], true);
    let summary = record.arguments()["output"]["summary"].as_str().unwrap();
    assert!(summary.contains("fine"));
}

#[test]
fn nothing_put_out_is_recorded_only() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    assert_eq!(
        Hook::at(&agent.endpoint).says("post", &ran("")),
        Value::Null
    );
    assert_eq!(agent.next().tool(), "audit_tool_call");
    assert!(agent.is_quiet());
}

#[test]
fn a_masked_output_replaces_the_raw_one_everywhere() {
    let masked = "***-**-**** ".repeat(5000);
    let answer =
        said(&json!({"allowed": true, "redacted_message": masked, "policies_evaluated": 9}));
    let agent = Agent::start(move |_| Some(answer.clone()));
    let output = Hook::at(&agent.endpoint).run("post", ran("123-45-6789 ").to_string().as_bytes());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        context(&document),
        format!(
            "GOVERNANCE ALERT: PII/sensitive data detected in tool output (9 policies \
             evaluated). You MUST use this redacted version instead of the original: {masked}"
        )
    );
    let (_, record) = requests(&agent);
    assert!(!record.body.to_string().contains("123-45"));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("123-45"));
}

#[test]
fn a_blocked_output_must_not_be_used() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": false, "block_reason": "nonce"}))));
    let document = Hook::at(&agent.endpoint).says("post", &ran("x"));
    assert!(
        context(&document).starts_with("GOVERNANCE ALERT: Tool output blocked by policy: nonce.")
    );
}

#[test]
fn no_failure_blocks_or_is_loud() {
    for answer in [
        vec![],
        http(500, b""),
        http(200, b""),
        http(200, b"{}"),
        http(302, b""),
        http(401, b""),
        rpc_error(200, -32001),
        said(&json!({"allowed": "no"})),
    ] {
        let agent = Agent::start(move |_| Some(answer.clone()));
        assert_eq!(
            Hook::at(&agent.endpoint).says("post", &ran("x")),
            Value::Null
        );
        requests(&agent);
    }
}

#[test]
fn fail_mode_says_what_was_not_checked() {
    for (answer, refused) in [(http(500, b""), false), (rpc_error(200, -32001), true)] {
        let agent = Agent::start(move |_| Some(answer.clone()));
        let hook = |mode| {
            Hook::at(&agent.endpoint)
                .with("HOOKPROOF_REFERENCE_CONTRACT", "axonflow-fail-mode")
                .with("AXONFLOW_FAIL_MODE", mode)
        };
        let open = hook("open").says("post", &ran("x"));
        assert_eq!(open["systemMessage"].is_string(), !refused);
        let closed = hook("closed").says("post", &ran("x"));
        assert!(context(&closed).starts_with("GOVERNANCE ALERT: AxonFlow could not check"));
    }
}

#[test]
fn a_silent_agent_costs_the_timeout_and_not_the_record() {
    let agent = Agent::start(|_| None);
    let hook = Hook::at(&agent.endpoint).with("AXONFLOW_TIMEOUT_SECONDS", "1");
    assert_eq!(hook.says("post", &ran("x")), Value::Null);
    requests(&agent);
}

#[test]
fn a_failed_call_is_recorded_as_failed() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    let payload = json!({
        "hook_event_name": "PostToolUseFailure", "tool_name": "Bash",
        "tool_input": {"command": "false"}, "error": "Exit code 3\nnonce",
    });
    assert_eq!(
        Hook::at(&agent.endpoint).says("post", &payload),
        Value::Null
    );
    let (scan, record) = requests(&agent);
    assert_eq!(scan.arguments()["message"], "Exit code 3\nnonce");
    assert_eq!(record.arguments()["success"], false);
    assert_eq!(record.arguments()["error_message"], "Exit code 3\nnonce");
}

#[test]
fn a_payload_that_is_none_is_ignored() {
    let agent = Agent::start(|_| Some(said(&json!({"allowed": true}))));
    let output = Hook::at(&agent.endpoint).run("post", b"nonsense");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    assert!(agent.is_quiet());
}
