//! A fault as steps on the wire.

use std::time::Duration;

use bytes::Bytes;

use super::upstream::Message;
use crate::fault::Fault;

/// What to do on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Let time pass.
    Wait(Duration),
    /// Send all of it.
    Send(Bytes),
    /// Send it in pieces of so many bytes, with a pause after each.
    Drip {
        bytes: Bytes,
        piece: usize,
        pause: Duration,
    },
    /// Do nothing more until the client goes away.
    Hang,
    /// Close the connection (FIN).
    Close,
    /// Reset the connection (RST).
    Reset,
}

/// Whether a fault needs the agent's answer at all.
pub(super) fn needs_answer(fault: Option<&Fault>) -> bool {
    !matches!(
        fault,
        Some(
            Fault::Timeout { .. }
                | Fault::ResetAfterRequest { .. }
                | Fault::EmptyReply
                | Fault::HangBeforeHeaders
                | Fault::InvalidHttp
        )
    )
}

/// Whether the client gets the whole answer in the end, if it waits.
pub(super) fn is_whole(fault: Option<&Fault>) -> bool {
    matches!(
        fault,
        None | Some(
            Fault::Latency { .. }
                | Fault::Bandwidth { .. }
                | Fault::SlowDrip { .. }
                | Fault::SlowClose { .. }
                | Fault::Chunked { .. }
        )
    )
}

/// The steps that deliver an answer under a fault; without one, a single send.
pub(super) fn plan(fault: Option<&Fault>, message: &Message) -> Vec<Step> {
    let whole = || message.bytes.clone();
    let millis = Duration::from_millis;
    match fault {
        Some(Fault::Latency { latency_ms }) => {
            vec![Step::Wait(millis(*latency_ms)), Step::Send(whole())]
        }
        // KB/s are bytes per millisecond.
        Some(Fault::Bandwidth { rate }) => drip(whole(), per_pause(*rate), millis(10)),
        Some(Fault::SlowDrip { bytes, interval_ms }) => drip(whole(), *bytes, millis(*interval_ms)),
        Some(Fault::SlowClose { delay_ms }) => vec![
            Step::Send(rehead(message, "connection: close", message.body())),
            Step::Wait(millis(*delay_ms)),
            Step::Close,
        ],
        Some(Fault::Timeout { timeout_ms: 0 } | Fault::HangBeforeHeaders) => vec![Step::Hang],
        Some(Fault::Timeout { timeout_ms }) => vec![Step::Wait(millis(*timeout_ms)), Step::Close],
        Some(Fault::ResetAfterRequest { timeout_ms }) => {
            vec![Step::Wait(millis(*timeout_ms)), Step::Reset]
        }
        Some(Fault::ResetMidAnswer { keep }) => {
            vec![Step::Send(cut(message, *keep)), Step::Reset]
        }
        Some(Fault::EmptyReply) => vec![Step::Close],
        Some(Fault::HangMidHeaders) => {
            vec![
                Step::Send(message.bytes.slice(..message.head / 2)),
                Step::Hang,
            ]
        }
        Some(Fault::HangMidBody { keep }) => vec![Step::Send(cut(message, *keep)), Step::Hang],
        Some(Fault::LimitData { bytes }) => {
            let end = (*bytes).min(message.bytes.len());
            vec![Step::Send(message.bytes.slice(..end)), Step::Close]
        }
        Some(Fault::TruncatedBody { keep }) => {
            vec![Step::Send(cut(message, *keep)), Step::Close]
        }
        Some(Fault::InvalidHttp) => {
            vec![
                Step::Send(Bytes::from_static(b"\x15\x03 is this HTTP?\r\n\r\n")),
                Step::Close,
            ]
        }
        Some(Fault::Chunked { size }) => {
            let mut body = chunks(message.body(), *size);
            body.extend_from_slice(b"0\r\n\r\n");
            vec![Step::Send(rehead(message, CHUNKED, &body))]
        }
        Some(Fault::ChunkedTruncated) => {
            let body = chunks(message.body(), 16);
            vec![Step::Send(rehead(message, CHUNKED, &body)), Step::Close]
        }
        Some(Fault::ChunkedInvalid) => {
            let mut body = chunks(message.body().get(..1).unwrap_or_default(), 1);
            body.extend_from_slice(b"many\r\nbytes\r\n");
            vec![Step::Send(rehead(message, CHUNKED, &body)), Step::Close]
        }
        _ => vec![Step::Send(whole())],
    }
}

