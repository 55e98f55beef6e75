//! A first look at the subject: does it ask an agent, and what does one event cost?

use crate::catalog::ScenarioTemplate;
use crate::evidence::StepEvidence;
use crate::run::scenario::{Run, Stage, run};
use crate::selection::Capabilities;
use crate::subject::AgentUse;
use hookproof_agent::Entry;
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
pub(crate) async fn probe(stage: &Stage) -> Result<Probe, String> {
    let mut probed = Vec::new();
    // The first run fills the caches of the machine; the others tell the cost.
    for payload in [
        "PreToolUse/Bash-bash-ok",
        "PreToolUse/Bash-bash-ok",
        "PostToolUse/Bash-bash-ok",
    ] {
        probed.push(fire(stage, payload).await?);
        if probed.iter().any(gave_up) {
            break;
        }
    }
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
    Ok(Probe {
        capabilities: Capabilities::of(&stage.subject, agent, because),
        floor,
        stuck,
    })
}

fn steps(runs: &[Run]) -> impl Iterator<Item = &StepEvidence> {
    runs.iter().flat_map(|run| &run.evidence.steps)
}

fn gave_up(run: &Run) -> bool {
    let outcomes = run.evidence.steps.iter().flat_map(|s| &s.outcomes);
    outcomes.flat_map(|o| &o.runs).any(|r| r.gave_up)
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
