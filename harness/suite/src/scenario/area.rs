//! A scenario file as a whole.

use super::{Expect, Situation};
use hookproof_contract::{Contract, Requirement, Slug};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One TOML file below `scenarios/`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Area {
    /// Contracts (only in `contracts.toml`).
    #[serde(default)]
    pub contract: Vec<Contract>,
    /// The requirements this file introduces.
    #[serde(default)]
    pub requirement: Vec<Requirement>,
    /// The scenarios that judge them.
    #[serde(default)]
    pub scenario: Vec<Scenario>,
    /// Expectations that hold in every step of every scenario.
    #[serde(default)]
    pub ambient: Vec<Ambient>,
}

/// One situation, and what must be observed in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scenario {
    /// Stable id; a scenario with `each` must use its keys here, as in `fail-open/{fault}`.
    pub id: Slug,
    /// One line for people.
    pub title: String,
    /// Contracts it is run under; empty: every contract that holds one of its requirements.
    #[serde(default)]
    pub contracts: Vec<Slug>,
    /// Client versions it is run on (exact); empty: all.
    #[serde(default)]
    pub clients: Vec<String>,
    /// Ambient requirements that are not judged here.
    #[serde(default)]
    pub except: Vec<Slug>,
    /// The longest time, in seconds, that a *conforming* subject makes the suite wait here.
    #[serde(default)]
    pub waits_s: f64,
    /// Not applicable to a subject none of whose hooks is called: it did not promise to govern this
    /// tool.
    #[serde(default)]
    pub only_if_matched: bool,
    /// Named texts; `{name}` is replaced by them everywhere in the scenario.
    #[serde(default)]
    pub vars: BTreeMap<String, String>,
    /// What is arranged for every step. In the file its keys stand directly in the scenario.
    #[serde(default)]
    pub situation: Situation,
    /// What is expected when the scenario has a single step.
    #[serde(default)]
    pub expect: Vec<Expect>,
    /// Events one after the other in the same HOME; empty: the scenario itself is the only step.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// One hook event within a scenario. What it does not set is taken from the scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// What is arranged for this step. In the file its keys stand directly in the step.
    #[serde(default)]
    pub situation: Situation,
    /// How many identical events are fired at the same time.
    #[serde(default = "one")]
    pub concurrent: usize,
    /// What must be observed.
    #[serde(default)]
    pub expect: Vec<Expect>,
}

fn one() -> usize {
    1
}

/// An expectation that holds in every step of every scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ambient {
    /// `PreToolUse`, `PostToolUse`, `PostToolUseFailure`; absent: all events.
    pub event: Option<String>,
    /// The expectation. In the file its keys stand directly beside `event`.
    pub expect: Expect,
}
