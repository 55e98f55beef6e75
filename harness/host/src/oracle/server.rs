//! The case's own HTTP server.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A port on which nothing ever listens.
const REFUSED: &str = "http://127.0.0.1:1";

/// A running server; it stops when dropped.
pub(super) struct Server {
    pub(super) url: String,
    task: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Starts the server of a case's routes. A route without any field stands for an address where
/// nobody listens.
pub(super) async fn start(routes: &Map<String, Value>) -> io::Result<Server> {
    if routes
        .values()
        .any(|r| r.as_object().is_some_and(Map::is_empty))
    {
        return Ok(Server {
            url: REFUSED.to_owned(),
            task: None,
        });
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = Arc::new((routes.clone(), url.clone()));
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let routes = Arc::clone(&routes);
            tokio::spawn(async move {
                let _ = serve(stream, &routes.0, &routes.1).await;
            });
        }
    });
    Ok(Server {
        url,
        task: Some(task),
    })
}

async fn serve(mut stream: TcpStream, routes: &Map<String, Value>, url: &str) -> io::Result<()> {
    let path = read_request(&mut stream).await?;
    let Some(route) = routes.get(&path) else {
        return answer(&mut stream, 200, "application/json", "{}", "").await;
    };
    if let Some(seconds) = route.get("sleep").and_then(Value::as_f64) {
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
    let text = |name: &str| route.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = route.get("status").and_then(Value::as_u64).unwrap_or(200);
    let kind = Some(text("ctype"))
        .filter(|k| !k.is_empty())
        .unwrap_or("application/json");
    let mut extra = String::new();
    for (name, value) in route
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let value = value.as_str().unwrap_or_default().replace("{http}", url);
        extra.push_str(&format!("{name}: {value}\r\n"));
    }
    answer(&mut stream, status, kind, text("body"), &extra).await
}

/// Reads head and body of one request; the path.
async fn read_request(stream: &mut TcpStream) -> io::Result<String> {
    let mut seen = Vec::new();
    let mut chunk = [0; 8192];
    let head = loop {
        let count = stream.read(&mut chunk).await?;
        seen.extend_from_slice(&chunk[..count]);
        if let Some(end) = seen.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let text = String::from_utf8_lossy(&seen[..head]).into_owned();
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while seen.len() < head + length {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        seen.extend_from_slice(&chunk[..count]);
    }
    let target = text.split_whitespace().nth(1).unwrap_or_default();
    Ok(target.split('?').next().unwrap_or_default().to_owned())
}

async fn answer(
    stream: &mut TcpStream,
    status: u64,
    kind: &str,
    body: &str,
    extra: &str,
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n{extra}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}
