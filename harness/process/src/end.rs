use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions, getpid, kill_process_group,
    pidfd_open, pidfd_send_signal, set_child_subreaper, waitid, waitpid,
};
use tokio::net::unix::pipe::Receiver;

use crate::leftovers::with_stray_claim;
use crate::scan::{self, Seen};
use crate::ties::{Ties, chase, exists, is_adopted, survey};
use crate::{Leftover, Marker, ProcfsUnavailable, Trace, registry};

/// How long ending a run may take in all. Killing takes milliseconds; only a process stuck in
/// the kernel, or one that forks faster than the process table can be read, needs more.
const PATIENCE: Duration = Duration::from_secs(10);

static SUBREAPER: AtomicBool = AtomicBool::new(false);

/// Makes this process the one that orphaned descendants come to, so that they can be found and
/// reaped. Call it once, early. From then on code that shares the process must not start
/// children that lead a session or a process group other than through this crate: their exits
/// would be taken for those of orphans.
///
/// # Errors
/// When the system has no such thing.
pub fn become_subreaper() -> io::Result<()> {
    set_child_subreaper(Some(getpid()))?;
    SUBREAPER.store(true, Ordering::Relaxed);
    Ok(())
}

/// Whether all descendants of this process stay its descendants.
pub(crate) fn adopts_orphans() -> bool {
    SUBREAPER.load(Ordering::Relaxed)
}

/// Kills whatever is left of a run, its programs included, and waits until it is gone. What was
/// found is returned; who could not be killed within ten seconds still shows in
/// [`crate::leftovers`]. To be called inside a tokio runtime.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_all(marker: &Marker) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    let found = end(|sight| strike_run(marker, sight)).await?;
    registry::hold().forget(marker);
    Ok(found)
}

/// Closes a run of which [`crate::leftovers`] found nothing: reaps its orphans and forgets its
/// programs, without another look at the process table.
pub fn close(marker: &Marker) {
    reap_orphans();
    registry::hold().forget(marker);
}

/// Kills what is left of a run at once and waits for nothing: for whoever cannot wait, because the
/// run itself was dropped. Best effort.
pub fn end_now(marker: &Marker) {
    const SWEEPS: usize = 3;
    for _ in 0..SWEEPS {
        let left = crate::leftovers(marker).unwrap_or_default();
        if left.is_empty() {
            break;
        }
        for pid in left.iter().filter_map(|left| Pid::from_raw(left.pid)) {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
    }
    close(marker);
}

/// Kills [`crate::strays`] and waits until they are gone. To be called inside a tokio runtime.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_strays() -> Result<Vec<Leftover>, ProcfsUnavailable> {
    end(strike_strays).await
}

/// What to do with a process that is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// Note it. Once, before the first kill: killing a group takes away members unseen.
    Look,
    /// Note it and kill it on the spot.
    Kill,
    /// That, and go after those that are too short-lived to be met in the process table.
    Chase,
}

/// One look at the process table.
struct Strike {
    sight: Sight,
    found: Vec<((i32, u64), Leftover)>,
    killed: Vec<OwnedFd>,
    /// How many of those found are not ours to kill.
    refused: usize,
}

impl Strike {
    fn new(sight: Sight) -> Self {
        Self {
            sight,
            found: Vec::new(),
            killed: Vec::new(),
            refused: 0,
        }
    }

    fn meet(&mut self, seen: &Seen, trace: Trace) {
        // Before the kill, which takes the command line away.
        self.found
            .push(((seen.pid(), seen.start_ticks()), Leftover::of(seen, trace)));
        if self.sight != Sight::Look {
            match kill(seen) {
                Ok(pidfd) => self.killed.extend(pidfd),
                Err(_) => self.refused += 1,
            }
        }
    }
}

