//! What a scenario arranges.

use hookproof_agent::Script;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that is arranged around one hook event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Situation {
    /// A recorded payload, `EVENT/NAME`: the file `fixtures/payloads/CLIENT/EVENT-NAME.json`.
    pub payload: Option<String>,
    /// Fields set in the payload by dotted path, as `"tool_input.command" = "ls"`.
    ///
    /// A value `{ repeat = "a", times = 1000, first = "", then = "" }` writes long filler.
    pub patch: BTreeMap<String, Value>,
    /// Fields removed from the payload by dotted path.
    pub remove: Vec<String>,
    /// What the hook reads instead of the payload.
    pub stdin: Option<Stdin>,
    /// Environment of the hook beside the standard one. `{endpoint}` is the agent's base URL.
    pub env: BTreeMap<String, String>,
    /// Variables of the standard environment that are left out.
    pub unset: Vec<String>,
    /// Files that exist before the hook runs.
    pub files: Vec<FileSetup>,
    /// Programs that cannot be found on PATH.
    pub path_without: Vec<String>,
    /// What the mock agent answers.
    pub agent: Option<Script>,
    /// The host's permission rules.
    pub permissions: Option<Permissions>,
    /// The host's permission mode.
    pub mode: Option<String>,
}

impl Situation {
    /// This situation, with what it leaves open taken from `base`.
    #[must_use]
    pub fn over(&self, base: &Self) -> Self {
        let mut patch = base.patch.clone();
        patch.extend(self.patch.clone());
        let mut env = base.env.clone();
        env.extend(self.env.clone());
        let joined = |mine: &Vec<String>, theirs: &Vec<String>| {
            theirs.iter().chain(mine).cloned().collect::<Vec<_>>()
        };
        Self {
            payload: self.payload.clone().or_else(|| base.payload.clone()),
            patch,
            remove: joined(&self.remove, &base.remove),
            stdin: self.stdin.clone().or_else(|| base.stdin.clone()),
            env,
            unset: joined(&self.unset, &base.unset),
            files: base.files.iter().chain(&self.files).cloned().collect(),
            path_without: joined(&self.path_without, &base.path_without),
            agent: self.agent.clone().or_else(|| base.agent.clone()),
            permissions: self
                .permissions
                .clone()
                .or_else(|| base.permissions.clone()),
            mode: self.mode.clone().or_else(|| base.mode.clone()),
        }
    }
}

/// Bytes on the hook's stdin in place of the payload.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Stdin {
    /// This text.
    Text(String),
    /// These bytes.
    Base64(String),
    /// The payload after a byte order mark, cut, doubled, ...
    Payload(PayloadForm),
}

/// A deformation of the payload that keeps it recognisable.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum PayloadForm {
    /// Pretty-printed over many lines.
    Pretty,
    /// Every character outside ASCII, and `<`, `>`, `&`, written as `\uXXXX`.
    AsciiEscaped,
    /// The first half only.
    Truncated,
    /// After a UTF-8 byte order mark.
    Bom,
}

/// A file arranged before the hook runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileSetup {
    /// `~/…` (the scratch HOME) or `{plugin}/…`.
    pub path: String,
    /// Content; `{now+60}` and `{now-60}` are epoch seconds relative to the start of the run.
    #[serde(default)]
    pub text: String,
    /// Octal mode, as `"600"`.
    pub mode: Option<String>,
    /// A directory instead of a file.
    #[serde(default)]
    pub directory: bool,
}

/// The `permissions` object of settings.json.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Permissions {
    /// Calls that run without a prompt.
    pub allow: Vec<String>,
    /// Calls that always prompt.
    pub ask: Vec<String>,
    /// Calls that are refused.
    pub deny: Vec<String>,
}
