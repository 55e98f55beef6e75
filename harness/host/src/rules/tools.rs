//! What kind of permission each built-in tool needs, and its parameters.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Client, ClientVersion};

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/tools.toml"))
        .expect("data/tools.toml is part of the program and tested")
});

#[derive(Deserialize)]
struct Table {
    tool: Vec<Tool>,
}

/// What kind of permission a tool needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Need {
    /// By the commands it runs.
    Command,
    /// By the file it changes.
    Edit,
    /// By the file it reads.
    Read,
    /// By the domain it asks.
    Domain,
    /// One for the tool as a whole.
    Tool,
    /// None.
    None,
}

/// A built-in tool.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    pub(crate) name: String,
    #[serde(default)]
    aliases: Vec<String>,
    pub(crate) permission: Need,
    path: Option<String>,
    since: Option<ClientVersion>,
    until: Option<ClientVersion>,
    parameters: toml::Table,
}

impl Tool {
    /// The tool that this client knows by a name.
    pub(crate) fn named(name: &str, client: &Client) -> Option<&'static Self> {
        TABLE.tool.iter().find(|tool| {
            (tool.name == name || tool.aliases.iter().any(|a| a == name))
                && tool.since.is_none_or(|since| since <= client.version)
                && tool.until.is_none_or(|until| client.version <= until)
        })
    }

    /// The file a call is about.
    pub(crate) fn path_of(&self, input: &Value, cwd: &Path) -> Option<PathBuf> {
        let given = input.get(self.path.as_deref()?).and_then(Value::as_str);
        given.map(|path| cwd.join(path))
    }

    /// What the newest client says about a command line with characters that a person would not
    /// see when asked.
    pub(crate) fn hidden_characters(&self, input: &Value, client: &Client) -> Option<String> {
        let line = input.get("command")?.as_str()?;
        let hidden = line.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
        let issue = json!([{
            "code": "custom",
            "path": ["command"],
            "message": "command contains control characters that would be hidden in the approval dialog",
        }]);
        let newest = client.semantics.updated_input_validated;
        (newest && hidden && self.permission == Need::Command)
            .then(|| serde_json::to_string_pretty(&issue).unwrap_or_default())
    }

    /// What the client says about an input that does not fit the tool's parameters.
    pub(crate) fn input_problem(&self, input: &Value, strict: bool) -> Option<String> {
        let empty = Map::new();
        let given = input.as_object().unwrap_or(&empty);
        let mut missing = Vec::new();
        let mut wrong = Vec::new();
        for (name, kind) in &self.parameters {
            let kind = kind.as_str().unwrap_or("any");
            let (kind, optional) = match kind.strip_suffix('?') {
                Some(kind) => (kind, true),
                None => (kind, false),
            };
            match given.get(name) {
                None if !optional => {
                    missing.push(format!("The required parameter `{name}` is missing"));
                }
                Some(value) if type_of(value) != kind && !looks_like(value, kind) => {
                    wrong.push(format!(
                        "The parameter `{name}` type is expected as `{kind}` but provided as `{}`",
                        type_of(value)
                    ));
                }
                _ => {}
            }
        }
        let unknown = given
            .keys()
            .filter(|name| strict && !self.parameters.contains_key(*name))
            .map(|name| format!("An unexpected parameter `{name}` was provided"));
        let lines: Vec<String> = missing.into_iter().chain(unknown).chain(wrong).collect();
        if lines.is_empty() {
            return None;
        }
        let issues = if lines.len() > 1 { "issues" } else { "issue" };
        Some(format!(
            "{} failed due to the following {issues}:\n{}",
            self.name,
            lines.join("\n")
        ))
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Numbers and booleans may be written as texts.
fn looks_like(value: &Value, kind: &str) -> bool {
    match (value, kind) {
        (Value::String(text), "number") => text.trim().parse::<f64>().is_ok(),
        (Value::String(text), "boolean") => text == "true" || text == "false",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_wrong_input() {
        let client = Client::default();
        let bash = Tool::named("Bash", &client).unwrap();
        assert_eq!(bash.input_problem(&json!({"command": "ls"}), true), None);
        assert_eq!(
            bash.input_problem(&json!({"cmd": "ls"}), true).unwrap(),
            "Bash failed due to the following issues:\nThe required parameter `command` is missing\nAn unexpected parameter `cmd` was provided"
        );
        assert_eq!(
            bash.input_problem(&json!({"command": 5}), false).unwrap(),
            "Bash failed due to the following issue:\nThe parameter `command` type is expected as `string` but provided as `number`"
        );
    }

    #[test]
    fn tools_come_and_go() {
        let old = Client::at(ClientVersion::new(1, 0, 128));
        assert!(Tool::named("MultiEdit", &old).is_some());
        assert!(Tool::named("MultiEdit", &Client::default()).is_none());
        assert_eq!(
            Tool::named("Task", &Client::default()).unwrap().name,
            "Agent"
        );
    }
}
