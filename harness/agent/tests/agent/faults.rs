//! Each fault on the wire, seen by a raw client and by ureq.

use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use hookproof_agent::{Agent, Answered, Layer, TABLE};
use serde_json::{Value, json};
use std::io::Read as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{DEADLINE, Got, address, check_policy, post, read_some, send, start};

const DENY: &str =
    "check_policy = { result = { allowed = false, block_reason = 'no', decision_id = 'd' } }";

/// What a raw client gets under a fault, when the script denies.
async fn get(fault: &str) -> Got {
    let agent = start(&format!("{DENY}\nfault = {fault}")).await;
    let got = send(address(&agent), &post(&check_policy())).await;
    assert_eq!(agent.trouble(), Vec::<String>::new(), "{fault}");
    agent.stop().await;
    got
}

fn content_length(got: &Got) -> Option<usize> {
    let text = got.text();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))?;
    line.parse().ok()
}

fn parsed(got: &Got) -> Value {
    serde_json::from_str(&got.body()).unwrap_or_else(|error| panic!("{error}: {}", got.text()))
}

/// The JSON inside the text block.
fn inner(got: &Got) -> Value {
    let body = parsed(got);
    let text = body["result"]["content"][0]["text"]
        .as_str()
        .expect("a text");
    serde_json::from_str(text).expect("JSON in the text")
}

#[tokio::test]
async fn connections_are_cut_where_the_fault_says() {
    let got = get("'reset_after_request'").await;
    assert!(got.reset && got.bytes.is_empty());
    let got = get("{ name = 'reset_peer', timeout_ms = 1 }").await;
    assert!(got.reset && got.bytes.is_empty());
    let got = get("'empty_reply'").await;
    assert!(!got.reset && got.bytes.is_empty());
    let got = get("{ name = 'timeout', timeout_ms = 1 }").await;
    assert!(!got.reset && got.bytes.is_empty());
    let got = get("{ name = 'limit_data', bytes = 20 }").await;
    assert!(!got.reset && got.bytes.len() == 20);
    let got = get("'invalid_http'").await;
    assert!(!got.reset && !got.text().starts_with("HTTP/") && !got.bytes.is_empty());
}

#[tokio::test]
async fn bodies_end_before_their_length() {
    for (fault, reset) in [("truncated_body", false), ("reset_mid_answer", true)] {
        let got = get(&format!("'{fault}'")).await;
        let told = content_length(&got).expect("a length");
        assert_eq!((got.reset, got.body().len()), (reset, told / 2), "{fault}");
        let got = get(&format!("{{ name = '{fault}', keep = 3 }}")).await;
        assert_eq!((got.reset, got.body().as_str()), (reset, "{\"j"), "{fault}");
    }
}

#[tokio::test]
async fn hanging_answers_stop_where_the_fault_says_until_the_client_leaves() {
    let cases = [
        ("'hang_before_headers'", "hang_before_headers", 0),
        ("'timeout'", "timeout", 0),
        ("'hang_mid_headers'", "hang_mid_headers", 20),
        ("{ name = 'hang_mid_body', keep = 9 }", "hang_mid_body", 100),
    ];
    for (fault, name, least) in cases {
        let agent = start(&format!("fault = {fault}")).await;
        let mut stream = TcpStream::connect(address(&agent))
            .await
            .expect("connected");
        stream
            .write_all(&post(&check_policy()))
            .await
            .expect("written");
        let begun = read_some(&mut stream, least).await;
        agent
            .wait_for(
                |entries| {
                    entries
                        .iter()
                        .any(|entry| entry.answer == Answered::Fault(name))
                },
                DEADLINE,
            )
            .await
            .expect("noted");
        let more = tokio::time::timeout(Duration::from_millis(50), async {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await
        });
        assert!(
            more.await.is_err(),
            "{name} ended after {}",
            String::from_utf8_lossy(&begun)
        );
        drop(stream);
        agent
            .wait_for(|entries| entries[0].gone.is_some(), DEADLINE)
            .await
            .expect("seen leaving");
        assert!(agent.journal().entries()[0].answered.is_none());
        agent.stop().await;
    }
}

#[tokio::test]
async fn slow_answers_are_whole_and_take_their_time() {
    let cases = [
        ("{ name = 'latency', latency_ms = 100 }", 100),
        ("{ name = 'slow_drip', bytes = 50, interval_ms = 20 }", 60),
        ("{ name = 'bandwidth', rate = 2 }", 90),
        ("{ name = 'slow_close', delay_ms = 100 }", 100),
    ];
    for (fault, least) in cases {
        let begun = Instant::now();
        let got = get(fault).await;
        // Never early; late is the machine's affair.
        assert!(begun.elapsed() >= Duration::from_millis(least), "{fault}");
        assert_eq!(inner(&got)["allowed"], false, "{fault}");
    }
    assert_eq!(
        content_length(&get("{ name = 'slow_close', delay_ms = 1 }").await),
        None
    );
}

