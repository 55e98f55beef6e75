//! Runs an untrusted program sealed: bounded output and time, own session, nothing left running.
//!
//! The crate knows nothing of hooks: it starts one program with a complete environment, feeds
//! it, captures what it prints within bounds, tells how and when it ended, and finds and ends
//! whatever it left behind. Linux is the measured platform; elsewhere the parts that need
//! `/proc`, process file descriptors or namespaces say that they are unavailable.
//!
//! - `program`: what to run and within which limits.
//! - `finished`: what is known once a run is over.
//! - `spawn`: starts the program in a session or group of its own; why that can fail.
//! - `run`: drives one program from its start until the caller is told.
//! - `stream`: one captured output stream, and the input being fed.
//! - `marker`: the environment entry by which all processes of a run are recognised.
//! - `tether`: the pipe that tells at once when the last process of a run is gone.
//! - `registry`: the programs this process started, so that orphans are told from children.
//! - `scan`: one look at the process table (`scan_elsewhere` where there is none).
//! - `ties`: what ties a process to a run.
//! - `leftovers`: which living processes belong to a run, and on which ports they listen.
//! - `end`: ends what is left and reaps adopted orphans.
//! - `scratch`: a private folder with a home, removed afterwards.
//! - `usage`: processor time of all children.
//! - `isolation`: a network with nothing but loopback.

mod end;
mod finished;
pub mod isolation;
mod leftovers;
mod marker;
mod program;
mod registry;
mod run;
#[cfg_attr(not(target_os = "linux"), path = "scan_elsewhere.rs")]
mod scan;
mod scratch;
mod spawn;
mod stream;
mod tether;
mod ties;
mod usage;

pub use end::{become_subreaper, close, end_all, end_now, end_strays, reap_orphans};
pub use finished::{Captured, Ended, Exit, Finished, NOTICEABLE};
pub use leftovers::{
    Leftover, ListeningPort, ProcfsUnavailable, Trace, argv_of, leftovers, listening_ports, strays,
};
pub use marker::Marker;
pub use program::{KillStyle, Limits, Program, SessionKind, Stdio, Wait};
pub use run::run;
pub use scratch::Scratch;
pub use spawn::SpawnError;
pub use tether::{Tether, TetherEnd};
pub use usage::children_cpu;
