//! One connection, request after request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::deliver::{End, deliver};
use super::receive::{Incomplete, Received, receive};
use super::shared::Shared;
use super::upstream::Upstream;
use super::wire::{Socket, Wire};
use crate::call::Call;
use crate::handler::{Decision, decide};
use crate::journal::Entry;

/// What a server says to bytes that are no request.
const BAD_REQUEST: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// One connection and its entries in the journal.
pub(super) struct Conversation {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: u64,
    pub(super) connected: Instant,
    /// The entry made when the connection was accepted, until a request fills it.
    pub(super) fresh: Option<u64>,
    pub(super) entries: Vec<u64>,
}

impl Conversation {
    /// Starts the journal of a connection that was just accepted.
    pub(super) fn new(shared: Arc<Shared>, connection: u64) -> Self {
        let connected = Instant::now();
        let entry = shared.journal.push(Entry::new(connection, connected));
        Self {
            shared,
            connection,
            connected,
            fresh: Some(entry),
            entries: vec![entry],
        }
    }

    /// Answers request after request until one side ends the connection.
    pub(super) async fn hold<S: Socket>(mut self, stream: S, backend: SocketAddr) {
        let mut wire = Wire::new(stream);
        let mut upstream = Upstream::new(backend);
        loop {
            let asked = match receive(&mut wire).await {
                Ok(asked) => asked,
                Err(incomplete) => return self.give_up(wire, *incomplete).await,
            };
            let (entry, decision) = self.decide(&asked);
            if let Some(observer) = &self.shared.observer {
                let seen = self.shared.journal.update(entry, |entry| entry.clone());
                if let Some(seen) = seen {
                    observer(&seen).await;
                }
            }
            match deliver(
                &self.shared,
                &mut wire,
                &mut upstream,
                &asked,
                entry,
                decision,
            )
            .await
            {
                End::Open => {}
                End::Gone => return self.gone(),
                End::Reset => return wire.reset(),
                End::Close => {
                    wire.close().await;
                    wire.drain().await;
                    return self.gone();
                }
            }
        }
    }

    /// Decides on a request and notes it; both under one lock, so that answers
    /// are given in the order in which the journal learns of the requests.
    fn decide(&mut self, asked: &Received) -> (u64, Decision) {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.state();
        let decision = decide(&mut state, &asked.request);
        let fault = decision.fault.as_ref().map(crate::fault::Fault::name);
        let entry = self.entry();
        shared.journal.update(entry, |entry| {
            let request = &asked.request;
            entry.first_byte = Some(asked.first_byte);
            entry.received = Some(asked.received);
            entry.method.clone_from(&request.method);
            entry.target.clone_from(&request.target);
            entry.headers.clone_from(&request.headers);
            entry.body = request.body.clone();
            entry.rpc.clone_from(&request.rpc);
            entry.call = request.call.clone();
            entry.credentials = request.credentials();
            entry.fault = fault;
        });
        (entry, decision)
    }

    /// The entry for the next request on this connection.
    fn entry(&mut self) -> u64 {
        self.fresh.take().unwrap_or_else(|| {
            let entry = Entry::new(self.connection, self.connected);
            let seq = self.shared.journal.push(entry);
            self.entries.push(seq);
            seq
        })
    }

    /// Ends a connection on which no complete request came.
    async fn give_up<S: Socket>(mut self, mut wire: Wire<S>, incomplete: Incomplete) {
        let Incomplete {
            left,
            reason,
            head,
            first_byte,
            bytes,
        } = incomplete;
        if self.fresh.is_some() || head.is_some() || !bytes.is_empty() {
            let entry = self.entry();
            self.shared.journal.update(entry, |entry| {
                entry.trouble = Some(reason);
                entry.first_byte = first_byte;
                entry.body = bytes;
                if let Some(head) = head {
                    entry.call = Call::of(&head.target, None);
                    entry.method = head.method;
                    entry.target = head.target;
                    entry.headers = head.headers;
                }
            });
        }
        if !left {
            // Whether the client still reads it is its own affair.
            let _ = wire.write(BAD_REQUEST).await;
            wire.close().await;
            wire.drain().await;
        }
        self.gone();
    }

    /// Notes that the client is gone, in every entry of the connection.
    pub(super) fn gone(&self) {
        let now = Instant::now();
        for entry in &self.entries {
            self.shared.journal.update(*entry, |entry| {
                entry.gone.get_or_insert(now);
            });
        }
    }
}