#[tokio::test]
async fn chunked_answers_are_right_or_wrong_as_told() {
    let agent = start(&format!("{DENY}\nfault = 'chunked'")).await;
    let url = format!("{}/api/v1/mcp-server", agent.endpoint());
    let body = ask(&url).await.expect("an answer");
    assert!(String::from_utf8_lossy(&body).contains("allowed"));
    agent.stop().await;
    assert!(get("'chunked'").await.text().ends_with("\r\n0\r\n\r\n"));
    assert!(
        !get("'chunked_truncated'")
            .await
            .text()
            .ends_with("0\r\n\r\n")
    );
    assert!(get("'chunked_invalid'").await.text().contains("many"));
}

#[tokio::test]
async fn contents_are_spoiled_as_told() {
    assert!(
        inner(&get("'allowed_missing'").await)
            .get("allowed")
            .is_none()
    );
    assert_eq!(inner(&get("'allowed_null'").await)["allowed"], Value::Null);
    assert_eq!(inner(&get("'allowed_string'").await)["allowed"], "true");
    let string = get("{ name = 'allowed_string', value = 'false' }").await;
    assert_eq!(inner(&string)["allowed"], "false");
    assert_eq!(
        parsed(&get("'no_content'").await)["result"],
        json!({ "content": [] })
    );
    assert_eq!(
        parsed(&get("'content_not_text'").await)["result"]["content"][0]["type"],
        "image"
    );
    let text = parsed(&get("'content_not_json'").await)["result"]["content"][0]["text"].clone();
    assert!(
        text.as_str()
            .is_some_and(|text| serde_json::from_str::<Value>(text).is_err())
    );
    assert_eq!(parsed(&get("'is_error'").await)["result"]["isError"], true);
    assert_eq!(
        parsed(&get("'wrong_id'").await)["id"],
        "hookproof-another-id"
    );
    assert!(parsed(&get("'missing_id'").await).get("id").is_none());
}

