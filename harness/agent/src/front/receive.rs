//! Reads one request off a wire.

use std::time::Instant;

use bytes::Bytes;

use super::framing::{Chunks, Length, body_length};
use super::wire::{Socket, Wire};
use crate::request::{Request, header};

/// Largest head that is read, in bytes; hyper stops at about 400 KiB.
const HEAD_LIMIT: usize = 256 * 1024;
/// Largest body that is read, in bytes.
const BODY_LIMIT: usize = 256 * 1024 * 1024;
/// Most headers that are read: hyper's 100, less the one the front adds.
const HEADERS: usize = 99;

/// A request's first lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) target: String,
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    pub(crate) version: u8,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) raw: Bytes,
}

/// A complete request.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) request: Request,
    pub(super) head: Head,
    /// The body as it was sent, with its transfer coding.
    pub(super) raw_body: Bytes,
    pub(super) first_byte: Instant,
    pub(super) received: Instant,
}

/// Why there is no complete request.
#[derive(Debug)]
pub(super) struct Incomplete {
    /// The client left, as opposed to sending what cannot be read.
    pub(super) left: bool,
    pub(super) reason: String,
    pub(super) head: Option<Head>,
    pub(super) first_byte: Option<Instant>,
    /// What came after the head, or instead of one.
    pub(super) bytes: Bytes,
}

/// Reads the next request.
pub(super) async fn receive<S: Socket>(wire: &mut Wire<S>) -> Result<Received, Box<Incomplete>> {
    let mut first_byte = (!wire.buffer.is_empty()).then(Instant::now);
    let mut head = None;
    match read_request(wire, &mut first_byte, &mut head).await {
        Ok((head, raw_body, body)) => {
            let received = Instant::now();
            let request = Request::new(&head.method, &head.target, head.headers.clone(), body);
            let first_byte = first_byte.unwrap_or(received);
            Ok(Received {
                request,
                head,
                raw_body,
                first_byte,
                received,
            })
        }
        Err(Stopped { left, reason }) => Err(Box::new(Incomplete {
            left,
            reason,
            head,
            first_byte,
            bytes: wire.buffer.split().freeze(),
        })),
    }
}

struct Stopped {
    left: bool,
    reason: String,
}

fn unreadable(reason: impl Into<String>) -> Stopped {
    Stopped {
        left: false,
        reason: reason.into(),
    }
}

async fn read_request<S: Socket>(
    wire: &mut Wire<S>,
    first_byte: &mut Option<Instant>,
    known: &mut Option<Head>,
) -> Result<(Head, Bytes, Bytes), Stopped> {
    let head = loop {
        if let Some(head) = parse_head(&wire.buffer).map_err(unreadable)? {
            break head;
        }
        if wire.buffer.len() > HEAD_LIMIT {
            return Err(unreadable("the head is too large"));
        }
        more(wire, "before the head was complete").await?;
        first_byte.get_or_insert_with(Instant::now);
    };
    let head = Head {
        raw: wire.buffer.split_to(head.raw.len()).freeze(),
        ..head
    };
    *known = Some(head.clone());
    // The backend cannot take the other forms (`*`, `host:port`), no hook sends them.
    if !["/", "http://", "https://"]
        .iter()
        .any(|start| head.target.starts_with(start))
    {
        return Err(unreadable("the target is neither a path nor a URL"));
    }
    let length = body_length(&head.headers).map_err(unreadable)?;
    // As hyper does it: when the body is wanted, whether it is there already or not.
    let expects = header(&head.headers, "expect");
    let expects = expects.is_some_and(|value| value.eq_ignore_ascii_case("100-continue"));
    if expects && head.version == 1 && !matches!(length, Length::Unknown | Length::Bytes(0)) {
        let written = wire.write(b"HTTP/1.1 100 Continue\r\n\r\n").await;
        written.map_err(|error| Stopped {
            left: true,
            reason: error.to_string(),
        })?;
    }
    let (raw, body) = read_body(wire, length).await?;
    Ok((head, raw, body))
}

async fn read_body<S: Socket>(
    wire: &mut Wire<S>,
    length: Length,
) -> Result<(Bytes, Bytes), Stopped> {
    let mut chunks = Chunks::default();
    loop {
        match length {
            Length::Unknown => return Ok((Bytes::new(), Bytes::new())),
            Length::Bytes(size) if wire.buffer.len() >= size => {
                let body = wire.buffer.split_to(size).freeze();
                return Ok((body.clone(), body));
            }
            Length::Chunked if chunks.advance(&wire.buffer).map_err(unreadable)? => {
                let raw = wire.buffer.split_to(chunks.used).freeze();
                return Ok((raw, chunks.body.into()));
            }
            _ if wire.buffer.len() > BODY_LIMIT => return Err(unreadable("the body is too large")),
            _ => more(wire, "before the body was complete").await?,
        }
    }
}

async fn more<S: Socket>(wire: &mut Wire<S>, when: &str) -> Result<(), Stopped> {
    match wire.read().await {
        Ok(0) => Err(Stopped {
            left: true,
            reason: format!("the client closed {when}"),
        }),
        Ok(_) => Ok(()),
        Err(error) => Err(Stopped {
            left: true,
            reason: format!("{error}, {when}"),
        }),
    }
}

/// Parses a head; `None` when it is not all there.
pub(crate) fn parse_head(bytes: &[u8]) -> Result<Option<Head>, String> {
    let mut storage = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut storage);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let headers = parsed.headers.iter().map(|header| {
        (
            header.name.to_owned(),
            String::from_utf8_lossy(header.value).into_owned(),
        )
    });
    Ok(Some(Head {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        version: parsed.version.unwrap_or_default(),
        headers: headers.collect(),
        raw: Bytes::copy_from_slice(&bytes[..length]),
    }))
}
