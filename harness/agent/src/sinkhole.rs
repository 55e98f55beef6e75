//! A recording forward proxy that leads nowhere.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::error::AgentError;
use crate::front::{Head, parse_head};
use crate::port;

/// Hosts and ports of the default endpoints that a route stands in for.
const DEFAULT_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const DEFAULT_PORTS: [u16; 2] = [8080, 8081];
/// Largest head that is read, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

const REFUSED: &[u8] =
    b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Where a client wanted to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The host asked for, empty when the request was not understood.
    pub host: String,
    /// The port asked for, 0 when the request was not understood.
    pub port: u16,
    /// When it was asked for.
    pub at: Instant,
    /// The request line, or the first bytes of what is none.
    pub what: String,
    /// Whether it was led to an agent instead of being refused.
    pub routed: bool,
}

/// A recording forward proxy on loopback that refuses everything with 502,
/// except, when told so, the default endpoints `localhost:8080` and `:8081`,
/// which lead to an agent.
#[derive(Debug)]
pub struct Sinkhole {
    address: SocketAddr,
    attempts: Arc<Mutex<Vec<Attempt>>>,
    /// Dropping it stops the listener and its connections.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Sinkhole {
    /// Starts a sinkhole on the current tokio runtime; `route` is the endpoint of
    /// the agent that stands in for the default endpoints.
    ///
    /// # Errors
    /// [`AgentError::Listen`].
    pub async fn start(route: Option<&str>) -> Result<Self, AgentError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = |source| AgentError::Listen {
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let attempts = Arc::new(Mutex::default());
        let (stop, stopped) = oneshot::channel();
        let visits = Visits {
            attempts: Arc::clone(&attempts),
            // An endpoint that is no plain address leads nowhere either.
            route: route.and_then(|url| url.strip_prefix("http://")?.parse().ok()),
        };
        let task = tokio::spawn(accept_all(listener, visits, stopped));
        Ok(Self {
            address,
            attempts,
            stop,
            task,
        })
    }

    /// Everything asked for so far.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The value for `http_proxy`, `https_proxy` and `ALL_PROXY`.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the sinkhole; afterwards no task and no port is left.
    pub async fn stop(self) {
        drop(self.stop);
        let _ = self.task.await;
    }
}

async fn accept_all(listener: TcpListener, visits: Visits, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(visits.clone().visit(stream))),
                Err(_) => tokio::task::yield_now().await,
            },
        }
    }
    port::close(&listener);
    connections.shutdown().await;
}

/// What the connections of one sinkhole share.
#[derive(Debug, Clone)]
struct Visits {
    attempts: Arc<Mutex<Vec<Attempt>>>,
    route: Option<SocketAddr>,
}

impl Visits {
    async fn visit(self, mut client: TcpStream) {
        let mut buffer = BytesMut::new();
        let head = match read_head(&mut client, &mut buffer).await {
            Some(head) => head,
            None if buffer.is_empty() => return,
            None => {
                let start = &buffer[..buffer.len().min(64)];
                self.note("", 0, String::from_utf8_lossy(start).into_owned(), false);
                return refuse(client).await;
            }
        };
        let (host, port) = destination(&head);
        let is_default = DEFAULT_HOSTS.contains(&host.as_str()) && DEFAULT_PORTS.contains(&port);
        let route = self.route.filter(|_| is_default);
        let what = format!("{} {}", head.method, head.target);
        self.note(&host, port, what, route.is_some());
        match route {
            Some(agent) => lead(client, &head, &buffer[head.raw.len()..], agent).await,
            None => refuse(client).await,
        }
    }

    fn note(&self, host: &str, port: u16, what: String, routed: bool) {
        let attempt = Attempt {
            host: host.to_owned(),
            port,
            at: Instant::now(),
            what,
            routed,
        };
        self.attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(attempt);
    }
}

async fn read_head(client: &mut TcpStream, buffer: &mut BytesMut) -> Option<Head> {
    loop {
        if let Some(head) = parse_head(buffer).ok()? {
            return Some(head);
        }
        if buffer.len() > HEAD_LIMIT || !matches!(client.read_buf(buffer).await, Ok(1..)) {
            return None;
        }
    }
}

async fn refuse(mut client: TcpStream) {
    // The client may have left already.
    let _ = client.write_all(REFUSED).await;
    let _ = client.shutdown().await;
    // Closing with unread bytes would reset the connection under the answer.
    let mut rest = [0; 4096];
    while matches!(client.read(&mut rest).await, Ok(1..)) {}
}

/// Leads a request to the agent, a tunnel as a tunnel.
async fn lead(mut client: TcpStream, head: &Head, rest: &[u8], agent: SocketAddr) {
    let Ok(mut server) = TcpStream::connect(agent).await else {
        return refuse(client).await;
    };
    let begun = if head.method == "CONNECT" {
        client
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .await
    } else {
        server.write_all(&origin_form(head)).await
    };
    let moved = match begun {
        Ok(()) => match server.write_all(rest).await {
            Ok(()) => copy_bidirectional(&mut client, &mut server).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    if moved.is_err() {
        // A reset on one side becomes a reset on the other.
        let _ = client.set_zero_linger();
        let _ = server.set_zero_linger();
    }
}

/// The head as a client without a proxy would send it, for one request only:
/// the next one on this connection may be for somebody else.
fn origin_form(head: &Head) -> Vec<u8> {
    let after = head
        .target
        .split_once("://")
        .map_or(head.target.as_str(), |(_, rest)| rest);
    let path = after.find('/').map_or("/", |at| &after[at..]);
    let mut text = format!("{} {path} HTTP/1.{}\r\n", head.method, head.version);
    for (name, value) in &head.headers {
        let lower = name.to_ascii_lowercase();
        if lower != "connection" && !lower.starts_with("proxy-") {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text.push_str("Connection: close\r\n\r\n");
    text.into_bytes()
}

/// Host and port that a proxied request is for.
fn destination(head: &Head) -> (String, u16) {
    let (scheme, rest) = head.target.split_once("://").unwrap_or(("", &head.target));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let default = if scheme.eq_ignore_ascii_case("https") || head.method == "CONNECT" {
        443
    } else {
        80
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().unwrap_or(default)),
        _ => (authority, default),
    };
    (host.trim_matches(['[', ']']).to_ascii_lowercase(), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_read_off_every_form() {
        let of = |method: &str, target: &str| {
            let (method, target) = (method.to_owned(), target.to_owned());
            destination(&Head {
                method,
                target,
                ..Head::default()
            })
        };
        let owned = |host: &str, port| (host.to_owned(), port);
        assert_eq!(of("CONNECT", "Example.org:443"), owned("example.org", 443));
        assert_eq!(of("CONNECT", "[::1]:8080"), owned("::1", 8080));
        assert_eq!(of("POST", "http://u:p@host/a:b?c"), owned("host", 80));
        assert_eq!(of("GET", "https://host"), owned("host", 443));
        assert_eq!(
            of("GET", "http://localhost:8080/health"),
            owned("localhost", 8080)
        );
    }
}
