//! One event fired and watched to its end.

use super::arrange::{ArrangeError, Surroundings};
use super::files;
use crate::evidence::{Bounds, StepEvidence};
use crate::payload::{Input, PayloadError, Payloads};
use crate::scenario::Situation;
use hookproof_agent::{Answered, Entry};
use hookproof_host::{Client, HookSet, Limits, PermissionMode, Permissions, Prompter, Session};
use hookproof_process::{Leftover, ProcfsUnavailable, Tether};
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// Bytes of a hook's output that are kept.
const OUTPUT_LIMIT: usize = 16 << 20;

/// How often held answers are looked for besides on every change of the journal.
const TICK: Duration = Duration::from_millis(20);

/// Background work that takes longer than this no longer keeps other scenarios from starting.
const MOMENT: Duration = Duration::from_millis(300);

/// How long the journal may take to notice that a client is gone.
const AFTERMATH: Duration = Duration::from_secs(1);

/// What a step needs beside its surroundings.
pub(crate) struct Firing<'a> {
    pub(crate) client: &'a Client,
    pub(crate) hooks: &'a HookSet,
    pub(crate) payloads: &'a Payloads,
    pub(crate) situation: &'a Situation,
    pub(crate) concurrent: usize,
    pub(crate) waits: Duration,
    pub(crate) bounds: Bounds,
}

/// Why a step has no evidence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepError {
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error(transparent)]
    Arrange(#[from] ArrangeError),
}

/// Fires the step's event and watches until nothing of it is left.
///
/// `permit` is given back as soon as the agent keeps a hook waiting: waiting costs no core.
pub(crate) async fn fire(
    surroundings: &Surroundings,
    firing: &Firing<'_>,
    permit: &mut Option<OwnedSemaphorePermit>,
) -> Result<StepEvidence, StepError> {
    let project = surroundings.scratch.work();
    let transcript = surroundings
        .scratch
        .home()
        .join(".claude/projects/project/session.jsonl");
    let input = firing
        .payloads
        .input(firing.situation, &project, &transcript)?;
    let mut tether = Tether::new().map_err(|e| ArrangeError::of("tether", e))?;
    let mut session = session(surroundings, firing, &input)?;
    session.tether = Some(tether.end());
    let before = surroundings.agent.journal().with(<[Entry]>::len);
    let attempts_before = surroundings.sinkhole.attempts().len();
    let started = Instant::now();
    let hooks = async {
        let events = (0..firing.concurrent.max(1)).map(|_| session.fire(&input.call, &input.stdin));
        futures::future::join_all(events).await
    };
    let outcomes = drive(hooks, surroundings, firing, permit).await;
    let went_on = Instant::now();
    drop(session);
    let leftovers = settle(surroundings, firing, &mut tether, permit).await;
    let leftovers = leftovers.map_err(|e| e.to_string());
    Ok(StepEvidence {
        call: input.call,
        stdin: input.stdin,
        provenance: input.provenance,
        outcomes,
        started,
        went_on,
        wire: surroundings
            .agent
            .journal()
            .with(|entries| entries[before..].to_vec()),
        outside: surroundings.sinkhole.attempts().split_off(attempts_before),
        leftovers,
        files: files::observe(
            &surroundings.scratch.home(),
            &surroundings.scratch.tmp(),
            &surroundings.arranged,
        ),
    })
}

fn session(
    surroundings: &Surroundings,
    firing: &Firing<'_>,
    input: &Input,
) -> Result<Session, StepError> {
    let mut session = Session::new(
        firing.client.clone(),
        firing.hooks.clone(),
        surroundings.scratch.work(),
    );
    let mode = firing.situation.mode.as_deref().unwrap_or("default");
    session.mode = PermissionMode::named(mode)
        .ok_or_else(|| PayloadError::Unusable(format!("`{mode}` is no permission mode")))?;
    session.permissions = match &firing.situation.permissions {
        Some(p) => Permissions {
            allow: p.allow.clone(),
            ask: p.ask.clone(),
            deny: p.deny.clone(),
        },
        // As a fleet does: governed tools are allowed beforehand, so that only hooks decide.
        None => Permissions {
            allow: vec![input.call.tool_name.clone()],
            ..Permissions::default()
        },
    };
    session.prompter = Some(Prompter::deny("The user said no."));
    if let Some(project) = &surroundings.project {
        session.project_dir.clone_from(project);
    }
    session.env = surroundings.environment(firing.situation)?;
    session.marker = Some(surroundings.marker.clone());
    session.limits = Limits {
        patience: Some(firing.bounds.patience(firing.waits)),
        stdout_bytes: OUTPUT_LIMIT,
        stderr_bytes: OUTPUT_LIMIT,
    };
    Ok(session)
}

