//! What the host did with the call, and what it read from the hook.

use super::Finding;
use super::text::{excerpt, judge, words};
use crate::evidence::{Evidence, StepEvidence};
use crate::scenario::{Expect, HostExpect, StdoutExpect, TextExpect};
use hookproof_host::{Fate, HookRun, Outcome, Reading};
use hookproof_process::Exit;
use std::time::Duration;

/// One of the texts of an outcome.
type Pick = fn(&Outcome) -> String;

pub(super) fn evaluate(
    expect: &Expect,
    step: &StepEvidence,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) {
    if let Some(want) = expect.host {
        findings.push(each(step, "host", host_words(want), |o| {
            (host_holds(want, o), describe(o, &step.call.tool_name))
        }));
    }
    let texts: [(&str, &Option<TextExpect>, Pick); 4] = [
        ("reason", &expect.reason, |o| {
            o.reason.clone().unwrap_or_default()
        }),
        ("model", &expect.model, told_to_model),
        ("user", &expect.user, told_to_user),
        ("stderr", &expect.stderr, |o| streams(o, |f| &f.stderr)),
    ];
    for (check, text, pick) in texts {
        if let Some(text) = text {
            findings.push(text_of(step, check, text, pick));
        }
    }
    if let Some(want) = expect.stdout {
        findings.push(each(step, "stdout", stdout_words(want), |o| {
            stdout(want, o)
        }));
    }
    if let Some(code) = expect.exit {
        findings.push(each(
            step,
            "exit",
            format!("every hook exits {code}"),
            |o| exit(code, o),
        ));
    }
    if let Some([least, most]) = expect.takes_s {
        findings.push(takes(step, evidence, least, most));
    }
    if expect.answers_in_time == Some(true) {
        let expected = "the hook ends by itself, before its declared timeout";
        findings.push(each(step, "answers-in-time", expected, in_time));
    }
    if expect.releases_stdout == Some(true) {
        let expected = "no child of the hook holds its stdout or stderr open after it ended";
        findings.push(each(step, "releases-stdout", expected, released));
    }
}

/// One finding over all concurrent outcomes: the first that does not hold is shown.
fn each(
    step: &StepEvidence,
    check: &str,
    expected: impl Into<String>,
    judge: impl Fn(&Outcome) -> (bool, String),
) -> Finding {
    let judged: Vec<_> = step.outcomes.iter().map(judge).collect();
    let shown = judged.iter().find(|(held, _)| !held).or(judged.first());
    let (held, observed) = shown
        .cloned()
        .unwrap_or((false, "nothing was fired".into()));
    Finding::new(check, expected, observed, held)
}

fn text_of(step: &StepEvidence, check: &str, expect: &TextExpect, pick: Pick) -> Finding {
    for outcome in &step.outcomes {
        let text = pick(outcome);
        if let Err((expected, observed)) = judge(expect, &text) {
            return Finding::new(check, expected, observed, false);
        }
    }
    let observed = step
        .outcomes
        .first()
        .map(|o| excerpt(&pick(o)))
        .unwrap_or_default();
    Finding::new(check, words(expect), observed, true)
}

fn host_holds(want: HostExpect, outcome: &Outcome) -> bool {
    let stuck = outcome.runs.iter().any(|r| r.gave_up);
    let asked = !outcome.prompted.is_empty();
    let held = match want {
        HostExpect::Runs => outcome.fate == Fate::Runs,
        HostExpect::Blocked => outcome.fate == Fate::Blocked,
        HostExpect::Asks => asked,
        HostExpect::NotSilent => !outcome.fate.runs() || asked || !outcome.to_user.is_empty(),
        HostExpect::RunsWithNotice => outcome.fate.runs() && !outcome.to_user.is_empty(),
        HostExpect::Continues => {
            matches!(outcome.fate, Fate::Continues) && !outcome.turn_stopped && !blocks(outcome)
        }
    };
    held && !stuck
}

