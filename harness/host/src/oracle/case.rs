//! The case format.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Observed;
use crate::ClientVersion;

/// One line of a cases file: a case and what was observed, by client version.
#[derive(Debug, Clone, Deserialize)]
pub struct OracleCase {
    /// The case's id.
    pub id: String,
    /// The case.
    pub case: Case,
    /// What was observed; empty when nothing is known.
    #[serde(default)]
    pub observed: BTreeMap<ClientVersion, Observed>,
}

/// A run: what is configured and what the model does. The fields are described in the format's
/// own documentation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields are those of the case format")]
pub struct Case {
    pub id: String,
    pub hooks: Vec<HookSpec>,
    pub user_hooks: Vec<HookSpec>,
    pub plugin: Option<PluginSpec>,
    pub settings: Map<String, Value>,
    pub permissions: Option<Value>,
    pub mode: Option<String>,
    pub prompter: Option<String>,
    pub prompter_delay: f64,
    pub steps: Option<Vec<Value>>,
    pub subscripts: BTreeMap<String, Vec<Value>>,
    pub files: BTreeMap<String, Value>,
    pub watch: Vec<String>,
    pub mcp: Vec<String>,
    pub http: Map<String, Value>,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub linger: f64,
    pub only_versions: Option<Vec<ClientVersion>>,
}

/// One hook of a case.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields are those of the case format")]
pub struct HookSpec {
    pub name: String,
    pub event: Option<Value>,
    /// Kept raw: an absent key, `null` and `"<absent>"` mean different things.
    #[serde(deserialize_with = "present")]
    pub matcher: Option<Value>,
    pub same_group: bool,
    /// Kept raw: `null` is an entry too.
    #[serde(deserialize_with = "present")]
    pub raw: Option<Value>,
    pub nostdin: bool,
    pub sleep: Option<Value>,
    pub body: Option<String>,
    pub stdout: Option<Value>,
    pub stderr: Option<Value>,
    pub rc: i32,
    pub chmod: Option<u32>,
    pub cmd: Option<String>,
    pub extra: Map<String, Value>,
}

/// A plugin directory of a case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields are those of the case format")]
pub struct PluginSpec {
    pub hooks: Vec<HookSpec>,
    pub dir: Option<String>,
    pub name: Option<String>,
    pub inline: bool,
    pub nowrap: bool,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl HookSpec {
    /// The events the hook is declared for.
    #[must_use]
    pub fn events(&self) -> Vec<String> {
        match &self.event {
            None => vec!["PreToolUse".to_owned()],
            Some(Value::Array(events)) => events
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(event) => event.as_str().map(str::to_owned).into_iter().collect(),
        }
    }
}

/// A cases file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file cannot be opened.
    #[error("{}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no case.
    #[error("{}:{line}: not a case: {message}", file.display())]
    NotACase {
        /// The file.
        file: PathBuf,
        /// 1-based line.
        line: usize,
        /// Where in the line and why.
        message: String,
    },
}

/// The cases of a file: one JSON document per line, with or without observations; a line may
/// also be a bare case.
///
/// # Errors
/// When the file cannot be read or a line is no case.
pub fn read_cases(file: &Path) -> Result<Vec<OracleCase>, CaseError> {
    let text = std::fs::read_to_string(file).map_err(|source| CaseError::Unreadable {
        file: file.to_owned(),
        source,
    })?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            parse(line).map_err(|message| CaseError::NotACase {
                file: file.to_owned(),
                line: index + 1,
                message,
            })
        })
        .collect()
}

fn parse(line: &str) -> Result<OracleCase, String> {
    let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let value = if value.get("case").is_some() {
        value
    } else {
        let id = value
            .get("id")
            .cloned()
            .unwrap_or(Value::String(String::new()));
        serde_json::json!({"id": id, "case": value})
    };
    serde_path_to_error::deserialize(value).map_err(|e| e.to_string())
}