/// Runs the hooks; meanwhile gives the permit back when they only wait, and releases answers that
/// a hook waits for although it should not.
async fn drive<T>(
    hooks: impl Future<Output = T>,
    surroundings: &Surroundings,
    firing: &Firing<'_>,
    permit: &mut Option<OwnedSemaphorePermit>,
) -> T {
    tokio::pin!(hooks);
    let journal = surroundings.agent.journal();
    loop {
        let kept = journal.with(kept_waiting);
        if kept.is_some() && firing.waits > Duration::ZERO {
            permit.take();
        }
        let release_at = kept.map(|since| since + firing.bounds.hold());
        tokio::select! {
            outcome = &mut hooks => return outcome,
            () = journal.changed() => {}
            () = tokio::time::sleep(TICK) => {}
            () = sleep_until(release_at) => { surroundings.agent.release_all(); }
        }
    }
}

/// Since when the agent keeps somebody waiting.
fn kept_waiting(entries: &[Entry]) -> Option<Instant> {
    let waiting =
        |e: &&Entry| e.gone.is_none() && e.answered.is_none() && e.answer != Answered::None;
    entries
        .iter()
        .filter(waiting)
        .filter_map(|e| e.received)
        .min()
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Waits until every process of the step is gone, releasing answers that are still held, and ends
/// what does not go. `permit` is given back when that takes longer than a moment.
async fn settle(
    surroundings: &Surroundings,
    firing: &Firing<'_>,
    tether: &mut Tether,
    permit: &mut Option<OwnedSemaphorePermit>,
) -> Result<Vec<String>, ProcfsUnavailable> {
    let begun = Instant::now();
    let deadline = begun + firing.waits + firing.bounds.slack();
    {
        let released = tether.released(deadline);
        tokio::pin!(released);
        loop {
            surroundings.agent.release_all();
            if begun.elapsed() > MOMENT {
                permit.take();
            }
            tokio::select! {
                _ = &mut released => break,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }
    // Some runtimes close every descriptor of a child, the tether too: such a process is found by
    // its environment, and has as long as the others to finish its work.
    let mut left = any_left(surroundings)?;
    while left && Instant::now() < deadline {
        surroundings.agent.release_all();
        if begun.elapsed() > MOMENT {
            permit.take();
        }
        tokio::time::sleep(TICK).await;
        left = any_left(surroundings)?;
    }
    // All of them are gone, so their connections are: the journal may be a moment behind.
    let over = |e: &Entry| e.gone.is_some() || e.answered.is_some();
    let _ = surroundings
        .agent
        .wait_for(|entries| entries.iter().all(over), AFTERMATH)
        .await;
    if !left {
        hookproof_process::close(&surroundings.marker);
        return Ok(Vec::new());
    }
    let left = hookproof_process::end_all(&surroundings.marker).await?;
    let alive = left.iter().filter(|l| !is_zombie(l));
    Ok(alive.map(describe).collect())
}

fn any_left(surroundings: &Surroundings) -> Result<bool, ProcfsUnavailable> {
    let left = hookproof_process::leftovers(&surroundings.marker)?;
    Ok(left.iter().any(|l| !is_zombie(l)))
}

fn is_zombie(left: &Leftover) -> bool {
    left.argv.is_empty()
}

pub(crate) fn describe(left: &Leftover) -> String {
    let argv: Vec<_> = left
        .argv
        .iter()
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    format!("process {} `{}`", left.pid, argv.join(" "))
}
