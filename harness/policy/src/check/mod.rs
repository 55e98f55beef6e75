//! Whether a pack keeps what it promises.
//!
//! - `examples`: what must match does, what must not does not.
//! - `overlap`: policies that say what another one says.
//! - `dialect`: patterns that a backtracking engine reads otherwise.
//! - `cost`: patterns that take more than linear time.

mod cost;
mod dialect;
mod examples;
mod overlap;

pub use cost::processor_time;

use std::fmt;

use serde::Serialize;

use crate::{Engine, Phase, Policy, Settings};

/// Something about a policy that its author should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The policy.
    pub policy: String,
    /// What kind of finding.
    pub kind: Kind,
    /// What was found, in a sentence.
    pub message: String,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An example does not hold.
    Example,
    /// Another policy has the same pattern.
    Duplicate,
    /// Another policy catches all its examples, and does at least as much.
    Shadowed,
    /// A backtracking engine reads the pattern otherwise.
    Dialect,
    /// A backtracking engine gives up on the pattern.
    Backtracking,
    /// The time grows faster than the input.
    Cost,
}

impl Kind {
    /// Whether the pack is wrong, and not only worth a thought.
    #[must_use]
    pub fn is_error(self) -> bool {
        matches!(self, Self::Example | Self::Duplicate | Self::Cost)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weight = if self.kind.is_error() {
            "error"
        } else {
            "note"
        };
        write!(f, "{weight}: policy {}: {}", self.policy, self.message)
    }
}

/// All that is found, in the order of the pack.
#[must_use]
pub fn check(engine: &Engine) -> Vec<Finding> {
    let mut found = examples::check(engine);
    found.extend(overlap::check(engine));
    found.extend(dialect::check(engine.pack()));
    found.extend(cost::check(engine.pack()));
    let order = |id: &str| {
        engine
            .pack()
            .policies
            .iter()
            .position(|policy| policy.id == id)
    };
    found.sort_by_key(|finding| order(&finding.policy));
    found
}

/// Everything switched on, nothing overridden.
fn all_on(engine: &Engine) -> Settings {
    Settings {
        integrations: engine
            .pack()
            .policies
            .iter()
            .filter_map(|policy| policy.integration.clone())
            .collect(),
        ..Settings::default()
    }
}

/// A phase in which the policy acts.
fn phase_of(policy: &Policy) -> Phase {
    if policy.action.request.is_some() {
        Phase::Request
    } else {
        Phase::Response
    }
}

/// A text that fits into a line.
fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}
