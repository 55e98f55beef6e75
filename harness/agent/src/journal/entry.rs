//! One request, or one connection that never completed a request.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::call::Call;
use crate::rpc::Rpc;

/// What the agent did with a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Answered {
    /// Nothing (yet).
    #[default]
    None,
    /// The answer is kept back until the test releases it.
    Held,
    /// A whole answer with this HTTP status was handed to the kernel.
    Sent(u16),
    /// The named fault was applied on the connection instead of a whole answer.
    Fault(&'static str),
}

/// One request, or one connection that never completed a request.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Position in the journal, from 0, in order of arrival.
    pub seq: u64,
    /// Number of the connection it came on, from 0.
    pub connection: u64,
    /// When the connection was accepted.
    pub connected: Instant,
    /// When the request's first byte was read.
    pub first_byte: Option<Instant>,
    /// When head and body were complete; `None` if they never were.
    pub received: Option<Instant>,
    /// The method, empty when the request is incomplete.
    pub method: String,
    /// The target as sent.
    pub target: String,
    /// The headers as sent: order, case and repetitions kept.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined; of an incomplete request all bytes that came.
    pub body: Bytes,
    /// The JSON-RPC message in the body, if it is one.
    pub rpc: Option<Arc<Rpc>>,
    /// What was asked for.
    pub call: Call,
    /// What the agent did.
    pub answer: Answered,
    /// The name of the fault in force for this request, whether it spoils the
    /// connection or only the answer's content.
    pub fault: Option<&'static str>,
    /// When the last byte of the answer was handed to the kernel, or the fault
    /// had done its work.
    pub answered: Option<Instant>,
    /// When the client closed or reset the connection, before or after the answer.
    pub gone: Option<Instant>,
    /// The Basic credentials as `user:password`; another Authorization header verbatim.
    pub credentials: Option<String>,
    /// Why the request was never complete.
    pub trouble: Option<String>,
}

impl Entry {
    /// An entry for a connection on which nothing has arrived yet.
    #[must_use]
    pub fn new(connection: u64, connected: Instant) -> Self {
        Self {
            seq: 0,
            connection,
            connected,
            first_byte: None,
            received: None,
            method: String::new(),
            target: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            rpc: None,
            call: Call::Other,
            answer: Answered::None,
            fault: None,
            answered: None,
            gone: None,
            credentials: None,
            trouble: None,
        }
    }

    /// Whether head and body arrived completely.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.received.is_some()
    }

    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        crate::request::header(&self.headers, name)
    }

    /// The string at `key` of a tool call's arguments.
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&str> {
        self.rpc.as_ref().and_then(|rpc| rpc.argument(key))
    }
}
