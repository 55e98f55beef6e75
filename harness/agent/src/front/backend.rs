//! The wiremock server that renders answers.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tokio::sync::oneshot;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::endpoint::LOOPBACK;
use super::shared::Shared;
use crate::error::AgentError;
use crate::handler;
use crate::handler::Reply;
use crate::port;
use crate::request::Request;

/// Tells the backend which decided reply a request is to get. A request without
/// it, straight from a client, is decided on here.
pub(super) const ENTRY_HEADER: &str = "x-hookproof-entry";

/// A wiremock server of one agent's own.
pub(crate) struct Backend {
    server: MockServer,
    /// The server's own listening socket, to end it without delay.
    listener: TcpListener,
    /// Resolves when the server's thread has let go of its responder.
    ended: oneshot::Receiver<()>,
}

impl Backend {
    /// Starts a server on a port of its own.
    pub(crate) async fn start(shared: Arc<Shared>) -> Result<Self, AgentError> {
        let listen = |source| AgentError::Listen {
            address: LOOPBACK,
            source,
        };
        let listener = TcpListener::bind(LOOPBACK).map_err(listen)?;
        let served = listener.try_clone().map_err(listen)?;
        // Not from the pool: a pooled server would outlive the agent. Recording
        // is off because the journal has it all.
        let builder = MockServer::builder().listener(served);
        let server = builder.disable_request_recording().start().await;
        let (alive, ended) = oneshot::channel();
        let responder = Responder {
            shared,
            _alive: alive,
        };
        Mock::given(any())
            .respond_with(responder)
            .mount(&server)
            .await;
        Ok(Self {
            server,
            listener,
            ended,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Stops the server and returns when its port is closed.
    pub(crate) async fn stop(self) {
        // wiremock closes its listener at some time after it was dropped; this
        // closes the port now, and ends the server's accepting as well.
        port::close(&self.listener);
        drop(self.server);
        // An error is the signal: the sender was dropped with the responder.
        let _ = self.ended.await;
    }
}

struct Responder {
    shared: Arc<Shared>,
    _alive: oneshot::Sender<()>,
}

impl Respond for Responder {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let entry = request.headers.get(ENTRY_HEADER);
        let entry = entry.and_then(|value| value.to_str().ok()?.parse().ok());
        let reply = entry.and_then(|entry| self.shared.take_reply(entry));
        template(
            &reply
                .unwrap_or_else(|| handler::answer(&mut self.shared.state(), &translate(request))),
        )
    }
}

fn template(reply: &Reply) -> ResponseTemplate {
    // What no HTTP server could send is refused when a script is read.
    let status = if (200..=999).contains(&reply.status) {
        reply.status
    } else {
        500
    };
    let template = ResponseTemplate::new(status).set_body_bytes(reply.body.to_vec());
    reply
        .headers
        .iter()
        .fold(template, |template, (name, value)| {
            template.append_header(name.as_str(), value.as_str())
        })
}

fn translate(request: &wiremock::Request) -> Request {
    let headers = request.headers.iter().map(|(name, value)| {
        (
            name.to_string(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    });
    let url = &request.url;
    let target = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    let body = request.body.clone().into();
    Request::new(request.method.as_str(), &target, headers.collect(), body)
}
