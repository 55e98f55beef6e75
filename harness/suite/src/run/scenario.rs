//! One scenario from arranging to evidence.

use super::arrange::{ArrangeError, Surroundings};
use super::step::{Firing, StepError, fire};
use crate::catalog::ScenarioTemplate;
use crate::catalog::placeholder::Bindings;
use crate::evidence::{Bounds, Evidence};
use crate::payload::{PayloadError, Payloads};
use crate::scenario::{Scenario, Situation, Step};
use crate::subject::Subject;
use hookproof_agent::Script;
use hookproof_host::{Client, HookSet};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// What every scenario of a run shares.
pub(crate) struct Stage {
    pub(crate) subject: Subject,
    pub(crate) client: Client,
    pub(crate) hooks: HookSet,
    pub(crate) payloads: Payloads,
    pub(crate) bounds: Bounds,
}

/// A scenario that was run: what was asked, and what was seen.
pub(crate) struct Run {
    pub(crate) scenario: Scenario,
    pub(crate) evidence: Evidence,
}

impl Run {
    /// Whether a hook's time ran out although nobody made it wait: it lacked a core, or it is slow.
    pub(crate) fn ran_out_of_time(&self) -> bool {
        let steps = &self.evidence.steps;
        let late = steps
            .iter()
            .flat_map(|s| &s.outcomes)
            .flat_map(|o| &o.runs)
            .any(|r| r.cancelled || r.gave_up);
        let waited = steps
            .iter()
            .flat_map(|s| &s.wire)
            .any(|e| e.received.is_some() && e.answered.is_none());
        late && !waited && self.scenario.waits_s <= 0.0
    }
}

/// Why a scenario has no evidence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unrun {
    /// It does not concern this client.
    #[error("{0}")]
    NotApplicable(String),
    /// The harness was in trouble.
    #[error("{0}")]
    Harness(String),
}

impl From<ArrangeError> for Unrun {
    fn from(error: ArrangeError) -> Self {
        Self::Harness(error.to_string())
    }
}

impl From<StepError> for Unrun {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Payload(error @ PayloadError::NotRecorded { .. }) => {
                Self::NotApplicable(error.to_string())
            }
            other => Self::Harness(other.to_string()),
        }
    }
}

/// Arranges and runs the scenario of `template`.
pub(crate) async fn run(
    template: &ScenarioTemplate,
    stage: &Stage,
    mut permit: Option<OwnedSemaphorePermit>,
) -> Result<Run, Unrun> {
    let nonce = fresh_nonce();
    // The agent must be there before its address can be filled in; its script needs only the nonce.
    let mut early = Bindings::default();
    early.set("nonce", nonce.clone());
    let script = instantiate(template, &early)?;
    let mut surroundings = Surroundings::new(
        &nonce,
        first_script(&script),
        &stage.subject,
        keeps_secrets(&script),
    )
    .await?;
    let scenario = instantiate(template, &surroundings.bindings(&stage.subject))?;
    surroundings.write_files(&scenario)?;
    let mut steps = Vec::new();
    for (n, step) in steps_of(&scenario).iter().enumerate() {
        let situation = step.situation.over(&scenario.situation);
        if n > 0 {
            let script = situation.agent.clone().unwrap_or_default();
            surroundings
                .agent
                .set_script(script)
                .map_err(|e| Unrun::Harness(e.to_string()))?;
        }
        let firing = Firing {
            client: &stage.client,
            hooks: &stage.hooks,
            payloads: &stage.payloads,
            situation: &situation,
            concurrent: step.concurrent,
            waits: Duration::from_secs_f64(scenario.waits_s.max(0.0)),
            bounds: stage.bounds,
        };
        steps.push(fire(&surroundings, &firing, &mut permit).await?);
    }
    surroundings.guard.settled = true;
    let trouble = surroundings.agent.trouble();
    let evidence = Evidence {
        nonce,
        endpoint: surroundings.agent.endpoint(),
        home: surroundings.scratch.home(),
        steps,
        command_lines: surroundings
            .command_lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect(),
        bounds: stage.bounds,
    };
    surroundings.agent.stop().await;
    surroundings.sinkhole.stop().await;
    match trouble.first() {
        Some(trouble) => Err(Unrun::Harness(format!("mock agent: {trouble}"))),
        None => Ok(Run { scenario, evidence }),
    }
}

/// The steps of a scenario; one that lists none is its own only step.
pub(crate) fn steps_of(scenario: &Scenario) -> Vec<Step> {
    if scenario.step.is_empty() {
        vec![Step {
            situation: Situation::default(),
            concurrent: 1,
            expect: scenario.expect.clone(),
        }]
    } else {
        scenario.step.clone()
    }
}

/// Whether the scenario says what may not be seen on command lines.
fn keeps_secrets(scenario: &Scenario) -> bool {
    let steps = scenario.step.iter().flat_map(|s| &s.expect);
    let mut all = scenario.expect.iter().chain(steps);
    all.any(|e| !e.secret.is_empty() || !e.nowhere.is_empty())
}

/// The script of the first step, which also shapes the endpoint.
fn first_script(scenario: &Scenario) -> Script {
    let own = scenario
        .step
        .first()
        .and_then(|s| s.situation.agent.clone());
    own.or_else(|| scenario.situation.agent.clone())
        .unwrap_or_default()
}

fn instantiate(template: &ScenarioTemplate, bindings: &Bindings) -> Result<Scenario, Unrun> {
    template.instantiate(bindings).map_err(Unrun::Harness)
}

fn fresh_nonce() -> String {
    format!("n{:016x}", rand::random::<u64>())
}
