//! A whole run: probe the subject, choose scenarios, run them side by side, judge, tell.

use crate::catalog::{Catalog, ScenarioTemplate};
use crate::event::{Event, RunHead, RunTail, ScenarioEnd};
use crate::evidence::Bounds;
use crate::judge::judge;
use crate::keep;
use crate::payload::Payloads;
use crate::probe::{Probe, ProbeError, probe};
use crate::run::scenario::{Run, Stage, Unrun, run};
use crate::selection::{Capabilities, Selected, ambient, select};
use crate::subject::Subject;
use crate::verdict::Verdict;
use hookproof_host::{Client, ConfigError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The scenario files.
    pub catalog: Arc<Catalog>,
    /// The contract's id.
    pub contract: String,
    /// The client that is played.
    pub client: Client,
    /// The hook under test.
    pub subject: Subject,
    /// Prefixes of scenario or requirement ids or areas; empty: everything.
    pub filters: Vec<String>,
    /// Scenarios side by side; `None`: from the cores and the subject's floor.
    pub jobs: Option<usize>,
    /// The folder of recorded payloads.
    pub payloads: PathBuf,
    /// Where evidence is kept, when it is.
    pub keep: Option<PathBuf>,
    /// Whether hooks can reach anything outside loopback, for the report.
    pub network: String,
}

/// Why a run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum ConformError {
    /// The subject's hook configuration cannot be loaded.
    #[error("{0}")]
    Subject(Box<ConfigError>),
    /// The client would leave the subject's hooks out without a word.
    #[error("Claude Code {client} silently drops every hook of this file: {reason}")]
    Dropped {
        /// The client.
        client: String,
        /// Why, with file, line and column.
        reason: Box<ConfigError>,
    },
    /// No such contract.
    #[error("there is no contract `{wanted}`; there are {known}")]
    UnknownContract {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// No scenario id, requirement id or area begins so.
    #[error("no scenario, requirement or area begins with `{0}`; `cargo xtask list` shows them")]
    UnknownFilter(String),
    /// The recordings cannot be read.
    #[error("recorded payloads: {0}")]
    Payloads(std::io::Error),
    /// The subject is no program that can be run.
    #[error("the hook `{command}` cannot be started: {error}")]
    NotStarted {
        /// Its command line.
        command: String,
        /// The shell's last word.
        error: String,
    },
    /// The subject could not be probed.
    #[error("probing the subject: {0}")]
    Probe(String),
}

impl From<ProbeError> for ConformError {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::NotStarted { command, error } => Self::NotStarted { command, error },
            ProbeError::Harness(reason) => Self::Probe(reason),
        }
    }
}

/// Runs the plan and tells everything on `events`.
///
/// # Errors
/// [`ConformError`] when the run cannot begin; what goes wrong in a scenario is a verdict.
pub async fn conform(plan: Plan, events: UnboundedSender<Event>) -> Result<(), ConformError> {
    let begun = Instant::now();
    let started = jiff::Timestamp::now().to_string();
    check_names(&plan)?;
    let hooks = plan
        .subject
        .hooks(&plan.client)
        .map_err(|e| ConformError::Subject(Box::new(e)))?;
    if let Some(dropped) = hooks.dropped.first() {
        return Err(ConformError::Dropped {
            client: plan.client.version.to_string(),
            reason: Box::new(dropped.reason.clone()),
        });
    }
    let payloads =
        Payloads::open(&plan.payloads, plan.client.version).map_err(ConformError::Payloads)?;
    let mut stage = Stage {
        subject: plan.subject.clone(),
        client: plan.client.clone(),
        hooks,
        payloads,
        bounds: Bounds {
            floor: Duration::from_millis(500),
            stuck: false,
        },
    };
    let cpu_before = hookproof_process::children_cpu();
    let probe = probe(&stage).await?;
    stage.bounds = Bounds {
        floor: probe.floor,
        stuck: probe.stuck,
    };
    let jobs = jobs(&plan, stage.bounds.floor);
    let shared = Arc::new(Shared {
        plan,
        stage,
        capabilities: probe.capabilities.clone(),
        jobs,
        permits: Arc::new(Semaphore::new(jobs)),
        second_looks: Semaphore::new(SECOND_LOOKS),
    });
    let chosen = shared.chosen();
    let _ = events.send(Event::RunStarted(Box::new(
        shared.head(&probe, started, &chosen),
    )));
    run_all(&shared, chosen, &events).await;
    let strays = hookproof_process::end_strays().await.unwrap_or_default();
    let cpu = hookproof_process::children_cpu().saturating_sub(cpu_before);
    let _ = events.send(Event::RunFinished(RunTail {
        wall_s: begun.elapsed().as_secs_f64(),
        subject_cpu_s: cpu.as_secs_f64(),
        cores: cores(),
        strays: strays.iter().map(crate::run::step::describe).collect(),
    }));
    Ok(())
}

