//! Hands an audit record to a process of its own, so that the hook need not wait for it.
//!
//! The record goes through a socket and never into an argument list. The process has its own
//! session and none of the hook's streams: the host neither waits for it nor ends it.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::event::Event;

/// How long the new process may take to have its session and the whole record. It starts
/// within milliseconds; this only bounds the harm of a machine that starts nothing.
const HANDOVER: Duration = Duration::from_secs(2);

/// What the new process does with the hook's stdout and stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// It has none.
    None,
    /// It keeps them, and the host may wait for it.
    Kept,
}

/// Starts this program again in its audit role, with the same leading arguments, and returns
/// when the record is in its hands.
///
/// # Errors
/// When the process cannot be started or does not take the record in time.
pub fn hand_over(event: Event, record: &str, streams: Streams) -> io::Result<()> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    arguments.pop();
    arguments.push(event.audit_word().into());
    let (ours, theirs) = UnixStream::pair()?;
    let stream = || match streams {
        Streams::None => Stdio::null(),
        Streams::Kept => Stdio::inherit(),
    };
    Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(stream())
        .stderr(stream())
        .spawn()?;
    ours.set_write_timeout(Some(HANDOVER))?;
    ours.set_read_timeout(Some(HANDOVER))?;
    (&ours).write_all(record.as_bytes())?;
    ours.shutdown(Shutdown::Write)?;
    (&ours).read_exact(&mut [0])
}

/// The other end: leaves the hook's session, takes the record, and lets the hook go.
///
/// # Errors
/// When stdin is not the socket of [`hand_over`], or breaks.
pub fn take_over() -> io::Result<String> {
    // Fails for a process that leads its group, as when started by hand; nothing is lost then.
    let _ = rustix::process::setsid();
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut record = String::new();
    socket.read_to_string(&mut record)?;
    socket.write_all(b".")?;
    Ok(record)
}
