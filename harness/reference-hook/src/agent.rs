//! One HTTP call to the agent.

use std::io::{self, Read as _};
use std::time::Duration;

use ureq::{Agent, Proxy};

use crate::settings::Settings;

/// Longest answer that is read, in bytes, after decompression.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A whole HTTP answer.
    Http(HttpReply),
    /// None.
    Failed(Failure),
}

/// A whole HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// The status code.
    pub status: u16,
    /// `Retry-After` when it is a number of seconds.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address cannot be an agent's.
    #[error("AXONFLOW_ENDPOINT is not an http or https address")]
    BadEndpoint,
    /// The time was up.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The host name leads nowhere.
    #[error("{0}")]
    Unresolved(String),
    /// Nobody listens there.
    #[error("{0}")]
    Refused(String),
    /// No trusted connection could be made.
    #[error("{0}")]
    Untrusted(String),
    /// The connection broke, or what came is no HTTP.
    #[error("{0}")]
    Broken(String),
    /// More came than is read.
    #[error("the answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
}

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conduct {
    /// For all of the call: name, connection, request, answer.
    pub whole: Option<Duration>,
    /// For each time something is read.
    pub each_read: Option<Duration>,
    /// How many redirects are followed.
    pub redirects: u32,
}

impl Conduct {
    /// As it should be: one limit for the whole call, and no redirects, which would take the
    /// statement to somebody else.
    #[must_use]
    pub fn within(limit: Duration) -> Self {
        Self {
            whole: Some(limit),
            each_read: None,
            redirects: 0,
        }
    }
}

/// Posts `body` to the agent.
#[must_use]
pub fn post(
    settings: &Settings,
    headers: &[(&'static str, String)],
    body: &str,
    conduct: Conduct,
) -> Reply {
    if !settings.endpoint.usable {
        return Reply::Failed(Failure::BadEndpoint);
    }
    exchange(settings, headers, body, conduct).unwrap_or_else(|error| {
        let limit = conduct.whole.or(conduct.each_read).unwrap_or_default();
        Reply::Failed(failure(error, limit))
    })
}

fn exchange(
    settings: &Settings,
    headers: &[(&'static str, String)],
    body: &str,
    conduct: Conduct,
) -> Result<Reply, ureq::Error> {
    let agent: Agent = Agent::config_builder()
        .timeout_global(conduct.whole)
        .timeout_per_read(conduct.each_read)
        .max_redirects(conduct.redirects)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .proxy(proxy(settings.endpoint.base.starts_with("https:")))
        .build()
        .into();
    let mut request = agent.post(settings.endpoint.mcp_server());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.send(body)?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let mut body = Vec::new();
    let read = response
        .into_body()
        .into_reader()
        .take(LONGEST_ANSWER + 1)
        .read_to_end(&mut body);
    // A refusal is one although its explanation breaks off.
    if !(400..500).contains(&status) {
        read?;
    }
    if body.len() as u64 > LONGEST_ANSWER {
        return Ok(Reply::Failed(Failure::TooLong));
    }
    Ok(Reply::Http(HttpReply {
        status,
        retry_after,
        body,
    }))
}

fn failure(error: ureq::Error, limit: Duration) -> Failure {
    let text = error.to_string();
    match error {
        ureq::Error::Timeout(_) => Failure::Timeout(limit),
        ureq::Error::HostNotFound => Failure::Unresolved(text),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Failure::Untrusted(text),
        ureq::Error::ConnectionFailed => Failure::Refused(text),
        ureq::Error::Io(io) => io_failure(io, text, limit),
        _ => Failure::Broken(text),
    }
}

fn io_failure(io: io::Error, text: String, limit: Duration) -> Failure {
    match io.kind() {
        io::ErrorKind::TimedOut => Failure::Timeout(limit),
        io::ErrorKind::ConnectionRefused => Failure::Refused(text),
        // How the TLS library reports what it does not trust.
        io::ErrorKind::InvalidData if text.contains("certificate") => Failure::Untrusted(text),
        // What the system says when it cannot look a name up has no kind of its own.
        _ if text.contains("failed to lookup address") => Failure::Unresolved(text),
        // Reading a body and shaking hands wrap errors once more.
        _ => match io.downcast::<ureq::Error>() {
            Ok(inner) => failure(inner, limit),
            Err(_) => Failure::Broken(text),
        },
    }
}

/// The proxy that the environment names for the endpoint's scheme.
fn proxy(https: bool) -> Option<Proxy> {
    // `HTTP_PROXY` in capitals is left out for http as everywhere: it may be a request's header.
    let names: &[&str] = if https {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let named = names
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
    let parsed = Proxy::new(&named).ok()?;
    let mut builder = Proxy::builder(parsed.protocol())
        .host(parsed.host())
        .port(parsed.port());
    if let Some(name) = parsed.username() {
        builder = builder.username(name);
    }
    if let Some(password) = parsed.password() {
        builder = builder.password(password);
    }
    let exceptions = ["no_proxy", "NO_PROXY"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default();
    for host in exceptions
        .split(',')
        .map(str::trim)
        .filter(|host| !host.is_empty())
    {
        builder = builder.no_proxy(host);
        // Everywhere else a name also stands for what is below it.
        if !host.starts_with(['.', '*']) {
            builder = builder.no_proxy(&format!(".{host}"));
        }
    }
    builder.build().ok()
}