/// How many scenarios of a run may be looked at a second time: a hook that is always late need not
/// be waited for twice everywhere.
const SECOND_LOOKS: usize = 4;

/// What all scenario tasks share.
struct Shared {
    plan: Plan,
    stage: Stage,
    capabilities: Capabilities,
    /// How many scenarios run side by side.
    jobs: usize,
    permits: Arc<Semaphore>,
    second_looks: Semaphore,
}

impl Shared {
    fn chosen(&self) -> Vec<Selected<'_>> {
        select(
            &self.plan.catalog,
            &self.plan.contract,
            &self.plan.filters,
            &self.capabilities,
        )
    }

    fn head(&self, probe: &Probe, started: String, chosen: &[Selected<'_>]) -> RunHead {
        let waits = chosen.iter().map(|s| s.template.sample.waits_s);
        RunHead {
            subject: self.plan.subject.label.clone(),
            contract: self.plan.contract.clone(),
            client: self.plan.client.version.to_string(),
            host: format!(
                "{} {}, {} cores",
                std::env::consts::OS,
                std::env::consts::ARCH,
                cores()
            ),
            started,
            scenarios: chosen.len(),
            longest_mandated_wait_s: waits.fold(0.0, f64::max),
            floor_s: probe.floor.as_secs_f64(),
            agent: self.capabilities.agent_because.clone(),
            network: self.plan.network.clone(),
        }
    }
}

