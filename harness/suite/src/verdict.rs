//! Verdicts, and what they add up to.

use hookproof_contract::Level;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What one check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It held.
    Pass,
    /// A MUST did not hold.
    Fail,
    /// A SHOULD or MAY did not hold.
    Warn,
    /// It could not be judged.
    Inconclusive,
    /// It does not concern this subject, client or payload.
    NotApplicable,
    /// The harness itself was in trouble.
    HarnessError,
}

impl Verdict {
    /// All verdicts, in the order reports list them.
    pub const ALL: [Self; 6] = [
        Self::Pass,
        Self::Fail,
        Self::Warn,
        Self::Inconclusive,
        Self::NotApplicable,
        Self::HarnessError,
    ];

    /// The verdict for a check that did not hold.
    #[must_use]
    pub fn broken(level: Level) -> Self {
        match level {
            Level::Must => Self::Fail,
            Level::Should | Level::May => Self::Warn,
        }
    }

    /// The word reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Inconclusive => "inconclusive",
            Self::NotApplicable => "not applicable",
            Self::HarnessError => "harness error",
        }
    }
}

/// Where a payload comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provenance {
    /// Sent by a real client; only session paths were replaced.
    Recorded,
    /// Sent by a real client, with fields patched by the scenario.
    RecordedPatched,
    /// Written by the scenario.
    Synthetic,
}

/// One check of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The requirement it judges.
    pub requirement: String,
    /// Its level in the contract.
    pub level: Level,
    /// The scenario.
    pub scenario: String,
    /// The assertion, for example `host` or `wire[check_policy]`.
    pub check: String,
    /// What it came to.
    pub verdict: Verdict,
    /// What a conforming hook shows.
    pub expected: String,
    /// What this one showed.
    pub observed: String,
    /// Why, for every verdict but pass.
    pub reason: String,
    /// Payload provenance of the scenario's step.
    pub payload: Provenance,
    /// The evidence folder, when kept.
    pub evidence: Option<PathBuf>,
    /// A command that runs just this scenario.
    pub reproduce: String,
}

/// Checks by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Held.
    pub pass: usize,
    /// A MUST that did not hold.
    pub fail: usize,
    /// A SHOULD that did not hold.
    pub warn: usize,
    /// Not judged.
    pub inconclusive: usize,
    /// Of no concern.
    pub not_applicable: usize,
    /// Our own trouble.
    pub harness_error: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Warn => self.warn += 1,
            Verdict::Inconclusive => self.inconclusive += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
            Verdict::HarnessError => self.harness_error += 1,
        }
    }

    /// How many of `verdict`.
    #[must_use]
    pub fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Fail => self.fail,
            Verdict::Warn => self.warn,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::NotApplicable => self.not_applicable,
            Verdict::HarnessError => self.harness_error,
        }
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> usize {
        Verdict::ALL.iter().map(|v| self.of(*v)).sum()
    }
}

impl FromIterator<Verdict> for Counts {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut counts = Self::default();
        verdicts.into_iter().for_each(|v| counts.add(v));
        counts
    }
}
