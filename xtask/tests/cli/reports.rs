//! What is written where.

use super::{bare, scratch, stdout, xtask};
use serde_json::Value;
use std::fs;

#[test]
fn reports_and_evidence_are_written() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--filter", "deny-is-honoured/bash", "--keep"])
        .assert()
        .code(0);
    let out = folder.path().join("out");
    let results: Value =
        serde_json::from_slice(&fs::read(out.join("results.json")).unwrap()).unwrap();
    assert_eq!(results["schema"], "hookproof-results/1");
    assert_eq!(results["contract"], "axonflow-1.6");
    assert_eq!(results["client"], "2.1.330");
    assert_eq!(results["complete"], true);
    assert!(results["wall_s"].as_f64().unwrap() > 0.0);
    let first = &results["results"][0];
    for field in [
        "requirement",
        "level",
        "scenario",
        "check",
        "verdict",
        "expected",
        "observed",
        "reason",
        "reproduce",
    ] {
        assert!(first[field].is_string(), "{field}: {first}");
    }
    let evidence = first["evidence"].as_str().unwrap();
    for file in [
        "scenario.json",
        "step-1/stdin.json",
        "step-1/outcome.json",
        "step-1/wire.jsonl",
    ] {
        assert!(fs::metadata(format!("{evidence}/{file}")).is_ok(), "{file}");
    }
    let junit = fs::read_to_string(out.join("junit.xml")).unwrap();
    assert!(
        junit.contains("<testsuite name=\"deny-is-honoured\""),
        "{junit}"
    );
}

#[test]
fn json_alone_is_also_printed() {
    let folder = scratch();
    let text = stdout(xtask(folder.path()).args([
        "--filter",
        "deny-is-honoured/bash",
        "--format",
        "json",
    ]));
    let results: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(results["counts"]["fail"], 0);
    assert!(!folder.path().join("out/junit.xml").exists());
}

#[test]
fn nothing_is_left_beside_the_reports() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--filter", "deny-is-honoured"])
        .assert()
        .code(0);
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(left, ["out"], "TMPDIR holds more than the reports");
}

#[test]
fn list_and_explain_tell_level_and_source() {
    let listed = stdout(bare().args(["list", "deny"]));
    assert!(listed.contains("deny-is-honoured (MUST)"), "{listed}");
    assert!(listed.contains("Source: "), "{listed}");
    let explained = stdout(bare().args(["explain", "deny-is-honoured"]));
    for part in [
        "Why:",
        "Source:",
        "Scenarios:",
        "Miniatures that prove the alarm:",
    ] {
        assert!(explained.contains(part), "{explained}");
    }
}

#[test]
fn the_same_run_gives_the_same_verdicts() {
    let folder = scratch();
    let verdicts = || {
        let text =
            stdout(xtask(folder.path()).args(["--filter", "deny", "coverage", "--format", "json"]));
        let results: Value = serde_json::from_str(&text).unwrap();
        let list = results["results"].as_array().unwrap().iter();
        list.map(|r| {
            format!(
                "{} {} {} {}",
                r["requirement"], r["scenario"], r["check"], r["verdict"]
            )
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(verdicts(), verdicts());
}

/// A contract is frozen: whoever changes this snapshot changes what yesterday's hooks are held to.
#[test]
fn contracts_are_frozen() {
    for contract in ["axonflow-1.6", "axonflow-fail-mode"] {
        let listed = stdout(bare().args(["list", "--json", "--contract", contract]));
        let document: Value = serde_json::from_str(&listed).unwrap();
        let rows = document.as_array().unwrap().iter();
        let lines: Vec<_> = rows
            .map(|r| {
                format!(
                    "{} {}",
                    r["level"].as_str().unwrap(),
                    r["requirement"].as_str().unwrap()
                )
            })
            .collect();
        insta::assert_snapshot!(format!("contract-{contract}"), lines.join("\n"));
    }
}

/// The verdicts of a hook with one defect: one requirement breaks, its neighbours hold.
#[test]
fn the_verdicts_of_a_miniature() {
    let folder = scratch();
    let mut command = xtask(folder.path());
    command.args([
        "--miniature",
        "deny-with-exit-1",
        "--filter",
        "deny",
        "--format",
        "json",
    ]);
    let results: Value = serde_json::from_str(&stdout(&mut command)).unwrap();
    let rows = results["results"].as_array().unwrap().iter();
    let lines: Vec<_> = rows
        .map(|r| {
            let text = |key: &str| r[key].as_str().unwrap().to_owned();
            format!(
                "{:<15} {} {} {}",
                text("verdict"),
                text("requirement"),
                text("scenario"),
                text("check")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
