//! Requests at the agent.

use super::Finding;
use super::text::{excerpt, judge, words};
use crate::evidence::{Bounds, Evidence, StepEvidence};
use crate::payload;
use crate::scenario::{Expect, HeaderExpect, TextExpect, WireExpect};
use hookproof_agent::{Call, Entry};
use serde_json::Value;
use std::time::Duration;

pub(super) fn evaluate(
    expect: &Expect,
    step: &StepEvidence,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) {
    for (n, wire) in expect.wire.iter().enumerate() {
        let finding = one(wire, step, evidence.bounds);
        let twin = expect.wire[..n]
            .iter()
            .filter(|w| w.call == wire.call)
            .count();
        let suffix = if twin > 0 {
            format!("#{}", twin + 1)
        } else {
            String::new()
        };
        findings.push(Finding {
            check: format!("wire[{}]{suffix}", wire.call),
            ..finding
        });
    }
}

fn one(wire: &WireExpect, step: &StepEvidence, bounds: Bounds) -> Finding {
    let candidates: Vec<&Entry> = step
        .wire
        .iter()
        .filter(|e| is_call(&wire.call, e))
        .collect();
    let judged: Vec<Result<(), String>> = candidates
        .iter()
        .map(|entry| selects(wire, entry, step, bounds))
        .collect();
    let count = judged.iter().filter(|j| j.is_ok()).count();
    let held = count >= wire.times.least && wire.times.most.is_none_or(|most| count <= most);
    let observed = if held {
        count.to_string()
    } else {
        told(wire, &candidates, &judged, count, step)
    };
    Finding::new("", expected(wire, bounds), observed, held)
}

/// Whether `entry` is a request of the kind that scenario files call `name`.
fn is_call(name: &str, entry: &Entry) -> bool {
    match name {
        "connection" => true,
        "any" => entry.is_complete(),
        // The old hook of the REST interface asks the same questions by other routes.
        "check_policy" => {
            matches!(
                entry.call,
                Call::CheckPolicy | Call::PreCheck | Call::RestCheckInput
            )
        }
        "check_output" => matches!(entry.call, Call::CheckOutput | Call::RestCheckOutput),
        name => entry.call.name() == name,
    }
}

/// Whether `entry` satisfies every assertion; the first that it does not satisfy otherwise.
fn selects(
    wire: &WireExpect,
    entry: &Entry,
    step: &StepEvidence,
    bounds: Bounds,
) -> Result<(), String> {
    if let Some(expect) = &wire.statement {
        let text = statement(entry).unwrap_or_default();
        judge(expect, &text).map_err(|(_, observed)| format!("the text to judge is {observed}"))?;
    }
    let arguments = arguments(entry);
    for (path, want) in &wire.arguments {
        argument(want, payload::get(&arguments, path))
            .map_err(|got| format!("`{path}` is {got}"))?;
    }
    for (name, want) in &wire.headers {
        header(want, entry, name).map_err(|got| format!("header {name} {got}"))?;
    }
    if let Some([least, most]) = wire.abandoned_after_s {
        abandoned(entry, least, most, bounds)?;
    }
    if let Some(want) = wire.background
        && want != in_background(entry, step)
    {
        return Err(if want {
            "the hook waited for the answer"
        } else {
            "the hook did not wait for the answer"
        }
        .into());
    }
    if let Some(other) = &wire.before
        && let Some(first) = step.wire.iter().find(|e| is_call(other, e))
        && entry.seq > first.seq
    {
        return Err(format!("it came after {other}"));
    }
    Ok(())
}

/// The text that the agent is asked to judge.
fn statement(entry: &Entry) -> Option<String> {
    let arguments = arguments(entry);
    ["statement", "message", "query"]
        .iter()
        .find_map(|key| arguments.get(key)?.as_str().map(str::to_owned))
}

/// The arguments of a tool call, or the JSON body of a REST request.
fn arguments(entry: &Entry) -> Value {
    match &entry.rpc {
        Some(rpc) if !rpc.arguments.is_null() => rpc.arguments.clone(),
        _ => serde_json::from_slice(&entry.body).unwrap_or_default(),
    }
}

