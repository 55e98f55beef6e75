use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use bytes::Bytes;

/// How the program itself ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status, 0 to 255.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// It was not seen to end: killed, but stuck in the kernel.
    Unknown,
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Unknown,
        }
    }
}

/// Who ended the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The program.
    ByItself,
    /// The host's time limit; the process group was killed.
    TimedOut,
    /// The harness' own patience; the process group was killed.
    GaveUp,
}

/// What one output stream carried.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Captured {
    /// The first bytes, up to the limit.
    pub bytes: Bytes,
    /// Number of all bytes read, including those dropped past the limit.
    pub total: u64,
    /// Whether bytes were dropped.
    pub truncated: bool,
}

/// From when on a child that holds an output after the program's exit is not overlooked. A child
/// that redirects its output does so as soon as it is scheduled, a few milliseconds after it was
/// forked; this is far above that also on a busy machine, and well below what hosts wait.
pub const NOTICEABLE: Duration = Duration::from_millis(250);

/// All that is known about a run once the caller is told.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Process id, which is also the id of its process group (and session, if it led one).
    pub pid: u32,
    /// How the program ended.
    pub exit: Exit,
    /// Who ended it.
    pub ended: Ended,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// Bytes of standard input that the program's side accepted (it need not have read them).
    pub stdin_written: u64,
    /// Just before the program was started.
    pub started: Instant,
    /// When its exit was noticed.
    pub exited: Option<Instant>,
    /// When the last of both outputs ended; none if one was still open at `settled`.
    pub drained: Option<Instant>,
    /// When the caller was told.
    pub settled: Instant,
    /// Whether another process had standard output or standard error open when the program
    /// exited. The kernel closes the files of a process before it reports its exit, so this is
    /// decided by reading what is there at the exit: a stream that is then empty but not at its
    /// end has another holder. That may be a child that was only about to redirect its output.
    pub open_at_exit: bool,
    /// Whether another process went on holding standard output or standard error: it was still
    /// open at `settled`, or ended [`NOTICEABLE`] or more after the exit.
    pub held_open: bool,
    /// Whether bytes arrived on standard output that were not there yet when the program exited.
    pub late_stdout: bool,
}
