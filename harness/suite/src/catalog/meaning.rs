//! Names and patterns in a scenario must mean something: a request kind that no request has, or a
//! payload that no client sent, would hold or not apply whatever the hook does.

use super::lint::at_line;
use super::{Catalog, Diagnostic, ScenarioTemplate};
use crate::scenario::{Expect, HeaderExpect, TextExpect};
use hookproof_agent::CALL_NAMES;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Kinds of request beside those of the agent's own calls.
const KINDS: [&str; 2] = ["any", "connection"];

/// Appends every pattern that does not compile and every request kind that does not exist.
pub(super) fn expectations(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for scenario in &catalog.scenarios {
        let steps = scenario.sample.step.iter().flat_map(|s| &s.expect);
        for expect in scenario.sample.expect.iter().chain(steps) {
            for (message, hint) in mistakes(expect) {
                found.push(at_line(&scenario.file, scenario.line, &message, hint));
            }
        }
    }
    for ambient in &catalog.ambient {
        for (message, hint) in mistakes(&ambient.item.expect) {
            found.push(at_line(&ambient.file, ambient.line, &message, hint));
        }
    }
}

/// Appends every payload that is in no client's recordings below `folder`.
pub(super) fn payloads(catalog: &Catalog, folder: &Path, found: &mut Vec<Diagnostic>) {
    let recorded = recorded(folder);
    if recorded.is_empty() {
        return;
    }
    for scenario in &catalog.scenarios {
        for name in named(scenario) {
            let file = name.replacen('/', "-", 1);
            if name.contains('/') && recorded.contains(&file) {
                continue;
            }
            let message = format!("no client's recordings hold the payload `{name}`");
            let hint = nearest(recorded.iter().map(String::as_str), &file)
                .map(|file| format!("did you mean `{}`?", file.replacen('-', "/", 1)));
            found.push(at_line(&scenario.file, scenario.line, &message, hint));
        }
    }
}

fn mistakes(expect: &Expect) -> Vec<(String, Option<String>)> {
    let texts = texts(expect);
    let patterns = texts.iter().filter_map(|t| t.matches.as_deref());
    let broken = patterns.filter_map(|pattern| {
        let error = regex::Regex::new(pattern).err()?.to_string();
        let why = error.lines().last().unwrap_or_default().to_owned();
        Some((
            format!("`{pattern}` is no regular expression"),
            Some(why.trim_start_matches("error: ").to_owned()),
        ))
    });
    let wire = expect.wire.iter();
    let kinds = wire.flat_map(|w| [Some(&w.call), w.before.as_ref()]);
    let unknown = kinds.flatten().filter(|kind| !is_kind(kind)).map(|kind| {
        let all = CALL_NAMES.into_iter().chain(KINDS);
        let likely = nearest(all, kind).map(|name| format!("did you mean `{name}`?"));
        (format!("`{kind}` is no kind of request"), likely)
    });
    broken.chain(unknown).collect()
}

fn is_kind(name: &str) -> bool {
    CALL_NAMES.contains(&name) || KINDS.contains(&name)
}

fn texts(expect: &Expect) -> Vec<TextExpect> {
    let own = [&expect.reason, &expect.model, &expect.user, &expect.stderr];
    let mut all: Vec<TextExpect> = own.into_iter().flatten().cloned().collect();
    for wire in &expect.wire {
        all.extend(wire.statement.clone());
        all.extend(wire.headers.values().filter_map(|h| match h {
            HeaderExpect::Text(text) => Some(text.clone()),
            _ => None,
        }));
        let tables = wire.arguments.values().filter(|v| v.is_object()).cloned();
        all.extend(tables.filter_map(|v: Value| serde_json::from_value(v).ok()));
    }
    all.extend(expect.files.iter().filter_map(|f| f.text.clone()));
    all
}

/// The payloads that a scenario and its steps name.
fn named(scenario: &ScenarioTemplate) -> BTreeSet<&str> {
    let steps = scenario.sample.step.iter().map(|s| &s.situation);
    let all = steps.chain([&scenario.sample.situation]);
    all.filter_map(|s| s.payload.as_deref()).collect()
}

/// `EVENT-NAME` of everything recorded, over all clients.
fn recorded(folder: &Path) -> BTreeSet<String> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries(folder)
        .flat_map(|client| entries(&client.path()))
        .filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".json").map(str::to_owned)
        })
        .collect()
}

fn nearest<'a>(known: impl Iterator<Item = &'a str>, wanted: &str) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(name, wanted);
    known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(expect: Value) -> Vec<String> {
        let expect: Expect = serde_json::from_value(expect).unwrap();
        let told = |(message, hint): (String, Option<String>)| {
            format!("{message}; {}", hint.unwrap_or_default())
        };
        mistakes(&expect).into_iter().map(told).collect()
    }

    #[test]
    fn patterns_must_compile_wherever_they_stand() {
        let bad = json!({ "matches": "a(" });
        let told = told(json!({
            "requirement": "r",
            "reason": bad,
            "files": [{ "path": "~/x", "text": bad }],
            "wire": [{ "call": "any", "statement": bad, "arguments": { "a": bad }, "headers": { "h": bad } }],
        }));
        assert_eq!(
            told,
            vec!["`a(` is no regular expression; unclosed group"; 5]
        );
    }

    #[test]
    fn kinds_of_requests_must_exist() {
        let kinds = CALL_NAMES.into_iter().chain(KINDS);
        for kind in kinds {
            assert_eq!(
                told(json!({ "requirement": "r", "wire": [{ "call": kind }] })),
                Vec::<String>::new()
            );
        }
        assert_eq!(
            told(
                json!({ "requirement": "r", "wire": [{ "call": "chek_policy", "before": "helth" }] })
            ),
            [
                "`chek_policy` is no kind of request; did you mean `check_policy`?",
                "`helth` is no kind of request; did you mean `health`?"
            ]
        );
    }
}
