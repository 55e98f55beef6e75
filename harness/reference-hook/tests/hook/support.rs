//! A tiny agent on loopback, and the hook started against it.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// A request as the agent received it.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

impl Request {
    pub(crate) fn tool(&self) -> &str {
        self.body["params"]["name"].as_str().unwrap_or_default()
    }

    pub(crate) fn arguments(&self) -> &Value {
        &self.body["params"]["arguments"]
    }
}

/// Answers each connection with the bytes that the script gives for the tool called.
pub(crate) struct Agent {
    pub(crate) endpoint: String,
    requests: Receiver<Request>,
}

/// How long a test waits for a request that must come; a bound on a failing test only.
const ARRIVES: Duration = Duration::from_secs(10);

impl Agent {
    /// `script` gives the whole HTTP answer for a tool; an empty one closes the connection,
    /// `None` never answers.
    pub(crate) fn start(script: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        std::thread::spawn(move || {
            let mut unanswered = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = receive(&stream);
                let answer = script(request.tool());
                let _ = sender.send(request);
                match answer {
                    Some(bytes) => {
                        let _ = stream.write_all(&bytes);
                    }
                    None => unanswered.push(stream),
                }
            }
        });
        Self { endpoint, requests }
    }

    /// The next request, in the order of arrival.
    pub(crate) fn next(&self) -> Request {
        self.requests.recv_timeout(ARRIVES).unwrap()
    }

    /// Whether no request has arrived that was not taken.
    pub(crate) fn is_quiet(&self) -> bool {
        self.requests.try_recv().is_err()
    }
}

fn receive(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    let length = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Request { headers, body }
}

/// An HTTP answer.
pub(crate) fn http(status: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    bytes
}

/// An HTTP answer whose tool result is `said`.
pub(crate) fn said(said: &Value) -> Vec<u8> {
    let result = json!({"content": [{"type": "text", "text": said.to_string()}]});
    http(
        200,
        json!({"jsonrpc": "2.0", "id": "x", "result": result})
            .to_string()
            .as_bytes(),
    )
}

/// An HTTP answer that is a JSON-RPC error.
pub(crate) fn rpc_error(status: u16, code: i64) -> Vec<u8> {
    let error = json!({"code": code, "message": "the agent's words"});
    http(
        status,
        json!({"jsonrpc": "2.0", "id": "x", "error": error})
            .to_string()
            .as_bytes(),
    )
}

/// The hook's surroundings; several calls may share them.
pub(crate) struct Hook {
    pub(crate) home: TempDir,
    environment: Vec<(String, String)>,
}

impl Hook {
    pub(crate) fn at(endpoint: &str) -> Self {
        let hook = Self {
            home: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        };
        hook.with("AXONFLOW_ENDPOINT", endpoint)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn run(&self, event: &str, payload: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_reference-hook"))
            .arg(event)
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let payload = payload.to_vec();
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&payload);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// Runs the hook, which must end with 0, and returns what it printed: null for nothing.
    pub(crate) fn says(&self, event: &str, payload: &Value) -> Value {
        let output = self.run(event, payload.to_string().as_bytes());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        if output.stdout.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// The reason of a deny, or nothing when the call runs.
pub(crate) fn denied(document: &Value) -> Option<&str> {
    let specific = &document["hookSpecificOutput"];
    if specific["permissionDecision"] != "deny" {
        return None;
    }
    assert_eq!(specific["hookEventName"], "PreToolUse");
    specific["permissionDecisionReason"].as_str()
}

/// A Bash call before it runs.
pub(crate) fn bash(command: &str) -> Value {
    json!({"hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": command}})
}

/// A Bash call that ran.
pub(crate) fn ran(stdout: &str) -> Value {
    json!({
        "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {"command": "x"},
        "tool_response": {"stdout": stdout, "stderr": "", "interrupted": false},
    })
}
