//! Assertions over evidence. Each that is present in an [`Expect`] gives one [`Finding`].
//!
//! - `text`: texts.
//! - `host`: what the host did, stdout, exit, time.
//! - `wire`: requests at the agent.
//! - `leak`: texts that may not appear, files, hosts outside, processes left.

mod host;
mod leak;
mod text;
mod wire;

pub(crate) use text::excerpt;

use crate::evidence::{Evidence, StepEvidence};
use crate::scenario::Expect;

/// What one assertion came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The assertion, for example `host`, `reason` or `wire[check_policy]`.
    pub check: String,
    /// What a conforming hook shows.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// Whether it held.
    pub held: bool,
    /// Why it could not be judged.
    pub unknown: Option<String>,
}

impl Finding {
    pub(crate) fn new(
        check: &str,
        expected: impl Into<String>,
        observed: impl Into<String>,
        held: bool,
    ) -> Self {
        Self {
            check: check.to_owned(),
            expected: expected.into(),
            observed: observed.into(),
            held,
            unknown: None,
        }
    }

    /// Something that could not be observed.
    pub(crate) fn unknown(check: &str, expected: impl Into<String>, reason: String) -> Self {
        Self {
            unknown: Some(reason),
            ..Self::new(check, expected, "it could not be observed", false)
        }
    }
}

/// Evaluates every assertion of `expect` on one step.
#[must_use]
pub fn evaluate(expect: &Expect, step: &StepEvidence, evidence: &Evidence) -> Vec<Finding> {
    let mut findings = Vec::new();
    host::evaluate(expect, step, evidence, &mut findings);
    wire::evaluate(expect, step, evidence, &mut findings);
    leak::evaluate(expect, step, evidence, &mut findings);
    findings
}
