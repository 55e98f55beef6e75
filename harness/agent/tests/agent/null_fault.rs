//! Without a fault the front changes nothing: what a client gets through it is,
//! byte for byte, what the server behind it sends.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hookproof_agent::Agent;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{DEADLINE, Got, address, check_policy, post, read_all, read_some, send, start};

/// Fixed answers, so that two requests can be compared.
const FIXED: &str = "
    any = { result = { allowed = true, decision_id = 'd', policies_evaluated = 1 } }
    check_output = { text = 'ÄÖÜ \\u0000', is_error = true, headers = { X-Extra = 'one, two' } }
    health = { status = 503, body = 'down' }
    register = { status = 204 }
";

/// The answer with its one changing header taken out.
fn without_date(got: &Got) -> String {
    let text = got.text();
    let lines = text.split_inclusive("\r\n");
    lines
        .filter(|line| !line.to_ascii_lowercase().starts_with("date: "))
        .collect()
}

async fn both(agent: &Agent, request: &[u8]) -> (String, String) {
    let behind = agent.behind_the_front().expect("a server");
    let (through, straight) = tokio::join!(send(address(agent), request), send(behind, request));
    assert_eq!(through.reset, straight.reset);
    (without_date(&through), without_date(&straight))
}

#[derive(Debug, Clone)]
struct Asked {
    method: &'static str,
    target: String,
    version: &'static str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    chunk: Option<usize>,
}

impl Asked {
    fn bytes(&self) -> Vec<u8> {
        let mut text = format!(
            "{} {} {}\r\nHost: agent\r\n",
            self.method, self.target, self.version
        );
        for (name, value) in &self.headers {
            text.push_str(&format!("X-{name}: {value}\r\n"));
        }
        let mut body = Vec::new();
        match self.chunk {
            // HTTP/1.0 knows no chunks.
            Some(size) if self.version == "HTTP/1.1" => {
                text.push_str("Transfer-Encoding: chunked\r\n");
                for chunk in self.body.chunks(size) {
                    body.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                    body.extend_from_slice(chunk);
                    body.extend(b"\r\n");
                }
                body.extend(b"0\r\n\r\n");
            }
            _ => {
                text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
                body.clone_from(&self.body);
            }
        }
        text.push_str("Connection: close\r\n\r\n");
        [text.into_bytes(), body].concat()
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let call = |tool: &'static str| {
        let arguments =
            serde_json::json!({ "connector_type": "x", "statement": "y", "tool_name": "z" });
        Just(crate::client::tool_call(tool, &arguments).into_bytes())
    };
    let body = prop_oneof![
        call("check_policy"),
        call("check_output"),
        call("audit_tool_call"),
        call("nonsense"),
        prop::collection::vec(any::<u8>(), 0..200),
    ];
    (
        prop::sample::select(vec!["POST", "GET", "HEAD", "DELETE", "OPTIONS", "PUT"]),
        prop_oneof![
            3 => Just("/api/v1/mcp-server".to_owned()),
            1 => Just("/api/v1/mcp-server?x=%20y".to_owned()),
            1 => Just("/health".to_owned()),
            1 => Just("/api/v1/register".to_owned()),
            1 => Just("http://agent/health".to_owned()),
            1 => "/[!-~]{0,20}",
        ],
        prop::sample::select(vec!["HTTP/1.1", "HTTP/1.1", "HTTP/1.0"]),
        prop::collection::vec(("[A-Za-z-]{1,12}", "[ -~]{0,20}"), 0..4),
        body,
        prop::option::of(1_usize..50),
    )
        .prop_map(|(method, target, version, headers, body, chunk)| Asked {
            method,
            target,
            version,
            headers,
            body,
            chunk,
        })
}

#[test]
fn answers_through_the_front_equal_those_from_the_server() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let agent = runtime.block_on(start(FIXED));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    runner
        .run(&asked(), |asked| {
            let (through, straight) = runtime.block_on(both(&agent, &asked.bytes()));
            prop_assert!(through.starts_with("HTTP/1."));
            prop_assert_eq!(through, straight);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(agent.trouble(), Vec::<String>::new());
    runtime.block_on(agent.stop());
}

/// Two requests on one connection, the second only after the first answer.
async fn twice(address: SocketAddr) -> Vec<String> {
    let once = String::from_utf8(post(&check_policy())).expect("text");
    let kept = once.replace("Connection: close\r\n", "");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    let mut got = Vec::new();
    stream.write_all(kept.as_bytes()).await.expect("written");
    let mut bytes = Vec::new();
    // The answer's last bytes are known.
    while !bytes.ends_with(b"]}}") {
        bytes.extend(read_some(&mut stream, 1).await);
    }
    got.push(without_date(&Got {
        bytes,
        reset: false,
    }));
    stream.write_all(once.as_bytes()).await.expect("written");
    got.push(without_date(&read_all(&mut stream).await));
    got
}

#[tokio::test]
async fn connections_are_kept_and_closed_alike() {
    let agent = start(FIXED).await;
    let through = twice(address(&agent)).await;
    assert_eq!(
        through,
        twice(agent.behind_the_front().expect("a server")).await
    );
    let entries = agent.journal().entries();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].connection, entries[1].connection);
    agent.stop().await;
}

#[tokio::test]
async fn large_bodies_pass_both_ways() {
    let size = 8 << 20;
    let agent = start(&format!(
        "body_limit = {}\ncheck_policy = {{ body = 'x', repeat = {size} }}",
        size * 2
    ))
    .await;
    let statement = format!("\"{}\"", "s".repeat(size));
    let body = check_policy().replace(r#""ls""#, &statement);
    let (through, straight) = both(&agent, &post(&body)).await;
    assert_eq!(through.len(), straight.len());
    assert!(through == straight, "the large answers differ");
    let entry = agent.journal().entries().remove(0);
    assert_eq!(entry.argument("statement").map(str::len), Some(size));
    assert_eq!(entry.body.len(), body.len());
    agent.stop().await;
}

#[tokio::test]
async fn a_client_that_waits_for_continue_is_told_to() {
    let agent = start(FIXED).await;
    let request = String::from_utf8(post(&check_policy())).expect("text");
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let head = format!("{head}\r\nExpect: 100-continue\r\n\r\n");
    for address in [address(&agent), agent.behind_the_front().expect("a server")] {
        let talk = async {
            let mut stream = TcpStream::connect(address).await.expect("connected");
            stream.write_all(head.as_bytes()).await.expect("written");
            let interim = read_some(&mut stream, 25).await;
            assert_eq!(interim, b"HTTP/1.1 100 Continue\r\n\r\n");
            stream.write_all(body.as_bytes()).await.expect("written");
            read_all(&mut stream).await
        };
        let got = tokio::time::timeout(DEADLINE, talk).await.expect("in time");
        assert!(got.text().starts_with("HTTP/1.1 200 OK"), "{}", got.text());
    }
    agent.stop().await;
}

#[tokio::test]
async fn starting_and_stopping_is_cheap() {
    let begun = Instant::now();
    let mut agents = Vec::new();
    for _ in 0..100 {
        agents.push(start("").await);
    }
    let started = begun.elapsed() / 100;
    for agent in agents {
        agent.stop().await;
    }
    let stopped = begun.elapsed() / 100 - started;
    println!("{started:?} to start, {stopped:?} to stop");
    // Measured at 0.3 ms each. The bound only catches waiting on a timer: one of
    // 25 ms in wiremock's start, one of 1 s in a connection that is not refused.
    let bound = Duration::from_millis(20);
    assert!(
        started < bound && stopped < bound,
        "{started:?} to start, {stopped:?} to stop"
    );
}
