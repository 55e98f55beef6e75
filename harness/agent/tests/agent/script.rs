//! Scripts as scenario files write them.

use hookproof_agent::{Answer, Body, Content, Fault, IdRule, Mode, Script};
use serde_json::json;

use crate::client::script;

fn error(text: &str) -> String {
    toml::from_str::<Script>(text)
        .expect_err("a mistake")
        .to_string()
}

#[test]
fn every_kind_of_answer_can_be_written() {
    let script = script(
        r#"
        mode = "enterprise"
        credentials = ["org:key"]
        check_policy = [
            { result = { allowed = false, block_reason = "no" } },
            { text = "raw", is_error = true, delay_ms = 5 },
            { error = { code = -32001, message = "who?" }, status = 401 },
            { raw_result = { content = [] }, id = "wrong" },
            { status = 503, headers = { Retry-After = "1" }, body = "busy" },
            { body_base64 = "/w==", repeat = 3 },
            { envelope = { limit_type = "daily_quota" }, status = 429 },
            { fault = "reset_after_request" },
            { fault = { name = "slow_drip", bytes = 2 } },
            { result = { allowed = true }, fault = "gzip", hold = true },
            { status = 204 },
            {},
        ]
        check_output = { result = { allowed = true } }
        fault = { name = "latency", latency_ms = 5, on = ["check_policy", "health"] }
        "#,
    );
    assert_eq!(script.mode, Mode::Enterprise);
    let answers = &script.check_policy.0;
    assert_eq!(
        answers[0],
        Answer::result(json!({ "allowed": false, "block_reason": "no" }))
    );
    assert_eq!(
        answers[1].content,
        Content::Text {
            text: "raw".into(),
            is_error: true
        }
    );
    assert_eq!(answers[3].id, IdRule::Wrong);
    assert_eq!(
        answers[5].content,
        Content::Http(Body::Bytes {
            bytes: vec![255],
            repeat: 3
        })
    );
    assert_eq!(
        answers[8].fault,
        Some(Fault::SlowDrip {
            bytes: 2,
            interval_ms: 100
        })
    );
    assert!(answers[9].hold);
    assert_eq!(answers[10], Answer::http(204, ""));
    assert_eq!(answers[11], Answer::default());
    assert_eq!(script.check_output.0.len(), 1);
    assert_eq!(script.fault.as_ref().map(|fault| fault.on.len()), Some(2));

    let again: Script =
        serde_json::from_value(serde_json::to_value(&script).expect("writable")).expect("readable");
    assert_eq!(again, script);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let message = error("check_policy = { result = {}, text = 'x' }");
    assert!(
        message.contains("result, text") && message.contains("line 1"),
        "{message}"
    );
    let message = error("mode = 'community'\ncheck_policy = { reslut = {} }");
    assert!(
        message.contains("reslut") && message.contains("line 2"),
        "{message}"
    );
    let cases = [
        ("check_polici = {}", "check_polici"),
        ("any = { fault = 'refused' }", "whole agent"),
        ("any = { status = 100 }", "100"),
        ("any = { is_error = true }", "`text`"),
        ("any = { headers = { 'a b' = 'c' } }", "a b"),
        (
            "any = { headers = { a = \"b\\r\\nc\" } }",
            "control character",
        ),
        ("any = { headers = { Content-Length = '1' } }", "fault"),
        ("any = { body_base64 = '*' }", "body_base64"),
        ("fault = { name = 'status', code = 42 }", "42"),
        ("fault = { name = 'empty_reply', on = ['chek'] }", "chek"),
        ("any = 5", "list of answers"),
    ];
    for (text, part) in cases {
        let message = error(text);
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn a_missing_body_file_is_noticed_at_the_start() {
    let script = script("any = { body_file = '/nonexistent/body' }");
    assert!(
        script
            .with_files_read()
            .is_err_and(|error| error.to_string().contains("/nonexistent/body"))
    );
}
