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

use crate::leftovers::survey_strays;
use crate::scan::{self, Seen};
use crate::ties::{Ties, exists, is_adopted, survey};
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

/// Kills whatever is left of a run, its programs included, and waits until it is gone. What was
/// found is returned; who could not be killed within ten seconds still shows in
/// [`crate::leftovers`]. To be called inside a tokio runtime.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_all(marker: &Marker) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    end(|| strike_run(marker)).await
}

/// Kills [`crate::strays`] and waits until they are gone. To be called inside a tokio runtime.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_strays() -> Result<Vec<Leftover>, ProcfsUnavailable> {
    end(strike_strays).await
}

/// One look at the process table in which everything found was killed at once.
#[derive(Default)]
struct Strike {
    found: Vec<((i32, u64), Leftover)>,
    killed: Vec<OwnedFd>,
}

impl Strike {
    fn hit(&mut self, seen: &Seen, trace: Trace) {
        match kill(seen) {
            Ok(Some(pidfd)) => self.killed.push(pidfd),
            // Found, but gone before it was hit; or not ours to kill.
            Ok(None) | Err(_) => {}
        }
        self.found
            .push(((seen.pid(), seen.start_ticks()), Leftover::of(seen, trace)));
    }
}

async fn end(
    strike: impl Fn() -> Result<Strike, ProcfsUnavailable>,
) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    let deadline = Instant::now() + PATIENCE;
    let mut all = HashMap::new();
    loop {
        let Strike { found, killed } = strike()?;
        let nothing_left = found.is_empty();
        for (identity, leftover) in found {
            all.entry(identity).or_insert(leftover);
        }
        for pidfd in killed {
            wait_for_exit(pidfd, deadline).await;
        }
        reap_orphans();
        if nothing_left || Instant::now() >= deadline {
            break;
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|leftover| leftover.alive_since);
    Ok(all)
}

fn strike_run(marker: &Marker) -> Result<Strike, ProcfsUnavailable> {
    let mut registry = registry::hold();
    let ties = Ties::of_run(&mut registry, marker);
    let mut strike = Strike::default();
    survey(
        |seen| ties.trace(seen),
        |seen, trace| strike.hit(seen, trace),
    )?;
    // A signal to a group reaches all members at once, including those forked meanwhile.
    ties.groups().for_each(kill_group);
    if strike.found.is_empty() {
        registry.forget(marker);
    }
    Ok(strike)
}

fn strike_strays() -> Result<Strike, ProcfsUnavailable> {
    let mut strike = Strike::default();
    survey_strays(|seen, trace| strike.hit(seen, trace))?;
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
    if !SUBREAPER.load(Ordering::Relaxed) || !has_ended_child() {
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
