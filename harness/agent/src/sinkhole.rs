//! A recording forward proxy that leads nowhere.

use std::time::Instant;

use crate::error::AgentError;

/// Where a client wanted to go.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The host asked for, empty when the request was not understood.
    pub host: String,
    /// The port asked for.
    pub port: u16,
    /// When it was asked for.
    pub at: Instant,
    /// The request line as sent.
    pub what: String,
    /// Whether it was led to an agent instead of being refused.
    pub routed: bool,
}

/// A recording forward proxy on loopback that refuses everything with 502,
/// except, when told so, the default endpoints `localhost:8080` and `:8081`,
/// which lead to an agent.
#[derive(Debug)]
pub struct Sinkhole {}

impl Sinkhole {
    /// Starts a sinkhole; `route` is the endpoint of the agent that stands in for
    /// the default endpoints.
    ///
    /// # Errors
    /// [`AgentError::Listen`].
    #[allow(clippy::unused_async)]
    pub async fn start(_route: Option<&str>) -> Result<Self, AgentError> {
        Ok(Self {})
    }

    /// Everything asked for so far.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        Vec::new()
    }

    /// The value for `http_proxy`, `https_proxy` and `ALL_PROXY`.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        String::new()
    }

    /// Stops the sinkhole; afterwards no task and no port is left.
    #[allow(clippy::unused_async)]
    pub async fn stop(self) {}
}
