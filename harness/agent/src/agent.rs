//! One mock agent: start, script, release, stop.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::call::Call;
use crate::error::AgentError;
use crate::fault::Fault;
use crate::front::{Backend, Endpoint, Front, Shared, same_endpoint};
use crate::handler::State;
use crate::journal::{Entry, Journal};
use crate::script::Script;

/// Awaited after a request was read and before it is answered.
pub type Observer = Arc<dyn Fn(&Entry) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// A running mock agent. Dropping it stops it in the background; [`Agent::stop`]
/// waits until nothing is left.
pub struct Agent {
    shared: Arc<Shared>,
    endpoint: String,
    running: Option<Running>,
    /// Keeps a port that refuses bound.
    _refusing: Option<Endpoint>,
}

struct Running {
    front: Front,
    backend: Backend,
}

impl Agent {
    /// Starts an agent on a port of its own on loopback, on the current tokio runtime.
    ///
    /// # Errors
    /// [`AgentError::Listen`], [`AgentError::Tls`], [`AgentError::BodyFile`] and
    /// [`AgentError::Policies`].
    pub async fn start(script: Script) -> Result<Self, AgentError> {
        Self::launch(script, None).await
    }

    /// As [`Agent::start`], with an observer that sees each request before it is answered.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub async fn start_observed(script: Script, observer: Observer) -> Result<Self, AgentError> {
        Self::launch(script, Some(observer)).await
    }

    async fn launch(script: Script, observer: Option<Observer>) -> Result<Self, AgentError> {
        let script = script.with_files_read()?;
        let endpoint = Endpoint::open(whole_fault(&script)).await?;
        let url = endpoint.url();
        let shared = Shared::new(State::new(script), observer);
        let (running, refusing) = match endpoint {
            Endpoint::Open { listener, tls, .. } => {
                let backend = Backend::start(Arc::clone(&shared)).await?;
                let front = Front::start(Arc::clone(&shared), listener, tls, backend.address());
                (Some(Running { front, backend }), None)
            }
            other => (None, Some(other)),
        };
        Ok(Self {
            shared,
            endpoint: url,
            running,
            _refusing: refusing,
        })
    }

    /// The base URL for AXONFLOW_ENDPOINT, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// The address of the wiremock server behind the front, to compare the two;
    /// requests sent there are answered but not in the journal.
    #[must_use]
    pub fn behind_the_front(&self) -> Option<SocketAddr> {
        self.running
            .as_ref()
            .map(|running| running.backend.address())
    }

    /// What arrived so far.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
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
        self.shared.journal.wait_for(wanted, deadline).await
    }

    /// Releases the answers to `call` that are held now; tells how many.
    pub fn release(&self, call: &Call) -> usize {
        self.shared.release(|held| held == call)
    }

    /// Releases all answers that are held now; tells how many.
    pub fn release_all(&self) -> usize {
        self.shared.release(|_| true)
    }

    /// Replaces the script; lists start from their beginning.
    ///
    /// # Errors
    /// [`AgentError::EndpointFixed`], [`AgentError::BodyFile`] and [`AgentError::Policies`].
    pub fn set_script(&self, script: Script) -> Result<(), AgentError> {
        let script = script.with_files_read()?;
        let mut state = self.shared.state();
        let (old, new) = (whole_fault(state.script()), whole_fault(&script));
        if !same_endpoint(old, new) {
            return Err(AgentError::EndpointFixed(
                new.or(old).map_or("none", Fault::name),
            ));
        }
        state.set_script(script);
        Ok(())
    }

    /// Trouble of the agent itself, a harness error: never blame a client when
    /// this is not empty.
    #[must_use]
    pub fn trouble(&self) -> Vec<String> {
        self.shared.trouble()
    }

    /// Stops the agent; afterwards no task and no port is left.
    pub async fn stop(self) {
        if let Some(Running { front, backend }) = self.running {
            front.stop().await;
            backend.stop().await;
        }
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Agent")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

fn whole_fault(script: &Script) -> Option<&Fault> {
    script.fault.as_ref().map(|scoped| &scoped.fault)
}