/// After the call a hook can no longer stop it, but it can tell the model that it was wrong.
fn blocks(outcome: &Outcome) -> bool {
    outcome.runs.iter().any(|run| {
        let exit2 = run
            .finished
            .as_ref()
            .is_some_and(|f| f.exit == Exit::Code(2));
        let decision = match &run.reading {
            Reading::Json { output } => output.text("decision") == Some("block"),
            _ => false,
        };
        exit2 || decision
    })
}

fn host_words(want: HostExpect) -> &'static str {
    match want {
        HostExpect::Runs => "the host runs the tool and asks nobody",
        HostExpect::Blocked => "the host does not run the tool, because the hook blocked it",
        HostExpect::Asks => "the host asks the user",
        HostExpect::NotSilent => {
            "the tool does not run, or the user is told that it was not checked"
        }
        HostExpect::RunsWithNotice => {
            "the host runs the tool and the user is told that it was not checked"
        }
        HostExpect::Continues => "the host goes on: nothing is blocked, the turn is not stopped",
    }
}

fn describe(outcome: &Outcome, tool: &str) -> String {
    let mut text = match outcome.fate {
        Fate::Runs => "the host ran the tool".to_owned(),
        Fate::RunsAfterPrompt => "the host ran the tool after asking the user".to_owned(),
        Fate::Blocked => format!(
            "the host blocked the tool: {}",
            excerpt(outcome.reason.as_deref().unwrap_or(""))
        ),
        Fate::Refused => format!(
            "the host refused the tool: {}",
            excerpt(outcome.reason.as_deref().unwrap_or(""))
        ),
        Fate::Deferred => "the host put the call off and ended the turn".to_owned(),
        Fate::Aborted => "the host gave the call up".to_owned(),
        Fate::Continues => "the host went on".to_owned(),
    };
    if outcome.turn_stopped {
        text.push_str("; the turn was stopped");
    }
    for notice in &outcome.to_user {
        text.push_str(&format!("; the user was told {}", excerpt(notice)));
    }
    if outcome.runs.is_empty() {
        text.push_str(&format!(
            "; no hook ran: no matcher of the subject matches `{tool}`"
        ));
    }
    for run in &outcome.runs {
        text.push_str("; ");
        text.push_str(&ending(run));
    }
    text
}

/// How a hook ended and what the host read from it.
fn ending(run: &HookRun) -> String {
    let how = match (&run.finished, run.gave_up, run.cancelled) {
        (_, true, _) => "the hook was still running when the harness stopped waiting".to_owned(),
        (_, _, true) => format!(
            "the host killed the hook at its timeout of {} s",
            run.hook.timeout.as_secs_f64()
        ),
        (Some(finished), ..) => match finished.exit {
            Exit::Code(code) => format!("the hook exited {code}"),
            Exit::Signal(signal) => format!("the hook died of signal {signal}"),
            Exit::Unknown => "the hook's end was not seen".to_owned(),
        },
        (None, ..) => "no process was started".to_owned(),
    };
    let read = match &run.reading {
        Reading::Silent | Reading::Nothing => String::new(),
        Reading::PlainText { text } => {
            format!(" and printed text the host ignores: {}", excerpt(text))
        }
        Reading::Json { output } => {
            let text = output.as_value().to_string();
            format!(" and printed {}", excerpt(&text))
        }
        Reading::Async => " and went to the background".to_owned(),
        Reading::Invalid { why } => {
            format!(" and printed what the host throws away: {}", excerpt(why))
        }
    };
    let error = run
        .nonblocking_error
        .as_deref()
        .map(|e| format!(" (the host: {})", excerpt(e)))
        .unwrap_or_default();
    format!("{how}{read}{error}")
}

/// Everything the hooks caused the model to be told.
pub(super) fn told_to_model(outcome: &Outcome) -> String {
    let reason = outcome.reason.iter().cloned();
    let others = outcome.to_model.iter().map(|t| t.text.clone());
    reason.chain(others).collect::<Vec<_>>().join("\n")
}

