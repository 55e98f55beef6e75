//! New connections, and the faults that strike there.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::converse::Conversation;
use super::framing::{Length, body_length};
use super::receive::parse_head;
use super::shared::Shared;
use crate::fault::Fault;
use crate::journal::Answered;
use crate::port;
use crate::request::Request;

/// Most bytes of an unread request that are peeked at for the journal.
const PEEK: usize = 64 * 1024;

/// The running listener of an agent.
pub(crate) struct Front {
    /// Dropping it stops the listener and its connections.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Front {
    pub(crate) fn start(
        shared: Arc<Shared>,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        backend: SocketAddr,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept_all(shared, listener, tls, backend, stopped));
        Self { stop, task }
    }

    /// Ends all connections and closes the port.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        // Panics of connections are in `trouble`; the listener's own task has none.
        let _ = self.task.await;
    }
}

async fn accept_all(
    shared: Arc<Shared>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    backend: SocketAddr,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    let mut number = 0;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(ended) = connections.join_next() => {
                if let Err(error) = ended {
                    shared.report(format!("a connection's task failed: {error}"));
                }
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let conversation = Conversation::new(Arc::clone(&shared), number);
                    connections.spawn(greet(conversation, stream, tls.clone(), backend));
                    number += 1;
                }
                Err(error) => {
                    shared.report(format!("cannot accept: {error}"));
                    // Out of descriptors, most likely: let others finish first.
                    tokio::task::yield_now().await;
                }
            },
        }
    }
    port::close(&listener);
    connections.shutdown().await;
}

async fn greet(
    conversation: Conversation,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    backend: SocketAddr,
) {
    // Small answers must not wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let fault = conversation.shared.state().script().fault.clone();
    match fault.map(|scoped| scoped.fault) {
        Some(fault @ Fault::ResetAtAccept) => {
            note_fault(&conversation, &fault, Some(Instant::now()));
            let _ = stream.set_zero_linger();
        }
        Some(fault @ Fault::HangAtAccept) => {
            note_fault(&conversation, &fault, None);
            ignore(&conversation, &stream).await;
            conversation.gone();
        }
        _ => match tls {
            None => conversation.hold(stream, backend).await,
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => conversation.hold(stream, backend).await,
                Err(error) => {
                    note_fault(&conversation, &Fault::TlsUntrusted, None);
                    let trouble = format!("TLS handshake: {error}");
                    update(&conversation, |entry| entry.trouble = Some(trouble));
                    conversation.gone();
                }
            },
        },
    }
}

fn note_fault(conversation: &Conversation, fault: &Fault, at: Option<Instant>) {
    update(conversation, |entry| {
        entry.answer = Answered::Fault(fault.name());
        entry.fault = Some(fault.name());
        entry.answered = at;
    });
}

fn update(conversation: &Conversation, change: impl FnOnce(&mut crate::journal::Entry)) {
    if let Some(entry) = conversation.fresh {
        conversation.shared.journal.update(entry, change);
    }
}

/// Reads nothing and returns when the client goes away. What the client sent
/// stays in the kernel; it is only looked at, to name the call in the journal.
async fn ignore(conversation: &Conversation, stream: &TcpStream) {
    loop {
        let Ok(ready) = stream.ready(Interest::READABLE).await else {
            return;
        };
        peek(conversation, stream).await;
        if ready.is_read_closed() {
            return;
        }
        // Wait for news, not for the bytes that lie there unread.
        let _: io::Result<()> =
            stream.try_io(Interest::READABLE, || Err(io::ErrorKind::WouldBlock.into()));
    }
}

async fn peek(conversation: &Conversation, stream: &TcpStream) {
    let mut bytes = vec![0; PEEK];
    let Ok(count @ 1..) = stream.peek(&mut bytes).await else {
        return;
    };
    let now = Instant::now();
    let Ok(Some(head)) = parse_head(&bytes[..count]) else {
        return;
    };
    let body = &bytes[head.raw.len()..count];
    let complete = match body_length(&head.headers) {
        Ok(Length::Bytes(size)) => body.len() >= size,
        Ok(Length::Unknown) => true,
        _ => false,
    };
    let request = Request::new(
        &head.method,
        &head.target,
        head.headers,
        body.to_vec().into(),
    );
    update(conversation, |entry| {
        entry.first_byte.get_or_insert(now);
        if complete {
            entry.received.get_or_insert(now);
        }
        entry.credentials = request.credentials();
        entry.method = request.method;
        entry.target = request.target;
        entry.headers = request.headers;
        entry.body = request.body;
        entry.rpc = request.rpc;
        entry.call = request.call;
    });
}
