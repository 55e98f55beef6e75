//! One mock agent: start, script, release, stop.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::call::Call;
use crate::error::AgentError;
use crate::journal::{Entry, Journal};
use crate::script::Script;

/// Awaited after a request was read and before it is answered.
pub type Observer = Arc<dyn Fn(&Entry) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A running mock agent.
#[derive(Debug)]
pub struct Agent {
    journal: Journal,
}

impl Agent {
    /// Starts an agent on a port of its own on loopback.
    ///
    /// # Errors
    /// [`AgentError::Listen`] and [`AgentError::Tls`].
    #[allow(clippy::unused_async)]
    pub async fn start(_script: Script) -> Result<Self, AgentError> {
        Ok(Self {
            journal: Journal::default(),
        })
    }

    /// As [`Agent::start`], with an observer that sees each request before it is answered.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub async fn start_observed(script: Script, _observer: Observer) -> Result<Self, AgentError> {
        Self::start(script).await
    }

    /// The base URL for AXONFLOW_ENDPOINT, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> String {
        String::new()
    }

    /// What arrived so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Returns as soon as `wanted` holds for the journal's entries.
    ///
    /// # Errors
    /// [`AgentError::Deadline`].
    pub async fn wait_for(
        &self,
        wanted: impl FnMut(&[Entry]) -> bool,
        deadline: Duration,
    ) -> Result<(), AgentError> {
        self.journal.wait_for(wanted, deadline).await
    }

    /// Releases the answers to `call` that are held now; tells how many.
    pub fn release(&self, _call: &Call) -> usize {
        0
    }

    /// Releases all answers that are held now; tells how many.
    pub fn release_all(&self) -> usize {
        0
    }

    /// Replaces the script; lists start from their beginning.
    ///
    /// # Errors
    /// [`AgentError::EndpointFixed`].
    pub fn set_script(&self, _script: Script) -> Result<(), AgentError> {
        Ok(())
    }

    /// Trouble of the agent itself, a harness error.
    #[must_use]
    pub fn trouble(&self) -> Vec<String> {
        Vec::new()
    }

    /// Stops the agent; afterwards no task and no port is left.
    #[allow(clippy::unused_async)]
    pub async fn stop(self) {}
}
