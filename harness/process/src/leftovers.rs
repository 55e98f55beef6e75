use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::SystemTime;

use crate::scan::{self, Seen};
use crate::ties::{Ties, is_adopted, survey};
use crate::{Marker, registry};

/// The machine has no readable `/proc`, so processes cannot be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no /proc on this machine: processes left behind cannot be found")]
pub struct ProcfsUnavailable;

/// A living process that belongs to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// Process id.
    pub pid: i32,
    /// Parent's process id; the harness' own when it adopted an orphan.
    pub ppid: i32,
    /// Its command line, empty if it erased it.
    pub argv: Vec<OsString>,
    /// When it was started, to a hundredth of a second.
    pub alive_since: SystemTime,
    /// By what it was recognised.
    pub trace: Trace,
}

impl Leftover {
    pub(crate) fn of(seen: &Seen, trace: Trace) -> Self {
        Self {
            pid: seen.pid(),
            ppid: seen.ppid(),
            argv: seen.argv(),
            alive_since: seen.alive_since(),
            trace,
        }
    }
}

/// What ties a process to a run; the first that holds is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trace {
    /// It carries the marker in its environment.
    Environment,
    /// It holds the tether.
    Tether,
    /// It is in the session or process group of a program of the run.
    Group,
    /// Its parent belongs to the run.
    Parent,
    /// An orphan of unknown run, adopted by the harness (only from [`strays`]).
    Adopted,
}

/// A TCP port on which a process of a run listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListeningPort {
    /// The listening process.
    pub pid: i32,
    /// Address and port.
    pub address: SocketAddr,
}

/// The living processes of the run with this marker, whether or not their program has exited.
/// One look at the whole process table; it blocks for some milliseconds.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub fn leftovers(marker: &Marker) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    let ties = Ties::of_run(&mut registry::hold(), marker);
    let mut found = Vec::new();
    survey(
        |seen| ties.trace(seen),
        |seen, trace| found.push(Leftover::of(seen, trace)),
    )?;
    Ok(found)
}

/// The command lines of all living processes of the run: what other users of the machine see.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub fn argv_of(marker: &Marker) -> Result<Vec<Vec<OsString>>, ProcfsUnavailable> {
    Ok(leftovers(marker)?
        .into_iter()
        .map(|found| found.argv)
        .collect())
}

/// Orphans that came to this process as subreaper and that are tied to no run that is known,
/// with their descendants: they left session and group, dropped the marker and closed the
/// tether, or were started after [`crate::end_all`] had found nothing left of their run.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub fn strays() -> Result<Vec<Leftover>, ProcfsUnavailable> {
    let mut found = Vec::new();
    with_stray_claim(|claim| survey(claim, |seen, trace| found.push(Leftover::of(seen, trace))))?;
    Ok(found)
}

/// Lends what recognises a stray.
pub(crate) fn with_stray_claim<R>(look: impl FnOnce(&dyn Fn(&Seen) -> Option<Trace>) -> R) -> R {
    // Held all the while: a program that is just being started looks like a stray.
    let mut registry = registry::hold();
    let ties = Ties::of_any(&mut registry);
    let programs = registry.programs();
    look(&|seen| {
        (is_adopted(seen, programs) && ties.trace(seen).is_none()).then_some(Trace::Adopted)
    })
}

/// TCP ports on which processes of the run listen.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub fn listening_ports(marker: &Marker) -> Result<Vec<ListeningPort>, ProcfsUnavailable> {
    let ports = leftovers(marker)?
        .iter()
        .filter_map(|found| scan::look_up(found.pid))
        .flat_map(|seen| {
            let pid = seen.pid();
            seen.listening()
                .into_iter()
                .map(move |address| ListeningPort { pid, address })
        })
        .collect();
    Ok(ports)
}
