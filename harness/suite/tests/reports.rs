//! What people and machines read of a run: snapshots of all reports over one stream of events.

use hookproof_contract::Level;
use hookproof_suite::Catalog;
use hookproof_suite::event::{Event, RunHead, RunTail, ScenarioEnd};
use hookproof_suite::report::{Results, junit, results::Fold, summary};
use hookproof_suite::verdict::{CheckResult, Provenance, Verdict};
use std::time::Duration;

const REQUIREMENTS: &str = r#"
[[contract]]
id = "sample-1"
title = "A contract for this test"
source = "this file"

[[requirement]]
id = "deny-blocks"
text = "A deny keeps the tool from running."
why = "Else it protects nobody."
source = "Sample, section 1"
contracts = { "sample-1" = "must" }
proven-by = ["allows-on-deny"]

[[requirement]]
id = "deny-tells-risk"
text = "A deny tells the risk level."
why = "The user wants to know."
source = "Sample, section 2"
contracts = { "sample-1" = "should" }
proven-by = ["deny-drops-risk"]

[[scenario]]
id = "deny/bash"
title = "a deny"
payload = "PreToolUse/Bash-bash-ok"
[[scenario.expect]]
requirement = "deny-blocks"
host = "blocked"
[[scenario.expect]]
requirement = "deny-tells-risk"
reason.contains = ["risk"]
"#;

fn catalog() -> Catalog {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sample.toml"), REQUIREMENTS).unwrap();
    Catalog::load(folder.path()).unwrap_or_else(|e| panic!("{e}"))
}

fn check(requirement: &str, level: Level, check: &str, verdict: Verdict) -> CheckResult {
    CheckResult {
        requirement: requirement.into(),
        level,
        scenario: "deny/bash".into(),
        check: check.into(),
        verdict,
        expected: "the host does not run the tool".into(),
        observed: "the host ran the tool; the hook exited 1 \u{1b}[31m<&>".into(),
        reason: if verdict == Verdict::Pass {
            String::new()
        } else {
            "host was not as required".into()
        },
        payload: Provenance::Recorded,
        evidence: None,
        reproduce: "cargo xtask conform --plugin x --filter deny/bash --keep".into(),
    }
}

fn results(verdicts: [Verdict; 3]) -> Results {
    let mut fold = Fold::default();
    fold.take(&Event::RunStarted(Box::new(RunHead {
        subject: "plugin x".into(),
        contract: "sample-1".into(),
        client: "2.1.330".into(),
        host: "linux x86_64, 2 cores".into(),
        started: "2026-11-21T12:00:00Z".into(),
        scenarios: 1,
        longest_mandated_wait_s: 8.0,
        floor_s: 0.012,
        agent: "it called the mock agent when probed".into(),
        network: "loopback only (a network namespace)".into(),
    })));
    fold.take(&Event::ScenarioStarted {
        scenario: "deny/bash".into(),
    });
    fold.take(&Event::ScenarioFinished(Box::new(ScenarioEnd {
        scenario: "deny/bash".into(),
        took: Duration::from_millis(20),
        payloads: vec![Provenance::Recorded],
        checks: vec![
            check("deny-blocks", Level::Must, "host", verdicts[0]),
            check(
                "deny-blocks",
                Level::Must,
                "wire[check_policy]",
                verdicts[1],
            ),
            check("deny-tells-risk", Level::Should, "reason", verdicts[2]),
        ],
    })));
    fold.take(&Event::RunFinished(RunTail {
        wall_s: 8.61,
        subject_cpu_s: 6.2,
        cores: 2,
        strays: Vec::new(),
    }));
    fold.finish().unwrap()
}

fn plain(results: &Results, strict: bool) -> String {
    anstream::adapter::strip_str(&summary::render(results, &catalog(), strict)).to_string()
}

#[test]
fn the_summary_of_a_conforming_hook() {
    insta::assert_snapshot!(plain(&results([Verdict::Pass; 3]), false));
}

#[test]
fn the_summary_of_a_broken_hook() {
    insta::assert_snapshot!(plain(
        &results([Verdict::Fail, Verdict::Pass, Verdict::Warn]),
        false
    ));
}

#[test]
fn what_was_not_judged_is_told() {
    let results = results([Verdict::NotApplicable, Verdict::Pass, Verdict::Inconclusive]);
    insta::assert_snapshot!(plain(&results, true));
}

#[test]
fn the_json_document() {
    insta::assert_json_snapshot!(results([Verdict::Fail, Verdict::Pass, Verdict::Warn]));
}

#[test]
fn the_junit_document_escapes_hostile_text() {
    let text = junit::render(&results([Verdict::Fail, Verdict::Pass, Verdict::Warn])).unwrap();
    assert!(!text.contains('\u{1b}'), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_partial_run_is_not_complete() {
    let mut fold = Fold::default();
    let whole = results([Verdict::Pass; 3]);
    fold.take(&Event::RunStarted(Box::new(RunHead {
        subject: whole.subject.clone(),
        contract: whole.contract.clone(),
        client: whole.client.clone(),
        host: whole.host.clone(),
        started: whole.started.clone(),
        scenarios: 2,
        longest_mandated_wait_s: 8.0,
        floor_s: 0.01,
        agent: String::new(),
        network: String::new(),
    })));
    assert!(!fold.finish().unwrap().complete);
}

/// The schema that users read names exactly the fields that are written.
#[test]
fn the_schema_and_the_document_agree() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../reports/results.schema.json")).unwrap();
    let document =
        serde_json::to_value(results([Verdict::Fail, Verdict::Pass, Verdict::Warn])).unwrap();
    let names = |value: &serde_json::Value| {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(&schema["properties"]), names(&document));
    let items = &schema["properties"]["results"]["items"];
    assert_eq!(names(&items["properties"]), names(&document["results"][0]));
}
