use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;

use crate::{Marker, TetherEnd};

/// One program to run, complete: nothing is inherited from the calling process except what is
/// said here.
#[derive(Debug, Clone)]
pub struct Program {
    /// Program and arguments. A name without a slash is looked up in the `PATH` of `env`.
    pub argv: Vec<OsString>,
    /// The whole environment; `marker` is added to it.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory; must exist.
    pub cwd: PathBuf,
    /// All of standard input; it is closed once everything is written.
    pub stdin: Bytes,
    /// Whether the program leads a session or only a process group.
    pub session: SessionKind,
    /// What kind of file its three standard streams are.
    pub stdio: Stdio,
    /// When the run counts as over.
    pub wait: Wait,
    /// Bounds of time and memory.
    pub limits: Limits,
    /// How it is stopped when a time limit is reached.
    pub kill: KillStyle,
    /// Environment entry by which the program and its descendants are found again.
    pub marker: Option<Marker>,
    /// Pipe end that all descendants inherit, see [`crate::Tether`].
    pub tether: Option<TetherEnd>,
}

impl Program {
    /// A program with an empty environment, no input, a session of its own, sockets as standard
    /// streams, half a second of grace after its exit, default limits, no marker and no tether.
    pub fn new<A: Into<OsString>>(
        argv: impl IntoIterator<Item = A>,
        cwd: impl Into<PathBuf>,
    ) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            cwd: cwd.into(),
            stdin: Bytes::new(),
            session: SessionKind::NewSession,
            stdio: Stdio::Sockets,
            wait: Wait::Exit {
                grace: Duration::from_millis(500),
            },
            limits: Limits::default(),
            kill: KillStyle::Kill,
            marker: None,
            tether: None,
        }
    }
}

/// What the program leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A session of its own (`setsid`): no controlling terminal.
    NewSession,
    /// A process group of its own in the caller's session.
    ProcessGroup,
}

/// What kind of file standard input, output and error are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stdio {
    /// Unix stream sockets: `/dev/stdin` and the like cannot be opened again by name.
    Sockets,
    /// Pipes.
    Pipes,
}

/// When a run counts as over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// When the program exited and its output ended, but at most `grace` after the exit: a
    /// child that still holds the output is not waited for any longer.
    Exit {
        /// How long output is still read after the exit.
        grace: Duration,
    },
    /// When the program exited and both outputs ended, however long a child holds them.
    Eof,
}

/// Bounds of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The host's limit, from the start; then the program is killed ([`crate::Ended::TimedOut`]).
    pub timeout: Option<Duration>,
    /// The harness' own limit, from the start ([`crate::Ended::GaveUp`]).
    pub patience: Option<Duration>,
    /// How many bytes of standard output are kept; all the rest is read and dropped.
    pub stdout_bytes: usize,
    /// How many bytes of standard error are kept; all the rest is read and dropped.
    pub stderr_bytes: usize,
}

impl Default for Limits {
    /// No host limit, two minutes of patience, 16 MiB of output and 4 MiB of errors.
    fn default() -> Self {
        Self {
            timeout: None,
            patience: Some(Duration::from_secs(120)),
            stdout_bytes: 16 << 20,
            stderr_bytes: 4 << 20,
        }
    }
}

/// How a program that reached a time limit is stopped; always its whole process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillStyle {
    /// `SIGKILL` at once.
    Kill,
    /// `SIGTERM`, and `SIGKILL` when the program did not exit within this time.
    Term {
        /// Time between the two signals.
        then_kill_after: Duration,
    },
}