fn argument(want: &Value, got: Option<&Value>) -> Result<(), String> {
    let shown = got.map_or_else(|| "absent".to_owned(), |v| excerpt(&v.to_string()));
    if let Value::Object(_) = want
        && let Ok(expect) = serde_json::from_value::<TextExpect>(want.clone())
    {
        let text = match got {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        return judge(&expect, &text).map_err(|_| shown);
    }
    if got == Some(want) {
        Ok(())
    } else {
        Err(shown)
    }
}

fn header(want: &HeaderExpect, entry: &Entry, name: &str) -> Result<(), String> {
    let got = entry.header(name);
    let shown = got.map_or_else(|| "is absent".to_owned(), |v| format!("is {}", excerpt(v)));
    let held = match want {
        HeaderExpect::Present(true) => got.is_some_and(|v| !v.trim().is_empty()),
        HeaderExpect::Present(false) => got.is_none(),
        HeaderExpect::Equals(value) => got == Some(value.as_str()),
        HeaderExpect::Text(expect) => got.is_some_and(|v| judge(expect, v).is_ok()),
    };
    if held { Ok(()) } else { Err(shown) }
}

fn abandoned(entry: &Entry, least: f64, most: f64, bounds: Bounds) -> Result<(), String> {
    let from = entry.received.unwrap_or(entry.connected);
    let Some(gone) = entry.gone else {
        return Err("the client never gave up while the harness watched".into());
    };
    let after = gone.saturating_duration_since(from);
    let low = Duration::from_secs_f64(least).saturating_sub(bounds.early());
    let high = Duration::from_secs_f64(most) + bounds.late();
    if (low..=high).contains(&after) {
        Ok(())
    } else {
        Err(format!(
            "the client gave up after {:.2} s",
            after.as_secs_f64()
        ))
    }
}

/// Whether the host went on without waiting for the answer to `entry`. Who gives up first has
/// waited too, and so has a hook that never came to its end.
fn in_background(entry: &Entry, step: &StepEvidence) -> bool {
    if step
        .outcomes
        .iter()
        .flat_map(|o| &o.runs)
        .any(|r| r.gave_up)
    {
        return false;
    }
    let arrived_later = entry.received.is_some_and(|at| at >= step.went_on);
    let still_open = entry.gone.is_none_or(|at| at >= step.went_on);
    let unanswered = entry.answered.is_none_or(|at| at >= step.went_on);
    arrived_later || (still_open && unanswered)
}

fn expected(wire: &WireExpect, bounds: Bounds) -> String {
    let mut parts = vec![format!("{} {} request(s)", wire.times, wire.call)];
    if let Some(expect) = &wire.statement {
        parts.push(format!("the text to judge: {}", words(expect)));
    }
    for (path, want) in &wire.arguments {
        parts.push(format!("`{path}`: {want}"));
    }
    for (name, want) in &wire.headers {
        parts.push(match want {
            HeaderExpect::Present(true) => format!("header {name} present and not empty"),
            HeaderExpect::Present(false) => format!("no header {name}"),
            HeaderExpect::Equals(value) => format!("header {name}: {}", excerpt(value)),
            HeaderExpect::Text(expect) => format!("header {name}: {}", words(expect)),
        });
    }
    if let Some([least, most]) = wire.abandoned_after_s {
        parts.push(format!(
            "given up {least} to {most} s after the agent had it (margin {:.1} s)",
            bounds.late().as_secs_f64()
        ));
    }
    match wire.background {
        Some(true) => parts.push("in the background".into()),
        Some(false) => parts.push("the hook waits for the answer".into()),
        None => {}
    }
    if let Some(other) = &wire.before {
        parts.push(format!("before {other}"));
    }
    parts.join(", ")
}

fn told(
    wire: &WireExpect,
    candidates: &[&Entry],
    judged: &[Result<(), String>],
    count: usize,
    step: &StepEvidence,
) -> String {
    if candidates.is_empty() {
        let others: Vec<_> = step.wire.iter().map(seen).collect();
        let others = if others.is_empty() {
            "nothing at all".to_owned()
        } else {
            others.join(", ")
        };
        return format!("no {} request; the agent saw {others}", wire.call);
    }
    let misses: Vec<_> = judged
        .iter()
        .filter_map(|j| j.as_ref().err().cloned())
        .collect();
    match misses.first() {
        None => format!("{count} such requests"),
        Some(first) => format!(
            "{count} such, of {} {} request(s): {first}",
            candidates.len(),
            wire.call
        ),
    }
}

fn seen(entry: &Entry) -> String {
    match (&entry.trouble, entry.is_complete()) {
        (_, true) => entry.call.name().to_owned(),
        (Some(trouble), _) => format!("a broken request ({trouble})"),
        (None, _) => "a connection without a request".to_owned(),
    }
}
