//! Evidence on disk: one folder per scenario, readable without this program.

use crate::evidence::{Evidence, StepEvidence};
use crate::verdict::CheckResult;
use hookproof_agent::Entry;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Writes the evidence below `folder` and notes the place in the checks. A folder that cannot be
/// written is noted in the checks' reasons: it changes no verdict.
pub(crate) fn write(
    folder: &Path,
    scenario: &str,
    evidence: &Evidence,
    checks: &mut [CheckResult],
) {
    let place = folder.join(scenario);
    match write_all(&place, evidence, checks) {
        Ok(()) => {
            for check in checks {
                check.evidence = Some(place.clone());
            }
        }
        Err(error) => {
            for check in checks {
                check.reason.push_str(&format!(
                    " (evidence not kept: {}: {error})",
                    place.display()
                ));
            }
        }
    }
}

fn write_all(place: &Path, evidence: &Evidence, checks: &[CheckResult]) -> io::Result<()> {
    if place.exists() {
        fs::remove_dir_all(place)?;
    }
    fs::create_dir_all(place)?;
    let about = json!({
        "nonce": evidence.nonce,
        "endpoint": evidence.endpoint,
        "floor_s": evidence.bounds.floor.as_secs_f64(),
        "command_lines": evidence.command_lines,
        "checks": checks,
    });
    fs::write(place.join("scenario.json"), format!("{about:#}\n"))?;
    for (n, step) in evidence.steps.iter().enumerate() {
        let folder = place.join(format!("step-{}", n + 1));
        fs::create_dir_all(&folder)?;
        write_step(&folder, step)?;
    }
    Ok(())
}

fn write_step(folder: &Path, step: &StepEvidence) -> io::Result<()> {
    fs::write(folder.join("stdin.json"), &step.stdin)?;
    for (n, outcome) in step.outcomes.iter().enumerate() {
        for (m, run) in outcome.runs.iter().enumerate() {
            if let Some(finished) = &run.finished {
                let name =
                    |what: &str| -> PathBuf { folder.join(format!("{what}-{}-{}", n + 1, m + 1)) };
                fs::write(name("stdout"), &finished.stdout.bytes)?;
                fs::write(name("stderr"), &finished.stderr.bytes)?;
            }
        }
    }
    fs::write(
        folder.join("outcome.json"),
        format!("{:#}\n", outcomes(step)),
    )?;
    let wire: String = step
        .wire
        .iter()
        .map(|e| format!("{}\n", entry(e, step.started)))
        .collect();
    fs::write(folder.join("wire.jsonl"), wire)?;
    let files: Vec<Value> = step
        .files
        .iter()
        .map(|f| json!({"path": f.path, "mode": format!("{:o}", f.mode), "content": String::from_utf8_lossy(&f.content)}))
        .collect();
    fs::write(
        folder.join("files.json"),
        format!("{:#}\n", Value::Array(files)),
    )
}

fn outcomes(step: &StepEvidence) -> Value {
    let all: Vec<Value> = step
        .outcomes
        .iter()
        .map(|o| {
            let runs: Vec<Value> = o
                .runs
                .iter()
                .map(|r| {
                    json!({
                        "command": r.command,
                        "exit": r.finished.as_ref().map(|f| format!("{:?}", f.exit)),
                        "ended": r.finished.as_ref().map(|f| format!("{:?}", f.ended)),
                        "held_open": r.finished.as_ref().map(|f| f.held_open),
                        "reading": r.reading,
                        "cancelled": r.cancelled,
                        "gave_up": r.gave_up,
                        "nonblocking_error": r.nonblocking_error,
                    })
                })
                .collect();
            json!({
                "fate": o.fate, "reason": o.reason, "to_model": o.to_model, "to_user": o.to_user,
                "prompted": o.prompted, "turn_stopped": o.turn_stopped, "ungoverned": o.ungoverned, "runs": runs,
            })
        })
        .collect();
    json!({
        "foreground_s": step.foreground().as_secs_f64(),
        "leftovers": step.leftovers,
        "outside": step.outside.iter().map(|a| format!("{}:{}", a.host, a.port)).collect::<Vec<_>>(),
        "outcomes": all,
    })
}

/// One line of the wire log; times are seconds since the hook's start.
fn entry(entry: &Entry, started: Instant) -> Value {
    let at =
        |when: Option<Instant>| when.map(|w| w.saturating_duration_since(started).as_secs_f64());
    json!({
        "call": entry.call.name(),
        "method": entry.method,
        "target": entry.target,
        "headers": entry.headers,
        "body": String::from_utf8_lossy(&entry.body),
        "received_s": at(entry.received),
        "answered_s": at(entry.answered),
        "gone_s": at(entry.gone),
        "answer": format!("{:?}", entry.answer),
        "fault": entry.fault,
        "trouble": entry.trouble,
    })
}
