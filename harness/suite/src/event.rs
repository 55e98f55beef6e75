//! The one stream that every report folds.

use crate::verdict::{CheckResult, Provenance};
use serde::Serialize;
use std::time::Duration;

/// What the runner tells while it runs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// A run begins.
    RunStarted(Box<RunHead>),
    /// A scenario begins.
    ScenarioStarted {
        /// Its id.
        scenario: String,
    },
    /// A scenario ended.
    ScenarioFinished(Box<ScenarioEnd>),
    /// The run ended.
    RunFinished(RunTail),
}

/// What is known before the first scenario.
#[derive(Clone, Debug, Serialize)]
pub struct RunHead {
    /// The subject, for people.
    pub subject: String,
    /// The contract's id.
    pub contract: String,
    /// The Claude Code version that is played.
    pub client: String,
    /// Machine: operating system, architecture, cores.
    pub host: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// How many scenarios will be run.
    pub scenarios: usize,
    /// The longest time, in seconds, that the contract makes a conforming subject wait.
    pub longest_mandated_wait_s: f64,
    /// What one event costs the subject here, in seconds.
    pub floor_s: f64,
    /// Whether the subject talks to an agent, and how that was found.
    pub agent: String,
    /// Whether hooks can reach anything outside loopback.
    pub network: String,
}

/// The end of one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioEnd {
    /// Its id.
    pub scenario: String,
    /// Wall time.
    pub took: Duration,
    /// Payload provenance per step.
    pub payloads: Vec<Provenance>,
    /// Its checks.
    pub checks: Vec<CheckResult>,
}

/// What is known after the last scenario.
#[derive(Clone, Debug, Serialize)]
pub struct RunTail {
    /// Wall time of the run in seconds.
    pub wall_s: f64,
    /// CPU time of all hooks in seconds.
    pub subject_cpu_s: f64,
    /// Cores of the machine.
    pub cores: usize,
    /// Processes of hooks that hid from every scenario and were ended after the last one.
    pub strays: Vec<String>,
}
