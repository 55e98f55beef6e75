//! One normative sentence.

use crate::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// RFC 2119 level of a requirement within one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A violation fails the subject.
    Must,
    /// A violation is a warning.
    Should,
    /// A violation is noted and never counted against the subject.
    May,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        })
    }
}

/// What a subject must have for a requirement to be applicable to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The subject asks a policy agent.
    Agent,
    /// The subject was given with a `PreToolUse` hook.
    PreHook,
    /// The subject was given with a `PostToolUse` hook.
    PostHook,
}

/// One normative sentence with a stable id, a level per contract and a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Requirement {
    /// Stable id.
    pub id: Slug,
    /// The sentence. It is true of a conforming hook.
    pub text: String,
    /// Who gets hurt how when it does not hold.
    pub why: String,
    /// Document and section, or "measured on VERSION".
    pub source: String,
    /// The contracts it belongs to, with its level there.
    pub contracts: BTreeMap<Slug, Level>,
    /// What a subject must have for it to apply.
    #[serde(default = "needs_agent")]
    pub needs: Vec<Need>,
    /// The miniatures that fail it.
    pub proven_by: Vec<String>,
}

fn needs_agent() -> Vec<Need> {
    vec![Need::Agent]
}

impl Requirement {
    /// The level in `contract`, or `None` where the contract does not hold it.
    #[must_use]
    pub fn level_in(&self, contract: &str) -> Option<Level> {
        self.contracts.get(contract).copied()
    }
}
