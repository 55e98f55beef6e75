//! The `hooks` object: events, matcher groups, entries.

use serde_json::{Map, Value};

use super::entry::{self, Problem};
use crate::semantics::NotUnderstood;
use crate::{Client, Event, Hook, Source};

/// What a `hooks` object holds for a client.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub(super) hooks: Vec<Hook>,
    /// Entries that are left out one by one.
    pub(super) stripped: Vec<Problem>,
}

/// The hooks of a `hooks` object, or the problem that makes the client drop the whole file.
pub(super) fn load(hooks: &Value, source: &Source, client: &Client) -> Result<Groups, Problem> {
    let mut loaded = Groups::default();
    let Value::Object(events) = hooks else {
        let wrong = problem(&[], "`hooks` must be an object with one key per event");
        return match client.semantics.invalid_entry {
            NotUnderstood::DropsFile => Err(wrong),
            NotUnderstood::Ignored => {
                loaded.stripped.push(wrong);
                Ok(loaded)
            }
        };
    };
    for (name, groups) in events {
        let known = client.semantics.events.iter().any(|e| e == name);
        let Some(event) = Event::named(name).filter(|_| known) else {
            let unknown = problem(&[name], &format!("this client knows no event `{name}`"));
            match client.semantics.unknown_event {
                NotUnderstood::DropsFile => return Err(unknown),
                NotUnderstood::Ignored => loaded.stripped.push(unknown),
            }
            continue;
        };
        let Value::Array(groups) = groups else {
            let wrong = problem(
                &[name],
                &format!("`{name}` must be a list of matcher groups"),
            );
            // An event without a value says nothing, also where it would guard something.
            match client.semantics.invalid_entry {
                NotUnderstood::Ignored if groups.is_null() => loaded.stripped.push(wrong),
                _ => give_up(event, client, &mut loaded, wrong)?,
            }
            continue;
        };
        for (index, group) in groups.iter().enumerate() {
            let at = [name.as_str(), &index.to_string()];
            load_group(group, event, &at, source, client, &mut loaded)?;
        }
    }
    Ok(loaded)
}

fn load_group(
    group: &Value,
    event: Event,
    at: &[&str],
    source: &Source,
    client: &Client,
    loaded: &mut Groups,
) -> Result<(), Problem> {
    let entries = match check_group(group) {
        Ok(entries) => entries,
        Err((field, message)) => {
            return give_up(
                event,
                client,
                loaded,
                problem(&[at, &[field]].concat(), message),
            );
        }
    };
    let matcher = group.get("matcher").and_then(Value::as_str);
    for (index, value) in entries.iter().enumerate() {
        let index = index.to_string();
        if let Some(wrong) = entry::problem(value, client) {
            let mut path: Vec<String> = at.iter().map(|p| (*p).to_owned()).collect();
            path.extend(["hooks".to_owned(), index]);
            path.extend(wrong.path);
            let wrong = Problem {
                path,
                message: wrong.message,
            };
            give_up(event, client, loaded, wrong)?;
        } else if let Value::Object(object) = value {
            loaded
                .hooks
                .push(entry::hook(object, event, matcher, source, client));
        }
    }
    Ok(())
}

fn check_group(group: &Value) -> Result<&Vec<Value>, (&'static str, &'static str)> {
    let Value::Object(object) = group else {
        return Err(("", "a matcher group must be an object"));
    };
    if object.get("matcher").is_some_and(|m| !m.is_string()) {
        return Err(("matcher", "`matcher` must be a text"));
    }
    match object.get("hooks") {
        Some(Value::Array(entries)) => Ok(entries),
        _ => Err(("hooks", "a matcher group needs a list `hooks`")),
    }
}

/// A part that is not understood drops the file, or only itself where it guards nothing.
fn give_up(
    event: Event,
    client: &Client,
    loaded: &mut Groups,
    wrong: Problem,
) -> Result<(), Problem> {
    let guards = matches!(event, Event::PreToolUse | Event::PermissionRequest);
    match client.semantics.invalid_entry {
        NotUnderstood::Ignored if !guards => {
            loaded.stripped.push(wrong);
            Ok(())
        }
        _ => Err(wrong),
    }
}

fn problem(path: &[&str], message: &str) -> Problem {
    Problem {
        path: path
            .iter()
            .filter(|p| !p.is_empty())
            .map(|p| (*p).to_owned())
            .collect(),
        message: message.to_owned(),
    }
}

/// The object at a key, or an empty one.
pub(super) fn object<'a>(parent: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    parent.get(key).filter(|v| !v.is_null())
}