async fn end(
    strike: impl Fn(Sight) -> Result<Strike, ProcfsUnavailable>,
) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    let deadline = Instant::now() + PATIENCE;
    let mut all = HashMap::new();
    let mut sight = Sight::Look;
    loop {
        let Strike {
            found,
            killed,
            refused,
            ..
        } = strike(sight)?;
        let nothing_to_do = found.len() == refused;
        for (identity, leftover) in found {
            all.entry(identity).or_insert(leftover);
        }
        let killed_count = killed.len();
        for pidfd in killed {
            wait_for_exit(pidfd, deadline).await;
        }
        // More orphans ended than were killed: something may be forking faster than it is seen.
        let elusive = reap_orphans() > killed_count;
        if (nothing_to_do && !elusive) || Instant::now() >= deadline {
            break;
        }
        sight = if sight == Sight::Look && !nothing_to_do {
            Sight::Kill
        } else {
            Sight::Chase
        };
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|leftover| leftover.alive_since);
    Ok(all)
}

fn strike_run(marker: &Marker, sight: Sight) -> Result<Strike, ProcfsUnavailable> {
    let ties = Ties::of_run(&mut registry::hold(), marker);
    let strike = strike(sight, |seen| ties.trace(seen))?;
    if sight != Sight::Look {
        // A signal to a group reaches all members at once, including those forked meanwhile.
        ties.groups().for_each(kill_group);
    }
    Ok(strike)
}

fn strike_strays(sight: Sight) -> Result<Strike, ProcfsUnavailable> {
    with_stray_claim(|claim| strike(sight, claim))
}

fn strike(
    sight: Sight,
    claim: impl Fn(&Seen) -> Option<Trace>,
) -> Result<Strike, ProcfsUnavailable> {
    let mut strike = Strike::new(sight);
    survey(&claim, |seen, trace| strike.meet(seen, trace))?;
    if sight == Sight::Chase {
        chase(claim, |seen, trace| strike.meet(seen, trace));
    }
    Ok(strike)
}

/// Kills one process, and the group it leads. None if it was gone already.
fn kill(seen: &Seen) -> Result<Option<OwnedFd>, Errno> {
    let Some(pid) = Pid::from_raw(seen.pid()) else {
        return Ok(None);
    };
    let pidfd = match pidfd_open(pid, PidfdFlags::NONBLOCK) {
        Ok(pidfd) => pidfd,
        Err(Errno::SRCH) => return Ok(None),
        Err(errno) => return Err(errno),
    };
    // Still there now, so the id cannot have become another's before it was opened.
    if !seen.exists() {
        return Ok(None);
    }
    if seen.group() == seen.pid() {
        kill_group(seen.group());
    }
    match pidfd_send_signal(&pidfd, Signal::KILL) {
        Ok(()) => Ok(Some(pidfd)),
        Err(Errno::SRCH) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn kill_group(id: i32) {
    if let Some(id) = Pid::from_raw(id) {
        // An error means that nobody is left in it, or nobody we may kill.
        let _ = kill_process_group(id, Signal::KILL);
    }
}

async fn wait_for_exit(pidfd: OwnedFd, deadline: Instant) {
    // A process descriptor becomes readable at the exit. It is no pipe, but tokio's pipe type is
    // a safe way to wait for that.
    if let Ok(pidfd) = Receiver::from_owned_fd_unchecked(pidfd) {
        let _ = tokio::time::timeout_at(deadline.into(), pidfd.readable()).await;
    }
}

/// Collects the exit of orphans that ended after this process adopted them; how many there were.
/// Programs started by this crate, and children that share this process' group and session, are
/// never touched. Every run does this at its end.
pub fn reap_orphans() -> usize {
    if !adopts_orphans() || !has_ended_child() {
        return 0;
    }
    let mut registry = registry::hold();
    let programs = registry.programs();
    for (pid, program) in programs.iter_mut() {
        program.collected |= program.abandoned && !exists(*pid);
    }
    let Ok(table) = scan::table() else { return 0 };
    table
        .filter(|seen| seen.is_dead() && is_adopted(seen, programs))
        .filter_map(|seen| Pid::from_raw(seen.pid()))
        .filter(|pid| matches!(waitpid(Some(*pid), WaitOptions::NOHANG), Ok(Some(_))))
        .count()
}

/// Whether any child, of whatever kind, ended and was not collected yet: cheap to ask.
fn has_ended_child() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(waitid(WaitId::All, options), Ok(Some(_)))
}
