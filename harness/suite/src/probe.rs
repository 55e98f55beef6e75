//! A first look at the subject: does it ask an agent, and what does one event cost?

use crate::catalog::ScenarioTemplate;
use crate::check::excerpt;
use crate::evidence::StepEvidence;
use crate::run::scenario::{Run, Stage, run};
use crate::selection::Capabilities;
use crate::subject::AgentUse;
use hookproof_agent::Entry;
use hookproof_host::HookRun;
use hookproof_process::Exit;
use serde_json::json;
use std::time::Duration;

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) capabilities: Capabilities,
    pub(crate) floor: Duration,
    pub(crate) stuck: bool,
}

/// Fires one event of each side on a quiet machine.
pub(crate) async fn probe(stage: &Stage) -> Result<Probe, ProbeError> {
    let mut probed = Vec::new();
    // The first run fills the caches of the machine; the others tell the cost.
    for payload in [
        "PreToolUse/Bash-bash-ok",
        "PreToolUse/Bash-bash-ok",
        "PostToolUse/Bash-bash-ok",
    ] {
        probed.push(fire(stage, payload).await.map_err(ProbeError::Harness)?);
        if probed.iter().any(gave_up) {
            break;
        }
    }
    let ends: Vec<HookEnd> = runs(&probed).filter_map(HookEnd::of).collect();
    let stuck = probed.iter().any(gave_up);
    let calls = steps(&probed).any(|s| s.wire.iter().any(Entry::is_complete));
    let cost = steps(&probed[1.min(probed.len() - 1)..])
        .map(StepEvidence::foreground)
        .max();
    let floor = if stuck {
        Duration::ZERO
    } else {
        cost.unwrap_or_default()
    };
    let (agent, because) = agent_use(stage, calls);
    if !agent
        && stage.subject.agent == AgentUse::Detect
        && let Some(end) = ends.first()
        && ends.iter().all(HookEnd::never_began)
    {
        return Err(ProbeError::NotStarted {
            command: end.command.clone(),
            error: end.error.clone(),
        });
    }
    let because = match ends.first() {
        Some(end) if ends.iter().all(|end| end.code != 0) => {
            format!("{because}; {end} when probed")
        }
        _ => because.to_owned(),
    };
    Ok(Probe {
        capabilities: Capabilities::of(&stage.subject, agent, &because),
        floor,
        stuck,
    })
}

/// Why the subject cannot be judged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    /// The shell found no such program, or may not run it. A hook that asks an agent is judged all
    /// the same; of any other nothing would be seen, and everything would seem to hold.
    #[error("the hook `{command}` cannot be started: {error}")]
    NotStarted { command: String, error: String },
    /// The harness was in trouble.
    #[error("{0}")]
    Harness(String),
}

/// How a hook ended by itself.
struct HookEnd {
    command: String,
    code: i32,
    /// The last line on its stderr.
    error: String,
}

impl HookEnd {
    fn of(run: &HookRun) -> Option<Self> {
        let finished = run.finished.as_ref()?;
        let Exit::Code(code) = finished.exit else {
            return None;
        };
        let stderr = String::from_utf8_lossy(&finished.stderr.bytes);
        let last = stderr.trim().lines().last().unwrap_or_default();
        Some(Self {
            command: run.command.clone(),
            code,
            error: match last {
                "" => format!("exit {code}"),
                last => excerpt(last),
            },
        })
    }

    /// What a shell says of a command that is not there or may not be run.
    fn never_began(&self) -> bool {
        matches!(self.code, 126 | 127)
    }
}

impl std::fmt::Display for HookEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it exited {}: {}", self.code, self.error)
    }
}

fn steps(runs: &[Run]) -> impl Iterator<Item = &StepEvidence> {
    runs.iter().flat_map(|run| &run.evidence.steps)
}

fn runs(probed: &[Run]) -> impl Iterator<Item = &HookRun> {
    let outcomes = steps(probed).flat_map(|s| &s.outcomes);
    outcomes.flat_map(|o| &o.runs)
}

fn gave_up(run: &Run) -> bool {
    runs(std::slice::from_ref(run)).any(|r| r.gave_up)
}

fn agent_use(stage: &Stage, calls: bool) -> (bool, &'static str) {
    match (stage.subject.agent, calls) {
        (AgentUse::Absent, _) => (false, "said so on the command line"),
        (AgentUse::Required, _) => (true, "said so on the command line"),
        (AgentUse::Detect, true) => (true, "it called the mock agent when probed"),
        (AgentUse::Detect, false) if stage.subject.speaks_of_axonflow() => (
            true,
            "its files speak of AxonFlow, though it did not call when probed",
        ),
        (AgentUse::Detect, false) => (
            false,
            "it did not call when probed and nothing in it speaks of AxonFlow",
        ),
    }
}

async fn fire(stage: &Stage, payload: &str) -> Result<Run, String> {
    let value = json!({ "id": "probe", "title": "probe", "situation": { "payload": payload } });
    let template = ScenarioTemplate::inline(value)?;
    run(&template, stage, None).await.map_err(|e| e.to_string())
}