const CHUNKED: &str = "transfer-encoding: chunked";

impl Message {
    fn body(&self) -> &[u8] {
        &self.bytes[self.head..]
    }
}

fn drip(bytes: Bytes, piece: usize, pause: Duration) -> Vec<Step> {
    vec![Step::Drip {
        bytes,
        piece: piece.max(1),
        pause,
    }]
}

fn per_pause(rate: u64) -> usize {
    usize::try_from(rate.saturating_mul(10)).unwrap_or(usize::MAX)
}

/// The head and the first bytes of the body, at least one byte short of its
/// Content-Length.
fn cut(message: &Message, keep: Option<usize>) -> Bytes {
    let body = message.body();
    if body.is_empty() {
        return rehead(message, "content-length: 64", b"");
    }
    let keep = keep.unwrap_or(body.len() / 2).min(body.len() - 1);
    message.bytes.slice(..message.head + keep)
}

fn chunks(body: &[u8], size: usize) -> Vec<u8> {
    let mut coded = Vec::with_capacity(body.len() * 2);
    for chunk in body.chunks(size.max(1)) {
        coded.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        coded.extend_from_slice(chunk);
        coded.extend_from_slice(b"\r\n");
    }
    coded
}

/// The message with another body, and with one header instead of its length.
fn rehead(message: &Message, instead: &str, body: &[u8]) -> Bytes {
    let head = String::from_utf8_lossy(&message.bytes[..message.head]);
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    lines.retain(|line| !line.to_ascii_lowercase().starts_with("content-length:"));
    lines.push(instead);
    [lines.join("\r\n").as_bytes(), b"\r\n\r\n", body]
        .concat()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let bytes = Bytes::from_static(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody");
        Message {
            head: bytes.len() - 4,
            bytes,
            status: 200,
            closes: false,
        }
    }

    fn sent(fault: &Fault) -> String {
        let first = plan(Some(fault), &message()).into_iter().next();
        let Some(Step::Send(bytes)) = first else {
            panic!("{fault:?} does not send first")
        };
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[test]
    fn no_fault_is_the_message_itself() {
        assert_eq!(plan(None, &message()), [Step::Send(message().bytes)]);
    }

    #[test]
    fn a_cut_body_is_always_shorter_than_its_length() {
        assert!(sent(&Fault::TruncatedBody { keep: None }).ends_with("\r\n\r\nbo"));
        assert!(sent(&Fault::TruncatedBody { keep: Some(0) }).ends_with("\r\n\r\n"));
        assert!(sent(&Fault::TruncatedBody { keep: Some(99) }).ends_with("\r\n\r\nbod"));
        let empty = Message {
            bytes: message().bytes.slice(..38),
            head: 38,
            ..message()
        };
        assert!(cut(&empty, None).ends_with(b"content-length: 64\r\n\r\n"));
    }

    #[test]
    fn chunked_bodies_replace_the_length() {
        let whole = sent(&Fault::Chunked { size: 3 });
        assert!(!whole.contains("content-length"));
        assert!(
            whole.ends_with("transfer-encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n")
        );
        assert!(sent(&Fault::ChunkedTruncated).ends_with("4\r\nbody\r\n"));
    }

    #[test]
    fn limits_reach_from_nothing_to_everything() {
        assert_eq!(sent(&Fault::LimitData { bytes: 0 }), "");
        assert_eq!(
            sent(&Fault::LimitData { bytes: 999 }).len(),
            message().bytes.len()
        );
    }
}