fn told_to_user(outcome: &Outcome) -> String {
    let stderr = streams(outcome, |f| &f.stderr);
    outcome
        .to_user
        .iter()
        .cloned()
        .chain([stderr])
        .collect::<Vec<_>>()
        .join("\n")
}

/// One output stream of all hooks of the event.
pub(super) fn streams(
    outcome: &Outcome,
    pick: fn(&hookproof_process::Finished) -> &hookproof_process::Captured,
) -> String {
    let texts = outcome.runs.iter().filter_map(|r| r.finished.as_ref());
    texts
        .map(|f| String::from_utf8_lossy(&pick(f).bytes).into_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn stdout_words(want: StdoutExpect) -> &'static str {
    match want {
        StdoutExpect::Empty => "stdout is empty",
        StdoutExpect::Protocol => {
            "stdout is empty or exactly one JSON document that the host accepts"
        }
        StdoutExpect::Document => "stdout is exactly one JSON document that the host accepts",
    }
}

fn stdout(want: StdoutExpect, outcome: &Outcome) -> (bool, String) {
    for run in &outcome.runs {
        let held = match (&run.reading, want) {
            (Reading::Silent | Reading::Nothing, StdoutExpect::Document) => false,
            (Reading::Json { .. }, StdoutExpect::Empty) => false,
            (Reading::Silent | Reading::Nothing | Reading::Json { .. } | Reading::Async, _) => true,
            (Reading::PlainText { .. } | Reading::Invalid { .. }, _) => false,
        };
        if !held {
            let text = run
                .finished
                .as_ref()
                .map(|f| String::from_utf8_lossy(&f.stdout.bytes).into_owned());
            let why = match &run.reading {
                Reading::Invalid { why } => format!("; the host: {}", excerpt(why)),
                _ => String::new(),
            };
            return (
                false,
                format!("stdout was {}{why}", excerpt(&text.unwrap_or_default())),
            );
        }
    }
    (true, excerpt(&streams(outcome, |f| &f.stdout)))
}

fn exit(code: i32, outcome: &Outcome) -> (bool, String) {
    let odd = outcome.runs.iter().find(|r| {
        r.gave_up
            || r.finished
                .as_ref()
                .is_some_and(|f| f.exit != Exit::Code(code))
    });
    match odd {
        Some(run) => (false, ending(run)),
        None => (true, format!("exit {code}")),
    }
}

fn takes(step: &StepEvidence, evidence: &Evidence, least: f64, most: f64) -> Finding {
    let took = step.foreground();
    let low = Duration::from_secs_f64(least).saturating_sub(evidence.bounds.early());
    let high = Duration::from_secs_f64(most) + evidence.bounds.slack();
    let expected = format!(
        "the host goes on between {:.1} s and {:.1} s after the hook's start",
        low.as_secs_f64(),
        high.as_secs_f64()
    );
    let held = (low..=high).contains(&took)
        && !step
            .outcomes
            .iter()
            .flat_map(|o| &o.runs)
            .any(|r| r.gave_up);
    Finding::new(
        "takes",
        expected,
        format!("{:.2} s", took.as_secs_f64()),
        held,
    )
}

fn in_time(outcome: &Outcome) -> (bool, String) {
    match outcome.runs.iter().find(|r| r.cancelled || r.gave_up) {
        Some(run) => (false, ending(run)),
        None => (true, "it ended by itself".into()),
    }
}

fn released(outcome: &Outcome) -> (bool, String) {
    let held = outcome
        .runs
        .iter()
        .any(|r| r.finished.as_ref().is_some_and(|f| f.held_open));
    let observed = if held {
        "a child still held stdout or stderr when the hook ended"
    } else {
        "nothing held them"
    };
    (!held, observed.into())
}
