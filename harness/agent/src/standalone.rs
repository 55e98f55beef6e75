//! The same handler on axum, to run for long with flat memory: no journal, and
//! no faults on the wire.

use std::net::SocketAddr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State as Shared;
use axum::http::{Request as HttpRequest, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::error::AgentError;
use crate::handler::{Decision, Reply, State, decide};
use crate::port;
use crate::request::Request;
use crate::script::Script;

/// Largest request body that is taken in, in bytes; the handler's own limit is lower.
const BODY_LIMIT: usize = 64 << 20;

/// A running standalone agent.
#[derive(Debug)]
pub struct Standalone {
    address: SocketAddr,
    /// The listening socket, to close the port at once.
    socket: OwnedFd,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

/// Serves `script` on `address` (port 0: any free one) and returns when the port is open.
///
/// # Errors
/// [`AgentError::Listen`], [`AgentError::BodyFile`] and [`AgentError::Policies`].
pub async fn serve(address: SocketAddr, script: Script) -> Result<Standalone, AgentError> {
    let script = script.with_files_read()?;
    let listen = |source| AgentError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let socket = listener.as_fd().try_clone_to_owned().map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let state = Arc::new(Mutex::new(State::new(script)));
    let router = Router::new().fallback(handle).with_state(state);
    let (stop, stopped) = oneshot::channel();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let task = tokio::spawn(serving.into_future());
    Ok(Standalone {
        address,
        socket,
        stop,
        task,
    })
}

impl Standalone {
    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when the server has failed, which it does not do by itself.
    pub async fn ended(&mut self) {
        let _ = (&mut self.task).await;
    }

    /// Stops the agent after the answers under way.
    pub async fn stop(self) {
        port::close(&self.socket);
        drop(self.stop);
        let _ = self.task.await;
    }
}

async fn handle(
    Shared(state): Shared<Arc<Mutex<State>>>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let headers = parts.headers.iter().map(|(name, value)| {
        (
            name.to_string(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let target = parts.uri.to_string();
    let request = Request::new(parts.method.as_str(), &target, headers.collect(), body);
    let Decision {
        reply, delay_ms, ..
    } = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        decide(&mut state, &request)
    };
    // Even a sleep of nothing lasts until the timer's next millisecond.
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    respond(reply).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn respond(reply: Reply) -> Result<Response<Body>, axum::http::Error> {
    let response = Response::builder().status(reply.status);
    reply
        .headers
        .iter()
        .fold(response, |response, (name, value)| {
            response.header(name, value)
        })
        .body(Body::from(reply.body))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
