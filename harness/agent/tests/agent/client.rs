//! A raw client, and what the tests share.

use std::net::SocketAddr;
use std::time::Duration;

use hookproof_agent::{Agent, Script};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Long enough that only a hang reaches it, on any machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) fn script(toml: &str) -> Script {
    toml::from_str(toml).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) async fn start(toml: &str) -> Agent {
    Agent::start(script(toml)).await.expect("the agent starts")
}

pub(crate) fn address(agent: &Agent) -> SocketAddr {
    agent
        .endpoint()
        .split_once("://")
        .expect("a URL")
        .1
        .parse()
        .expect("an address")
}

pub(crate) fn tool_call(tool: &str, arguments: &Value) -> String {
    json!({
        "jsonrpc": "2.0",
        "id": "hook-pre",
        "method": "tools/call",
        "params": { "name": tool, "arguments": arguments },
    })
    .to_string()
}

pub(crate) fn check_policy() -> String {
    let arguments = json!({ "connector_type": "claude_code.Bash", "statement": "ls" });
    tool_call("check_policy", &arguments)
}

pub(crate) fn post(body: &str) -> Vec<u8> {
    format!(
        "POST /api/v1/mcp-server HTTP/1.1\r\nHost: agent\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What a client got: bytes until the end, and whether that was a reset.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) bytes: Vec<u8>,
    pub(crate) reset: bool,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn body(&self) -> String {
        self.text()
            .split_once("\r\n\r\n")
            .map(|(_, body)| body.to_owned())
            .unwrap_or_default()
    }
}

/// Sends bytes and reads until the server ends the connection.
pub(crate) async fn send(address: SocketAddr, bytes: &[u8]) -> Got {
    let talk = async {
        let mut stream = TcpStream::connect(address).await.expect("connected");
        // A reset may come before everything is written.
        let _ = stream.write_all(bytes).await;
        read_all(&mut stream).await
    };
    tokio::time::timeout(DEADLINE, talk)
        .await
        .expect("the server ends the connection")
}

pub(crate) async fn read_all(stream: &mut TcpStream) -> Got {
    let mut bytes = Vec::new();
    let reset = stream.read_to_end(&mut bytes).await.is_err();
    Got { bytes, reset }
}

/// Reads exactly so many bytes.
pub(crate) async fn read_some(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    tokio::time::timeout(DEADLINE, stream.read_exact(&mut bytes))
        .await
        .expect("in time")
        .expect("so many bytes");
    bytes
}