#[tokio::test]
async fn rpc_errors_have_the_agents_status_and_words() {
    let cases = [
        (-32700, 400, "Parse error: invalid JSON"),
        (-32600, 400, "Invalid Request"),
        (-32601, 200, "Method not found: tools/call"),
        (-32602, 200, "Invalid tool call parameters"),
        (-32603, 200, "Internal error"),
        (-32001, 401, "Authentication required"),
        (-32099, 200, "Server error"),
    ];
    for (code, status, message) in cases {
        let got = get(&format!("{{ name = 'rpc_error', code = {code} }}")).await;
        assert!(
            got.text().starts_with(&format!("HTTP/1.1 {status} ")),
            "{}",
            got.text()
        );
        let expected = json!({ "jsonrpc": "2.0", "id": "hook-pre", "error": { "code": code, "message": message } });
        assert_eq!(parsed(&got), expected);
        assert_eq!(got.text().contains("www-authenticate"), code == -32001);
    }
    let got = get("{ name = 'rpc_error', code = -32001, status = 200 }").await;
    assert!(got.text().starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn bodies_are_replaced_as_told() {
    let got = get("'empty_body'").await;
    assert!(got.text().starts_with("HTTP/1.1 200 ") && got.body().is_empty());
    let got = get("'not_json'").await;
    assert!(got.text().starts_with("HTTP/1.1 200 ") && got.body().contains("upstream"));
    let got = get("'html_error_page'").await;
    assert!(got.text().starts_with("HTTP/1.1 502 ") && got.text().contains("text/html"));
    let got = get("{ name = 'status', code = 503 }").await;
    assert!(got.text().starts_with("HTTP/1.1 503 ") && got.body().is_empty());
    let got = get("{ name = 'status', code = 404, body = 'nothing' }").await;
    assert!(got.text().starts_with("HTTP/1.1 404 ") && got.body() == "nothing");
}

#[tokio::test]
async fn two_documents_contradict_each_other() {
    let got = get("'two_documents'").await;
    let body = got.body();
    let documents = serde_json::Deserializer::from_str(&body).into_iter::<Value>();
    let texts: Vec<String> = documents
        .map(|document| document.expect("JSON")["result"]["content"][0]["text"].to_string())
        .collect();
    assert_eq!(texts.len(), 2);
    assert!(
        texts[0].contains("false") && texts[1].contains("true"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn bytes_that_json_cannot_hold_stand_in_the_reason() {
    let got = get("'invalid_utf8'").await;
    assert!(
        got.bytes.windows(4).any(|bytes| bytes == b"no\xff\xfe"),
        "{}",
        got.text()
    );
    let got = get("'nul'").await;
    assert!(
        got.bytes.windows(3).any(|bytes| bytes == b"no\0"),
        "{}",
        got.text()
    );
    let got = get("'bom'").await;
    assert!(got.body().starts_with("\u{feff}{"));
    let got = get("'gzip'").await;
    assert!(got.text().contains("content-encoding: gzip"));
    let start = got
        .bytes
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .expect("a head")
        + 4;
    let mut plain = String::new();
    GzDecoder::new(&got.bytes[start..])
        .read_to_string(&mut plain)
        .expect("gzip");
    assert!(plain.contains("allowed"));
}

#[tokio::test]
async fn huge_and_deep_answers_are_valid_otherwise() {
    let got = get("'huge_answer'").await;
    assert!(got.bytes.len() > 10_000_000);
    assert_eq!(inner(&got)["allowed"], false);
    let got = get("{ name = 'deep_json', depth = 50 }").await;
    assert!(got.body().contains(&"[".repeat(50)));
    assert_eq!(inner(&got)["allowed"], false);
    let got = get("'deep_json'").await;
    assert!(got.body().contains(&"[".repeat(100_000)));
}

#[tokio::test]
async fn redirects_lead_to_an_answer_or_round_in_circles() {
    let agent = start(&format!("{DENY}\nfault = 'redirect'")).await;
    let request = String::from_utf8(post(&check_policy())).expect("text");
    let got = send(address(&agent), request.as_bytes()).await;
    assert!(got.text().starts_with("HTTP/1.1 307 "));
    assert!(
        got.text()
            .contains("location: http://agent/redirected/api/v1/mcp-server")
    );
    let there = request.replace("POST /api", "POST /redirected/api");
    assert_eq!(
        inner(&send(address(&agent), there.as_bytes()).await)["allowed"],
        false
    );
    agent.stop().await;
    let agent = start("fault = 'redirect_loop'").await;
    let got = send(address(&agent), request.as_bytes()).await;
    assert!(
        got.text().contains("location: /api/v1/mcp-server\r\n"),
        "{}",
        got.text()
    );
    agent.stop().await;
}

#[tokio::test]
async fn a_fault_hits_only_the_calls_it_names() {
    let agent = start("fault = { name = 'reset_after_request', on = ['check_policy'] }").await;
    assert!(send(address(&agent), &post(&check_policy())).await.reset);
    let scan = crate::client::tool_call("check_output", &json!({ "connector_type": "x" }));
    assert!(
        send(address(&agent), &post(&scan))
            .await
            .text()
            .starts_with("HTTP/1.1 200 ")
    );
    let faults: Vec<_> = agent
        .journal()
        .with(|entries| entries.iter().map(|entry| entry.fault).collect());
    assert_eq!(faults, [Some("reset_after_request"), None]);
    agent.stop().await;
}

/// Asks with ureq as a hook would, with a limit that a busy machine keeps.
async fn ask(url: &str) -> Result<Vec<u8>, ureq::Error> {
    let url = url.to_owned();
    let asking = tokio::task::spawn_blocking(move || {
        let client: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(3)))
            .proxy(None)
            .build()
            .into();
        client
            .post(&url)
            .header("Content-Type", "application/json")
            .send(check_policy())?
            .body_mut()
            .with_config()
            .limit(20_000_000)
            .read_to_vec()
    });
    asking.await.expect("no panic")
}

/// What a second HTTP client makes of each fault: an answer exactly where curl
/// has one that is neither an error status nor an endless redirect.
#[tokio::test]
async fn ureq_fails_where_curl_fails() {
    let asked: Vec<_> = TABLE
        .iter()
        .map(|row| {
            tokio::spawn(async move {
                let script = hookproof_agent::Script {
                    fault: Some(row.example().into()),
                    ..hookproof_agent::Script::default()
                };
                let agent = Agent::start(script).await.expect("started");
                let got = ask(&format!("{}/api/v1/mcp-server", agent.endpoint())).await;
                agent.stop().await;
                (row, got)
            })
        })
        .collect();
    // Error statuses are errors for ureq, and so are redirects of a POST with a body.
    let errors = ["html_error_page", "status", "redirect", "redirect_loop"];
    for asked in asked {
        let (row, got) = asked.await.expect("no panic");
        let expected = row.curl_exit == 0 && !errors.contains(&row.name);
        assert_eq!(
            got.is_ok(),
            expected,
            "{} ({:?}): {got:.300?}",
            row.name,
            row.layer
        );
        if row.layer == Layer::Endpoint {
            assert!(got.is_err());
        }
    }
}
