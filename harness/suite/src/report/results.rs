//! The stable JSON document, `results.json`.

use crate::event::{Event, RunHead, RunTail};
use crate::verdict::{CheckResult, Counts, Provenance};
use serde::Serialize;
use std::collections::BTreeMap;

/// Version of the document's shape; it changes when a field changes its meaning or goes away.
pub const SCHEMA: &str = "hookproof-results/1";

/// Everything a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Results {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The subject, for people.
    pub subject: String,
    /// The contract's id.
    pub contract: String,
    /// The Claude Code version that was played.
    pub client: String,
    /// The machine.
    pub host: String,
    /// RFC 3339.
    pub started: String,
    /// Wall time in seconds.
    pub wall_s: f64,
    /// The longest time the contract makes a conforming subject wait, in seconds.
    pub longest_mandated_wait_s: f64,
    /// What one event costs the subject on this machine, in seconds.
    pub floor_s: f64,
    /// CPU time of all hooks in seconds.
    pub subject_cpu_s: f64,
    /// Cores of the machine.
    pub cores: usize,
    /// Processes of hooks that hid from every scenario and were ended after the last one.
    pub strays: Vec<String>,
    /// Whether the subject asks an agent, and how that was found.
    pub agent: String,
    /// Whether hooks could reach anything outside loopback.
    pub network: String,
    /// Whether every chosen scenario came to an end; a partial run is never a green one.
    pub complete: bool,
    /// How many scenarios there were.
    pub scenarios: usize,
    /// Checks by verdict.
    pub counts: Counts,
    /// Steps by payload provenance.
    pub payloads: BTreeMap<Provenance, usize>,
    /// One entry per check.
    pub results: Vec<CheckResult>,
}

/// Folds the stream into [`Results`].
#[derive(Debug, Default)]
pub struct Fold {
    head: Option<RunHead>,
    tail: Option<RunTail>,
    ended: usize,
    payloads: BTreeMap<Provenance, usize>,
    results: Vec<CheckResult>,
}

impl Fold {
    /// Takes one event.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted(head) => self.head = Some((**head).clone()),
            Event::ScenarioStarted { .. } => {}
            Event::ScenarioFinished(end) => {
                self.ended += 1;
                for payload in &end.payloads {
                    *self.payloads.entry(*payload).or_default() += 1;
                }
                self.results.extend(end.checks.iter().cloned());
            }
            Event::RunFinished(tail) => self.tail = Some(tail.clone()),
        }
    }

    /// The document; `None` when the run never began.
    #[must_use]
    pub fn finish(mut self) -> Option<Results> {
        let head = self.head?;
        // Scenarios end in any order; the document has one.
        self.results.sort_by(|a, b| {
            (&a.requirement, &a.scenario, &a.check).cmp(&(&b.requirement, &b.scenario, &b.check))
        });
        Some(Results {
            schema: SCHEMA,
            complete: self.tail.is_some() && self.ended == head.scenarios,
            wall_s: self.tail.as_ref().map_or(0.0, |t| t.wall_s),
            subject_cpu_s: self.tail.as_ref().map_or(0.0, |t| t.subject_cpu_s),
            cores: self.tail.as_ref().map_or(0, |t| t.cores),
            strays: self
                .tail
                .as_ref()
                .map(|t| t.strays.clone())
                .unwrap_or_default(),
            subject: head.subject,
            contract: head.contract,
            client: head.client,
            host: head.host,
            started: head.started,
            longest_mandated_wait_s: head.longest_mandated_wait_s,
            floor_s: head.floor_s,
            agent: head.agent,
            network: head.network,
            scenarios: head.scenarios,
            counts: self.results.iter().map(|r| r.verdict).collect(),
            payloads: self.payloads,
            results: self.results,
        })
    }
}
