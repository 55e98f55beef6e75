//! Carries out the steps.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::plan::{Step, is_whole, needs_answer, plan};
use super::receive::Received;
use super::shared::Shared;
use super::upstream::{Message, Upstream};
use super::wire::{Socket, Wire};
use crate::fault::Fault;
use crate::handler::Decision;
use crate::journal::Answered;

/// How a delivery leaves the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Open for the next request.
    Open,
    /// To be closed (FIN).
    Close,
    /// To be reset (RST).
    Reset,
    /// The client went away.
    Gone,
}

/// Delivers what was decided about the request of an entry.
pub(super) async fn deliver<S: Socket>(
    shared: &Shared,
    wire: &mut Wire<S>,
    upstream: &mut Upstream,
    asked: &Received,
    entry: u64,
    decision: Decision,
) -> End {
    if decision.hold {
        let released = shared.hold(&asked.request.call);
        shared
            .journal
            .update(entry, |entry| entry.answer = Answered::Held);
        tokio::select! {
            _ = released => {}
            () = wire.gone() => return End::Gone,
        }
        shared
            .journal
            .update(entry, |entry| entry.answer = Answered::None);
    }
    if !pause(wire, Duration::from_millis(decision.delay_ms)).await {
        return End::Gone;
    }
    let fault = decision.wire_fault().cloned();
    let message = if needs_answer(fault.as_ref()) {
        shared.expect_reply(entry, decision.reply);
        let answered = upstream.exchange(asked, entry).await;
        // Still there when the backend refused the request by itself.
        shared.take_reply(entry);
        match answered {
            Ok(message) => message,
            Err(error) => {
                shared.report(format!(
                    "entry {entry}: the backend did not answer: {error}"
                ));
                return End::Close;
            }
        }
    } else {
        Message::default()
    };
    carry_out(shared, wire, entry, fault.as_ref(), &message).await
}

async fn carry_out<S: Socket>(
    shared: &Shared,
    wire: &mut Wire<S>,
    entry: u64,
    fault: Option<&Fault>,
    message: &Message,
) -> End {
    let whole = is_whole(fault);
    if let Some(fault) = fault.filter(|_| !whole) {
        shared
            .journal
            .update(entry, |entry| entry.answer = Answered::Fault(fault.name()));
    }
    let mut end = if message.closes {
        End::Close
    } else {
        End::Open
    };
    for step in plan(fault, message) {
        let alive = match step {
            Step::Wait(time) => pause(wire, time).await,
            Step::Send(bytes) => wire.write(&bytes).await.is_ok(),
            Step::Drip {
                bytes,
                piece,
                pause,
            } => drip(wire, &bytes, piece, pause).await,
            Step::Hang => {
                wire.gone().await;
                false
            }
            Step::Close => {
                end = End::Close;
                break;
            }
            Step::Reset => {
                end = End::Reset;
                break;
            }
        };
        if !alive {
            return End::Gone;
        }
    }
    shared.journal.update(entry, |entry| {
        entry.answered = Some(Instant::now());
        if whole {
            entry.answer = Answered::Sent(message.status);
        }
    });
    end
}

async fn drip<S: Socket>(wire: &mut Wire<S>, bytes: &Bytes, piece: usize, rest: Duration) -> bool {
    for piece in bytes.chunks(piece) {
        if wire.write(piece).await.is_err() || !pause(wire, rest).await {
            return false;
        }
    }
    true
}

/// Lets time pass; false when the client went away meanwhile.
async fn pause<S: Socket>(wire: &mut Wire<S>, time: Duration) -> bool {
    if time.is_zero() {
        return true;
    }
    tokio::select! {
        () = tokio::time::sleep(time) => true,
        () = wire.gone() => false,
    }
}
