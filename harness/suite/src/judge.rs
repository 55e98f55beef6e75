//! Evidence into verdicts.

use crate::check::{self, Finding};
use crate::evidence::{Evidence, StepEvidence};
use crate::run::scenario::{Run, steps_of};
use crate::scenario::{Ambient, Expect};
use crate::selection::Selected;
use crate::subject::Subject;
use crate::verdict::{CheckResult, Provenance, Verdict};

/// The verdicts of a scenario that was run.
pub(crate) fn judge(
    run: &Run,
    selected: &Selected<'_>,
    ambient: &[&Ambient],
    subject: &Subject,
) -> Vec<CheckResult> {
    // A hook that was not called has held nothing: for a subject that governs no tool of the
    // contract that is no fault, and no merit.
    if (run.scenario.only_if_matched || selected.is_foreign()) && none_called(run) {
        let reason = "no matcher of the subject calls a hook for this tool";
        return selected.unrun(Verdict::NotApplicable, reason, subject);
    }
    let mut results = Vec::new();
    let steps = steps_of(&run.scenario);
    let several = steps.len() > 1;
    for (n, (step, seen)) in steps.iter().zip(&run.evidence.steps).enumerate() {
        let general = ambient
            .iter()
            .filter(|a| {
                a.event
                    .as_deref()
                    .is_none_or(|e| e == seen.call.event.name())
            })
            .map(|a| &a.expect)
            .filter(|e| !run.scenario.except.contains(&e.requirement));
        for expect in step.expect.iter().chain(general) {
            let prefix = if several {
                format!("step {}: ", n + 1)
            } else {
                String::new()
            };
            for finding in check::evaluate(expect, seen, &run.evidence) {
                results.extend(selected.result(
                    expect,
                    &finding,
                    &prefix,
                    seen,
                    &run.evidence,
                    subject,
                ));
            }
        }
    }
    results
}

fn none_called(run: &Run) -> bool {
    let mut outcomes = run.evidence.steps.iter().flat_map(|s| &s.outcomes);
    outcomes.all(|o| o.runs.is_empty())
}

impl Selected<'_> {
    /// The verdict of one finding; none when the contract does not hold the requirement.
    fn result(
        &self,
        expect: &Expect,
        finding: &Finding,
        prefix: &str,
        seen: &StepEvidence,
        evidence: &Evidence,
        subject: &Subject,
    ) -> Option<CheckResult> {
        let requirement = expect.requirement.as_str();
        let level = self.level(requirement)?;
        let (verdict, reason) = match self
            .not_applicable(requirement)
            .or_else(|| self.mute(&finding.check))
        {
            Some(reason) => (Verdict::NotApplicable, reason),
            None if finding.unknown.is_some() => (
                Verdict::Inconclusive,
                finding.unknown.clone().unwrap_or_default(),
            ),
            None if finding.held => (Verdict::Pass, String::new()),
            None => (
                Verdict::broken(level),
                format!("{} was not as required", finding.check),
            ),
        };
        Some(CheckResult {
            requirement: requirement.to_owned(),
            level,
            scenario: self.template.sample.id.to_string(),
            check: format!("{prefix}{}", evidence.stable(&finding.check)),
            verdict,
            expected: evidence.stable(&finding.expected),
            observed: evidence.stable(&finding.observed),
            reason,
            payload: seen.provenance,
            evidence: None,
            reproduce: subject.reproduce(self.template.sample.id.as_str()),
        })
    }

    /// One result per requirement of a scenario that was not run.
    pub(crate) fn unrun(
        &self,
        verdict: Verdict,
        reason: &str,
        subject: &Subject,
    ) -> Vec<CheckResult> {
        let requirements = self.template.requirements();
        let known = requirements
            .iter()
            .filter_map(|r| Some((r, self.level(r)?)));
        known
            .map(|(requirement, level)| CheckResult {
                requirement: (*requirement).to_owned(),
                level,
                scenario: self.template.sample.id.to_string(),
                check: "scenario".to_owned(),
                verdict,
                expected: "the scenario runs".to_owned(),
                observed: "it was not run".to_owned(),
                reason: reason.to_owned(),
                payload: Provenance::Recorded,
                evidence: None,
                reproduce: subject.reproduce(self.template.sample.id.as_str()),
            })
            .collect()
    }
}
