//! One hook entry: is it well formed for a client version, and what does it say.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Action, Client, ClientVersion, Event, Hook, OnFailure, Source};

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/hook_entry.toml"))
        .expect("data/hook_entry.toml is part of the program and tested")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    field: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    kind: String,
    name: String,
    #[serde(rename = "type")]
    shape: Option<Shape>,
    values: Option<Vec<String>>,
    #[serde(default)]
    required: bool,
    since: Option<ClientVersion>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    String,
    Boolean,
    Positive,
    Strings,
    Record,
    StringRecord,
    Url,
}

/// What is wrong with an entry: the field and the words for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) path: Vec<String>,
    pub(super) message: String,
}

/// The first thing about an entry that this client does not take.
pub(super) fn problem(entry: &Value, client: &Client) -> Option<Problem> {
    let at = |name: &str, message: String| {
        Some(Problem {
            path: vec![name.to_owned()],
            message,
        })
    };
    let Value::Object(entry) = entry else {
        return Some(Problem {
            path: Vec::new(),
            message: "a hook must be an object".into(),
        });
    };
    let Some(kind) = entry.get("type").and_then(Value::as_str) else {
        return at("type", "a hook needs a `type`".into());
    };
    if !client.semantics.kinds.iter().any(|k| k == kind) {
        return at(
            "type",
            format!("this client knows no hooks of type `{kind}`"),
        );
    }
    let fields = TABLE
        .field
        .iter()
        .filter(|f| f.kind == kind && f.since.is_none_or(|since| since <= client.version));
    for field in fields {
        let name = &field.name;
        match entry.get(name) {
            None if field.required => return at(name, format!("`{name}` is missing")),
            None => {}
            Some(value) => {
                if let Some(expected) = field.mismatch(value) {
                    return at(name, format!("`{name}` must be {expected}"));
                }
            }
        }
    }
    None
}

impl Field {
    /// What the value should be, when it is not.
    fn mismatch(&self, value: &Value) -> Option<String> {
        if let Some(values) = &self.values {
            let good = value
                .as_str()
                .is_some_and(|v| values.iter().any(|o| o == v));
            return (!good).then(|| format!("one of {}", values.join(", ")));
        }
        let (good, expected) = match self.shape? {
            Shape::String => (value.is_string(), "a text"),
            Shape::Boolean => (value.is_boolean(), "true or false"),
            Shape::Positive => (
                value.as_f64().is_some_and(|n| n > 0.0),
                "a number of seconds above 0",
            ),
            Shape::Strings => (
                value
                    .as_array()
                    .is_some_and(|a| a.iter().all(Value::is_string)),
                "a list of texts",
            ),
            Shape::Record => (value.is_object(), "an object"),
            Shape::StringRecord => (
                value
                    .as_object()
                    .is_some_and(|o| o.values().all(Value::is_string)),
                "an object of texts",
            ),
            Shape::Url => (value.as_str().is_some_and(is_url), "a URL"),
        };
        (!good).then(|| expected.to_owned())
    }
}

fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// The hook that a well-formed entry declares, with what this client honours of it.
pub(super) fn hook(
    entry: &Map<String, Value>,
    event: Event,
    matcher: Option<&str>,
    source: &Source,
    client: &Client,
) -> Hook {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    let is = |name: &str| entry.get(name) == Some(&Value::Bool(true));
    let known = &client.semantics;
    let declared = entry.get("timeout").and_then(Value::as_f64);
    let block = text("onFailure").is_some_and(|v| match text("type").as_deref() {
        Some("mcp_tool") => v != "continue",
        _ => v == "block",
    });
    Hook {
        event,
        matcher: matcher.map(str::to_owned),
        action: action(entry, client),
        timeout: seconds(declared.unwrap_or(default_timeout(event, client))),
        timeout_declared: declared.is_some(),
        condition: text("if").filter(|c| known.conditions && !c.is_empty()),
        is_async: known.async_hooks && is("async"),
        async_rewake: known.async_hooks && is("asyncRewake"),
        on_failure: if known.on_failure && block {
            OnFailure::Block
        } else {
            OnFailure::Continue
        },
        shell: text("shell"),
        status_message: text("statusMessage"),
        source: source.clone(),
    }
}

fn action(entry: &Map<String, Value>, client: &Client) -> Action {
    let text = |name: &str| {
        entry
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let list = |name: &str| {
        let items = entry.get(name).and_then(Value::as_array);
        items.map(|items| {
            items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
    };
    match entry
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
    {
        "command" => Action::Command {
            command: text("command"),
            args: list("args").filter(|_| client.semantics.args),
        },
        "http" => Action::Http {
            url: text("url"),
            headers: entry
                .get("headers")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())))
                .collect(),
            allowed_env: list("allowedEnvVars").unwrap_or_default(),
        },
        "mcp_tool" => Action::McpTool {
            server: text("server"),
            tool: text("tool"),
            input: entry
                .get("input")
                .cloned()
                .unwrap_or_else(|| Value::Object(Map::new())),
        },
        kind => Action::NeedsModel(kind.to_owned()),
    }
}

/// The client's time limit in seconds for a hook that declares none.
pub(super) fn default_timeout(event: Event, client: &Client) -> f64 {
    let _ = event;
    #[allow(clippy::cast_precision_loss, reason = "at most some minutes")]
    let seconds = client.semantics.tool_timeout_seconds as f64;
    seconds
}

/// Longer times than a century are as good as none.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::from_secs(u32::MAX.into()))
}
