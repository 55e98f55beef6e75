//! A hook that is an HTTP address.

use std::io::ErrorKind;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::Session;
use crate::output::read_http;
use crate::verdict::Ended;
use crate::{Hook, Reading};

/// What came of an HTTP hook.
pub(super) struct Answer {
    pub(super) ended: Ended,
    pub(super) reading: Reading,
}

enum Posted {
    Status(u16, Vec<u8>),
    Failed(String),
    TimedOut,
}

impl Session {
    /// Posts the payload and reads the answer.
    pub(super) async fn post(
        &self,
        hook: &Hook,
        url: &str,
        headers: &[(String, String)],
        allowed: &[String],
        stdin: &[u8],
    ) -> Answer {
        if !self.may_post_to(url) {
            return no_answer(format!(
                "HTTP hook blocked: {url} does not match any pattern in allowedHttpHookUrls"
            ));
        }
        let headers: Vec<(String, String)> = headers
            .iter()
            .filter(|(name, _)| {
                !["content-length", "transfer-encoding"].contains(&name.to_lowercase().as_str())
            })
            .map(|(name, value)| (name.clone(), self.interpolate(value, allowed)))
            .collect();
        let (address, timeout, body) = (url.to_owned(), hook.timeout, stdin.to_vec());
        let limit = self.limits.stdout_bytes;
        let posted =
            tokio::task::spawn_blocking(move || post(&address, &headers, timeout, &body, limit));
        match posted.await {
            Ok(Posted::TimedOut) => Answer {
                ended: Ended::TimedOut,
                reading: Reading::Nothing,
            },
            Ok(Posted::Status(200..300, body)) => Answer {
                ended: Ended::Answered,
                reading: read_http(&body, &self.client),
            },
            Ok(Posted::Status(status, _)) => no_answer(format!("HTTP {status} from {url}")),
            Ok(Posted::Failed(message)) => no_answer(message),
            Err(error) => no_answer(error.to_string()),
        }
    }

    fn may_post_to(&self, url: &str) -> bool {
        let Some(patterns) = &self.allowed_http_urls else {
            return true;
        };
        patterns.iter().any(|pattern| {
            let pieces: Vec<String> = pattern.split('*').map(regex::escape).collect();
            Regex::new(&format!("^{}$", pieces.join(".*"))).is_ok_and(|r| r.is_match(url))
        })
    }

    /// `$NAME` and `${NAME}` are replaced when allowed and otherwise taken out.
    fn interpolate(&self, value: &str, allowed: &[String]) -> String {
        static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"\$\{([A-Z_][A-Z0-9_]*)\}|\$([A-Z_][A-Z0-9_]*)")
                .expect("a constant pattern")
        });
        let filled = VARIABLE.replace_all(value, |found: &regex::Captures<'_>| {
            let name = found
                .get(1)
                .or_else(|| found.get(2))
                .map_or("", |m| m.as_str());
            let known = self.env.iter().find(|(known, _)| known == name);
            match known {
                Some((_, value)) if allowed.iter().any(|a| a == name) => {
                    value.to_string_lossy().into_owned()
                }
                _ => String::new(),
            }
        });
        filled.replace(['\r', '\n', '\0'], "")
    }
}

fn no_answer(text: String) -> Answer {
    Answer {
        ended: Ended::NoAnswer {
            text,
            tool_error: false,
        },
        reading: Reading::Nothing,
    }
}

fn post(
    url: &str,
    headers: &[(String, String)],
    timeout: Duration,
    body: &[u8],
    limit: usize,
) -> Posted {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into();
    let mut request = agent.post(url).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let read = request.send(body).and_then(|mut answer| {
        let status = answer.status().as_u16();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let body = answer.body_mut().with_config().limit(limit).read_to_vec()?;
        Ok(Posted::Status(status, body))
    });
    read.unwrap_or_else(|error| match error {
        ureq::Error::Timeout(_) => Posted::TimedOut,
        other => Posted::Failed(words(&other, url)),
    })
}

/// The client's words for a request that failed.
fn words(error: &ureq::Error, url: &str) -> String {
    let place = url.split("://").nth(1).unwrap_or(url);
    let place = place.split(['/', '?']).next().unwrap_or(place);
    match error {
        ureq::Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => {
            format!("connect ECONNREFUSED {place}")
        }
        ureq::Error::Io(io) if io.kind() == ErrorKind::ConnectionReset => {
            "read ECONNRESET".to_owned()
        }
        ureq::Error::Io(io) if io.kind() == ErrorKind::UnexpectedEof => "socket hang up".to_owned(),
        other => {
            let text = other.to_string();
            if text.contains("lookup") || matches!(other, ureq::Error::HostNotFound) {
                // Without a network the client's resolver asks to try again.
                let host = place.split(':').next().unwrap_or(place);
                return format!("getaddrinfo EAI_AGAIN {host}");
            }
            text
        }
    }
}
