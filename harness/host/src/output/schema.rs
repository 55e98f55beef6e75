//! Which JSON objects are a hook output, and the client's words for those that are not.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::ClientVersion;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/hook_output.toml"))
        .expect("data/hook_output.toml is part of the program and tested")
});

const DECISION_SHAPE: &str = r#" (PermissionRequest decision must be {"behavior": "allow"} or {"behavior": "deny", "message": "..."})"#;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Table {
    field: Vec<Row>,
    permission_request_decision: Behaviors,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behaviors {
    allow: Vec<Field>,
    deny: Vec<Field>,
}

#[derive(Deserialize)]
struct Row {
    of: String,
    since: Option<ClientVersion>,
    #[serde(flatten)]
    field: Field,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(rename = "type", default)]
    kind: Kind,
    values: Option<Vec<String>>,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Boolean,
    String,
    Number,
    #[default]
    Any,
    Record,
    Strings,
    Records,
    PermissionRequestDecision,
}

/// The first thing that is wrong: where, and the client's words for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Issue {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// The object without unknown keys, or the first issue.
pub(crate) fn validate(
    object: &Map<String, Value>,
    version: ClientVersion,
) -> Result<Map<String, Value>, Issue> {
    let mut kept = check(&fields("top", version), object, "")?;
    if let Some(specific) = object.get("hookSpecificOutput") {
        let specific = check_specific(specific, version)?;
        kept.insert("hookSpecificOutput".into(), Value::Object(specific));
    }
    Ok(kept)
}

fn fields(of: &str, version: ClientVersion) -> Vec<&'static Field> {
    let mut found: Vec<&'static Field> = Vec::new();
    for row in TABLE.field.iter().filter(|r| r.of == of) {
        if row.since.is_some_and(|since| since > version) {
            continue;
        }
        match found.iter_mut().find(|f| f.name == row.field.name) {
            Some(older) => *older = &row.field,
            None => found.push(&row.field),
        }
    }
    found
}

/// The events that `hookSpecificOutput` may name, in the order in which the client tries them.
fn events(version: ClientVersion) -> Vec<&'static str> {
    let mut events: Vec<&'static str> = Vec::new();
    for row in &TABLE.field {
        let known = row.since.is_none_or(|since| since <= version);
        if known && row.of != "top" && !events.contains(&row.of.as_str()) {
            events.push(&row.of);
        }
    }
    events
}

fn check_specific(value: &Value, version: ClientVersion) -> Result<Map<String, Value>, Issue> {
    const HERE: &str = "hookSpecificOutput";
    let Value::Object(object) = value else {
        return Err(wrong_type(HERE, "object", value));
    };
    let known = events(version);
    let named = object.get("hookEventName").and_then(Value::as_str);
    let Some(event) = named.and_then(|name| known.iter().find(|e| **e == name)) else {
        return Err(if object.contains_key("hookEventName") {
            Issue {
                path: format!("{HERE}.hookEventName"),
                message: one_of_some(&known),
            }
        } else {
            Issue {
                path: String::new(),
                message: r#"hookSpecificOutput is missing required field "hookEventName""#.into(),
            }
        });
    };
    let mut kept = check(&fields(event, version), object, HERE)?;
    kept.shift_insert(0, "hookEventName".into(), Value::String((*event).into()));
    Ok(kept)
}

/// The client lists six values and cuts the rest.
fn one_of_some(values: &[&str]) -> String {
    let listed: Vec<String> = values.iter().take(6).map(|v| format!("{v:?}")).collect();
    let more = if values.len() > 6 { " | …" } else { "" };
    format!("expected one of {}{more}", listed.join(" | "))
}

