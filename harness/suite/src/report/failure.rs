//! One failure as a block of text.

use crate::verdict::CheckResult;
use hookproof_contract::Requirement;
use std::fmt::Write as _;

/// Scenarios shown per requirement; the rest is counted.
const SHOWN: usize = 3;

/// The failures of one requirement: its text, what was expected and observed, how to reproduce.
#[must_use]
pub fn block(requirement: &Requirement, broken: &[&CheckResult]) -> String {
    let mut out = String::new();
    let Some(first) = broken.first() else {
        return out;
    };
    let _ = writeln!(
        out,
        "{} {} ({})",
        first.verdict.word().to_uppercase(),
        requirement.id,
        first.level
    );
    let _ = writeln!(out, "  {}", requirement.text);
    let _ = writeln!(out, "  Source: {}", requirement.source);
    for result in broken.iter().take(SHOWN) {
        let _ = write!(out, "\n{}", one(result));
    }
    if broken.len() > SHOWN {
        let _ = writeln!(
            out,
            "\n  … and {} more checks of this requirement",
            broken.len() - SHOWN
        );
    }
    out
}

/// One broken check.
#[must_use]
pub fn one(result: &CheckResult) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "  {} · {}", result.scenario, result.check);
    let _ = writeln!(out, "    Expected: {}", result.expected);
    let _ = writeln!(out, "    Observed: {}", result.observed);
    if let Some(evidence) = &result.evidence {
        let _ = writeln!(out, "    Evidence: {}", evidence.display());
    }
    let _ = writeln!(out, "    Reproduce: {}", result.reproduce);
    out
}