fn check_names(plan: &Plan) -> Result<(), ConformError> {
    if plan.catalog.contract(&plan.contract).is_none() {
        let known: Vec<_> = plan
            .catalog
            .contracts
            .iter()
            .map(|c| c.id.to_string())
            .collect();
        return Err(ConformError::UnknownContract {
            wanted: plan.contract.clone(),
            known: known.join(", "),
        });
    }
    let everything = Capabilities {
        agent: true,
        agent_because: String::new(),
        pre: true,
        post: true,
    };
    let any_contract = |filter: &String| {
        plan.catalog.contracts.iter().any(|c| {
            !select(
                &plan.catalog,
                c.id.as_str(),
                std::slice::from_ref(filter),
                &everything,
            )
            .is_empty()
        })
    };
    match plan.filters.iter().find(|f| !any_contract(f)) {
        Some(unknown) => Err(ConformError::UnknownFilter(unknown.clone())),
        None => Ok(()),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Scenarios side by side: a light hook mostly waits for us, a heavy one burns a core by itself.
fn jobs(plan: &Plan, floor: Duration) -> usize {
    // One more than the cores: a hook that burns them still waits for the agent now and then.
    let light = floor < Duration::from_millis(60);
    plan.jobs
        .unwrap_or(if light { cores() * 3 } else { cores() + 1 })
        .max(1)
}

async fn run_all(shared: &Arc<Shared>, chosen: Vec<Selected<'_>>, events: &UnboundedSender<Event>) {
    let general = ambient(&shared.plan.catalog, &shared.plan.contract);
    let mut tasks = JoinSet::new();
    for selected in chosen {
        let pointless = selected.pointless(&shared.plan.client.version, &general);
        let Ok(permit) = Arc::clone(&shared.permits).acquire_owned().await else {
            break;
        };
        let shared = Arc::clone(shared);
        let template = selected.template.clone();
        let events = events.clone();
        tasks.spawn(async move { one(&shared, &template, pointless, permit, &events).await });
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
}

async fn one(
    shared: &Arc<Shared>,
    template: &ScenarioTemplate,
    pointless: Option<String>,
    permit: tokio::sync::OwnedSemaphorePermit,
    events: &UnboundedSender<Event>,
) {
    let id = template.sample.id.to_string();
    let begun = Instant::now();
    let _ = events.send(Event::ScenarioStarted {
        scenario: id.clone(),
    });
    // A panic in the harness is a harness error of this scenario, and of no other.
    let task = {
        let shared = Arc::clone(shared);
        let template = template.clone();
        tokio::spawn(async move { evaluate(&shared, &template, pointless, permit).await })
    };
    let end = match task.await {
        Ok(end) => end,
        Err(error) => {
            let reason = format!("the harness broke: {error}");
            let selected = shared.selected(template);
            (
                Vec::new(),
                selected.unrun(Verdict::HarnessError, &reason, &shared.plan.subject),
            )
        }
    };
    let (payloads, checks) = end;
    let finished = ScenarioEnd {
        scenario: id,
        took: begun.elapsed(),
        payloads,
        checks,
    };
    let _ = events.send(Event::ScenarioFinished(Box::new(finished)));
}

type Judged = (
    Vec<crate::verdict::Provenance>,
    Vec<crate::verdict::CheckResult>,
);

async fn evaluate(
    shared: &Shared,
    template: &ScenarioTemplate,
    pointless: Option<String>,
    permit: tokio::sync::OwnedSemaphorePermit,
) -> Judged {
    let selected = shared.selected(template);
    let subject = &shared.plan.subject;
    let general = ambient(&shared.plan.catalog, &shared.plan.contract);
    if let Some(reason) = pointless {
        return (
            Vec::new(),
            selected.unrun(Verdict::NotApplicable, &reason, subject),
        );
    }
    match shared.look(template, permit).await {
        Ok(done) => {
            let mut checks = judge(&done, &selected, &general, subject);
            if let Some(folder) = &shared.plan.keep {
                keep::write(
                    folder,
                    template.sample.id.as_str(),
                    &done.evidence,
                    &mut checks,
                );
            }
            let payloads = done.evidence.steps.iter().map(|s| s.provenance).collect();
            (payloads, checks)
        }
        Err(Unrun::NotApplicable(reason)) => (
            Vec::new(),
            selected.unrun(Verdict::NotApplicable, &reason, subject),
        ),
        Err(Unrun::Harness(reason)) => (
            Vec::new(),
            selected.unrun(Verdict::HarnessError, &reason, subject),
        ),
    }
}

impl Shared {
    /// Runs the scenario. When its hook ran out of time while others shared the cores with it, that
    /// says little: it is run again by itself.
    async fn look(
        &self,
        template: &ScenarioTemplate,
        permit: tokio::sync::OwnedSemaphorePermit,
    ) -> Result<Run, Unrun> {
        let first = run(template, &self.stage, Some(permit)).await?;
        if self.stage.bounds.stuck || self.jobs == 1 || !first.ran_out_of_time() {
            return Ok(first);
        }
        let Ok(second_look) = self.second_looks.try_acquire() else {
            return Ok(first);
        };
        second_look.forget();
        let everybody = u32::try_from(self.jobs).unwrap_or(u32::MAX);
        let _alone = self.permits.acquire_many(everybody).await;
        run(template, &self.stage, None).await
    }

    fn selected<'a>(&'a self, template: &'a ScenarioTemplate) -> Selected<'a> {
        Selected::new(
            template,
            &self.plan.catalog,
            &self.plan.contract,
            &self.capabilities,
        )
    }
}