fn check(
    fields: &[&'static Field],
    object: &Map<String, Value>,
    at: &str,
) -> Result<Map<String, Value>, Issue> {
    let mut kept = Map::new();
    for field in fields {
        let path = join(at, &field.name);
        match object.get(&field.name) {
            Some(value) => {
                check_field(field, value, &path)?;
                kept.insert(field.name.clone(), value.clone());
            }
            None if field.required => {
                return Err(missing(field, path));
            }
            None => {}
        }
    }
    Ok(kept)
}

fn missing(field: &Field, path: String) -> Issue {
    let message = match field.kind {
        Kind::PermissionRequestDecision => {
            format!("expected object, received undefined{DECISION_SHAPE}")
        }
        _ => "expected string, received undefined".to_owned(),
    };
    Issue { path, message }
}

fn check_field(field: &'static Field, value: &Value, path: &str) -> Result<(), Issue> {
    if let Some(values) = &field.values {
        if value
            .as_str()
            .is_some_and(|v| values.iter().any(|o| o == v))
        {
            return Ok(());
        }
        let listed: Vec<String> = values.iter().map(|v| format!("{v:?}")).collect();
        return Err(Issue {
            path: path.into(),
            message: format!("Invalid option: expected one of {}", listed.join("|")),
        });
    }
    match field.kind {
        Kind::Any => Ok(()),
        Kind::Boolean => expect(value.is_boolean(), path, "boolean", value),
        Kind::String => expect(value.is_string(), path, "string", value),
        Kind::Number => expect(value.is_number(), path, "number", value),
        Kind::Record => expect(value.is_object(), path, "record", value),
        Kind::Strings => check_items(value, path, "string", Value::is_string),
        Kind::Records => check_items(value, path, "object", Value::is_object),
        Kind::PermissionRequestDecision => check_decision(value, path),
    }
}

fn check_items(
    value: &Value,
    path: &str,
    what: &str,
    good: fn(&Value) -> bool,
) -> Result<(), Issue> {
    let Value::Array(items) = value else {
        return Err(wrong_type(path, "array", value));
    };
    match items.iter().enumerate().find(|(_, item)| !good(item)) {
        None => Ok(()),
        Some((index, item)) => Err(wrong_type(&format!("{path}.{index}"), what, item)),
    }
}

fn check_decision(value: &Value, path: &str) -> Result<(), Issue> {
    let Value::Object(object) = value else {
        let mut issue = wrong_type(path, "object", value);
        issue.message.push_str(DECISION_SHAPE);
        return Err(issue);
    };
    let fields = match object.get("behavior").and_then(Value::as_str) {
        Some("allow") => &TABLE.permission_request_decision.allow,
        Some("deny") => &TABLE.permission_request_decision.deny,
        _ => {
            return Err(Issue {
                path: join(path, "behavior"),
                message: one_of_some(&["allow", "deny"]),
            });
        }
    };
    check(&fields.iter().collect::<Vec<_>>(), object, path).map(drop)
}

fn expect(good: bool, path: &str, expected: &str, value: &Value) -> Result<(), Issue> {
    if good {
        Ok(())
    } else {
        Err(wrong_type(path, expected, value))
    }
}

fn wrong_type(path: &str, expected: &str, value: &Value) -> Issue {
    let received = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Issue {
        path: path.into(),
        message: format!("expected {expected}, received {received}"),
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Client;
    use serde_json::json;

    fn issue(output: Value) -> Option<String> {
        let version = Client::default().version;
        validate(output.as_object().unwrap(), version)
            .err()
            .map(|i| format!("{}: {}", i.path, i.message))
    }

    #[test]
    fn names_the_first_wrong_field() {
        let wrong =
            json!({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": 1}});
        assert_eq!(
            issue(wrong).unwrap(),
            r#"hookSpecificOutput.permissionDecision: Invalid option: expected one of "allow"|"deny"|"ask"|"defer""#
        );
        let wrong = json!({"continue": "no", "systemMessage": 5});
        assert_eq!(
            issue(wrong).unwrap(),
            "continue: expected boolean, received string"
        );
    }

    #[test]
    fn keeps_known_keys_only() {
        let version = Client::default().version;
        let output = json!({"reason": "r", "extra": 1});
        let kept = validate(output.as_object().unwrap(), version).unwrap();
        assert_eq!(Value::Object(kept), json!({"reason": "r"}));
    }

    #[test]
    fn older_clients_know_fewer_values() {
        let output = json!({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "defer"}});
        let object = output.as_object().unwrap();
        assert!(validate(object, ClientVersion::new(2, 1, 38)).is_err());
        assert!(validate(object, ClientVersion::new(2, 1, 330)).is_ok());
    }
}
