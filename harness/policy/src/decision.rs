use std::fmt;
use std::ops::Range;

use serde::Serialize;

use crate::{Action, Severity, View};

/// What a pack says about one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The verdict that weighs most.
    pub verdict: Verdict,
    /// Policies that matched, in the order of the pack; dynamic ones after the others.
    pub matches: Vec<Match>,
    /// The masked statement, if a policy redacts and none blocks.
    pub redacted: Option<String>,
    /// How many policies were evaluated.
    pub evaluated: usize,
}

/// Allowed without more, or the action that weighs most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No policy matched.
    Allow,
    /// Some did.
    Act(Action),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow => f.write_str("allow"),
            Self::Act(action) => action.fmt(f),
        }
    }
}

/// A policy that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: String,
    /// How grave it is.
    pub severity: Severity,
    /// What it does here, posture considered.
    pub action: Action,
    /// The view that matched; `None` for dynamic policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<View>,
    /// Where in the statement, in bytes; all places for a policy that redacts, else the first
    /// few; empty where the view cannot tell.
    pub spans: Vec<Range<usize>>,
    /// What the policy saw, where that is not the statement's own text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saw: Option<String>,
    /// The override that lifts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden_by: Option<String>,
}

impl Decision {
    /// Whether the call may go on: only a block keeps it.
    #[must_use]
    pub fn allowed(&self) -> bool {
        self.verdict != Verdict::Act(Action::Block)
    }

    /// The gravest of those that block, the first of equals.
    #[must_use]
    pub fn blocked_by(&self) -> Option<&Match> {
        let blocks = |one: &&Match| one.action == Action::Block && one.overridden_by.is_none();
        self.matches
            .iter()
            .filter(blocks)
            .rev()
            .max_by_key(|one| one.severity)
    }

    /// A sentence for people, if the call is blocked.
    #[must_use]
    pub fn block_reason(&self) -> Option<String> {
        let by = self.blocked_by()?;
        let saw = by.saw.as_ref().map(|saw| format!("; it reads: {saw}"));
        Some(format!(
            "{} ({}){}",
            by.name,
            by.policy,
            saw.unwrap_or_default()
        ))
    }
}
