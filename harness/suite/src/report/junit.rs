//! JUnit XML for CI: a suite per requirement, a case per check.

use super::{Results, failure};
use crate::verdict::{CheckResult, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// The document.
///
/// # Errors
/// When the document cannot be serialised.
pub fn render(results: &Results) -> Result<String, String> {
    let mut report = Report::new(format!(
        "hookproof {} {}",
        results.contract, results.subject
    ));
    let mut suites: BTreeMap<&str, Vec<&CheckResult>> = BTreeMap::new();
    for result in &results.results {
        suites.entry(&result.requirement).or_default().push(result);
    }
    for (requirement, checks) in suites {
        let mut suite = TestSuite::new(requirement);
        for check in checks {
            suite.add_test_case(case(check));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|e| e.to_string())
}

fn case(result: &CheckResult) -> TestCase {
    let mut case = TestCase::new(
        format!("{} · {}", result.scenario, result.check),
        status(result),
    );
    case.set_classname(result.requirement.clone());
    if result.verdict == Verdict::Warn {
        case.set_system_out(failure::one(result));
    }
    case
}

fn status(result: &CheckResult) -> TestCaseStatus {
    match result.verdict {
        // A SHOULD that does not hold is no failure; its text is in the case's output.
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::NotApplicable | Verdict::Inconclusive => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {}", result.verdict.word(), result.reason));
            status
        }
        Verdict::Fail | Verdict::HarnessError => {
            let kind = if result.verdict == Verdict::Fail {
                NonSuccessKind::Failure
            } else {
                NonSuccessKind::Error
            };
            let mut status = TestCaseStatus::non_success(kind);
            status
                .set_message(result.observed.clone())
                .set_type(result.level.to_string())
                .set_description(failure::one(result));
            status
        }
    }
}
