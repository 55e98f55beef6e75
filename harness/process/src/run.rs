use std::future::{Future, pending};
use std::io;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::time::sleep_until;

use crate::spawn::{Group, Spawned, spawn};
use crate::stream::{Input, Output};
use crate::{
    Ended, Exit, Finished, KillStyle, Limits, NOTICEABLE, Program, SpawnError, Wait, reap_orphans,
};

/// A killed program that the kernel has not let go by then is given up.
const STUCK_AFTER_KILL: Duration = Duration::from_secs(5);
/// How long outputs are read on after a kill that left somebody outside the group holding them.
const DRAIN_AFTER_KILL: Duration = Duration::from_millis(200);

/// Runs one program until it is over as [`Program::wait`] says. Background processes that the
/// program leaves are let live, see [`crate::end_all`]. Dropping the future kills the program's
/// process group.
///
/// # Errors
/// [`SpawnError`] when the program could not be started; whatever happens later is part of
/// [`Finished`].
pub async fn run(program: Program) -> Result<Finished, SpawnError> {
    let started = Instant::now();
    let Spawned {
        mut child,
        group,
        stdin,
        stdout,
        stderr,
    } = spawn(&program)?;
    let Program {
        stdin: data,
        stdio,
        wait,
        limits,
        kill,
        ..
    } = program;
    let mut running = Running {
        stdin: Input::new(stdin, data, stdio).map_err(SpawnError::Io)?,
        stdout: Output::new(stdout, limits.stdout_bytes).map_err(SpawnError::Io)?,
        stderr: Output::new(stderr, limits.stderr_bytes).map_err(SpawnError::Io)?,
        group,
        started,
        wait,
        limits,
        kill,
        exit: None,
        killing: None,
        drained: None,
        open_at_exit: false,
        late_stdout: false,
    };
    running.drive(child.wait()).await;
    drop(child);
    let finished = running.finish();
    reap_orphans();
    Ok(finished)
}

/// A program under way, and what was noticed so far.
struct Running {
    stdin: Input,
    stdout: Output,
    stderr: Output,
    group: Group,
    started: Instant,
    wait: Wait,
    limits: Limits,
    kill: KillStyle,
    exit: Option<(Exit, Instant)>,
    killing: Option<Killing>,
    drained: Option<Instant>,
    open_at_exit: bool,
    late_stdout: bool,
}

/// Why the group was signalled, when last, and whether that was `SIGKILL`.
struct Killing {
    ended: Ended,
    since: Instant,
    hard: bool,
}

/// What is due when the clock strikes.
#[derive(Clone, Copy)]
enum Due {
    Kill(Ended),
    KillHard,
    Settle,
}

impl Running {
    async fn drive(&mut self, exit: impl Future<Output = io::Result<ExitStatus>>) {
        tokio::pin!(exit);
        while self.exit.is_none() || self.outputs_open() {
            let due = self.next_due();
            tokio::select! {
                _ = self.stderr.read(), if self.stderr.is_open() => {}
                count = self.stdout.read(), if self.stdout.is_open() => {
                    self.late_stdout |= count > 0 && self.exit.is_some();
                }
                () = self.stdin.write(), if self.stdin.is_open() => {}
                status = &mut exit, if self.exit.is_none() => self.exited(status),
                what = alarm(due) => match what {
                    Due::Kill(ended) => self.kill(ended),
                    Due::KillHard => self.kill_hard(),
                    Due::Settle => return,
                },
            }
            if self.drained.is_none() && !self.outputs_open() {
                self.drained = Some(Instant::now());
            }
        }
    }

    fn outputs_open(&self) -> bool {
        self.stdout.is_open() || self.stderr.is_open()
    }

    /// The kernel closed the program's files before it reported the exit: what is not at its
    /// end now is held by somebody else.
    fn exited(&mut self, status: io::Result<ExitStatus>) {
        self.group.collected();
        self.exit = Some((status.map_or(Exit::Unknown, Exit::from), Instant::now()));
        self.late_stdout |= self.stdout.drain() > 0;
        self.stderr.drain();
        self.open_at_exit = self.outputs_open();
    }

    /// The next point in time at which something must be done, whatever the program does.
    fn next_due(&self) -> Option<(Instant, Due)> {
        match (&self.killing, self.exit, self.wait) {
            (Some(killing), _, _) if !killing.hard => {
                let KillStyle::Term { then_kill_after } = self.kill else {
                    return Some((killing.since, Due::KillHard));
                };
                Some((killing.since + then_kill_after, Due::KillHard))
            }
            (Some(killing), Some((_, exited)), _) => {
                Some((killing.since.max(exited) + DRAIN_AFTER_KILL, Due::Settle))
            }
            (Some(killing), None, _) => Some((killing.since + STUCK_AFTER_KILL, Due::Settle)),
            (None, Some((_, exited)), Wait::Exit { grace }) => Some((exited + grace, Due::Settle)),
            (None, _, _) => {
                let timeout = self
                    .limits
                    .timeout
                    .map(|after| (after, Due::Kill(Ended::TimedOut)));
                let patience = self
                    .limits
                    .patience
                    .map(|after| (after, Due::Kill(Ended::GaveUp)));
                let (after, due) = [timeout, patience]
                    .into_iter()
                    .flatten()
                    .min_by_key(|(after, _)| *after)?;
                // A limit beyond what the clock can hold is no limit.
                Some((self.started.checked_add(after)?, due))
            }
        }
    }

    fn kill(&mut self, ended: Ended) {
        let hard = self.kill == KillStyle::Kill;
        self.group
            .signal(if hard { Signal::KILL } else { Signal::TERM });
        self.killing = Some(Killing {
            ended,
            since: Instant::now(),
            hard,
        });
    }

    fn kill_hard(&mut self) {
        self.group.signal(Signal::KILL);
        if let Some(killing) = &mut self.killing {
            killing.since = Instant::now();
            killing.hard = true;
        }
    }

    fn finish(self) -> Finished {
        let (exit, exited) = self.exit.unzip();
        let settled = Instant::now();
        let held_for = match (exited, self.drained) {
            (Some(exited), Some(drained)) => drained.saturating_duration_since(exited),
            (Some(_), None) => Duration::MAX,
            (None, _) => Duration::ZERO,
        };
        Finished {
            pid: self.group.id().unsigned_abs(),
            exit: exit.unwrap_or(Exit::Unknown),
            ended: self
                .killing
                .map_or(Ended::ByItself, |killing| killing.ended),
            stdin_written: self.stdin.written(),
            stdout: self.stdout.captured(),
            stderr: self.stderr.captured(),
            started: self.started,
            exited,
            drained: self.drained,
            settled,
            open_at_exit: self.open_at_exit,
            held_open: self.open_at_exit && held_for >= NOTICEABLE,
            late_stdout: self.late_stdout,
        }
    }
}

async fn alarm(due: Option<(Instant, Due)>) -> Due {
    match due {
        Some((at, what)) => {
            sleep_until(at.into()).await;
            what
        }
        None => pending().await,
    }
}
