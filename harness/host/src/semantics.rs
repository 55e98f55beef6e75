//! What one client version does, folded from the table `data/changes.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::version::ClientVersion;

static CHANGES: &str = include_str!("../data/changes.toml");

/// One row of the table: what changed, since when, and how that is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The first version with these values.
    pub since: ClientVersion,
    /// One sentence.
    pub what: String,
    /// `measured` or `changelog`.
    pub source: String,
    /// The values that change.
    pub set: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    change: Vec<Change>,
}

/// The text that tells the model of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockText {
    /// `<Tool> operation blocked by hook:` and a list of all reasons.
    OperationBlockedList,
    /// A JSON deny is told as the bare reason.
    BareReason,
    /// `PreToolUse:<Tool> hook error: <reason>`.
    HookError,
}

/// How texts beside the tool's result reach the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InjectedAs {
    /// A user text in `<post-tool-use-hook>`.
    PostToolUseHook,
    /// A user text in `<system-reminder>`.
    SystemReminder,
    /// A message of role `system`.
    System,
}

/// How the verdicts of several hooks become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Merge {
    /// All are awaited, then read in the order of the configuration; any block wins.
    Collected,
    /// Each is taken in as it finishes and repeats the strictest decision so far under its own
    /// name; a block by exit code is overruled by any decision.
    Streamed,
    /// Each is taken in as it finishes; deny beats defer beats ask beats allow.
    Ranked,
}

/// What a permission prompt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptReason {
    /// Nothing.
    None,
    /// The client's own reason.
    Own,
    /// The hook's reason, if a hook asked; else the client's own.
    Hook,
}

/// What exit code 2 means beside a JSON object on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit2WithJson {
    /// Only the JSON counts.
    JsonDecides,
    /// The action is blocked.
    Blocks,
}

/// What `continue: false` does to a deny of the same hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopBesideDeny {
    /// The model is told that the execution was stopped.
    StopText,
    /// The deny counts and the turn goes on.
    Continues,
    /// The tool does not run and the turn stops.
    Stops,
}

/// When `updatedInput` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdatedInput {
    /// Never.
    Never,
    /// Beside an allow.
    WithAllow,
    /// Also without a decision.
    Always,
}

/// What is made of output that is no valid hook output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvalidOutput {
    /// Nothing; it is taken as if the hook had been silent.
    Silent,
    /// An error that the transcript and the person get.
    Reported,
}

/// What is made of a part of a file that the client does not understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotUnderstood {
    /// The whole file counts as absent.
    DropsFile,
    /// Only the part is left out.
    Ignored,
}

/// Which separators a matcher list may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatcherLists {
    /// `|`.
    Pipe,
    /// `|` and `,`, with white space around.
    PipeAndComma,
}

/// The characters of a matcher that is a plain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatcherExact {
    /// Letters, digits and `_`.
    Word,
    /// Those and `-`.
    WordAndHyphen,
}

/// What makes two hooks the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dedup {
    /// The command.
    Command,
    /// The command, the `if`, and the plugin.
    CommandConditionPlugin,
}

/// What a client version does. The fields are described in `data/changes.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    clippy::struct_excessive_bools,
    reason = "the table documents the fields; they are independent facts"
)]
pub struct Semantics {
    pub block_text: BlockText,
    pub injected_as: InjectedAs,
    pub notices: bool,
    pub large_text_limit: usize,
    pub merge: Merge,
    pub exit2_with_json: Exit2WithJson,
    pub prompt_reason: PromptReason,
    pub hook_asks: bool,
    pub stop_beside_deny: StopBesideDeny,
    pub rules_beat_allow: bool,
    pub allow_beats_plan_mode: bool,
    pub updated_input: UpdatedInput,
    pub updated_input_validated: bool,
    pub pre_context: bool,
    pub invalid_output: InvalidOutput,
    pub updated_tool_output: bool,
    pub updated_mcp_output: bool,
    pub on_failure: bool,
    pub permission_request: bool,
    pub permission_request_without_prompter: bool,
    pub events: Vec<String>,
    pub kinds: Vec<String>,
    pub unknown_event: NotUnderstood,
    pub invalid_entry: NotUnderstood,
    pub bad_rule: NotUnderstood,
    pub conditions: bool,
    pub args: bool,
    pub http: bool,
    pub async_hooks: bool,
    pub plugins: bool,
    pub dont_ask_mode: bool,
    pub auto_mode: bool,
    pub matcher_lists: MatcherLists,
    pub matcher_exact_characters: MatcherExact,
    pub agent_aliases: bool,
    pub dedup: Dedup,
    pub reloads_settings: bool,
    pub tool_timeout_seconds: u64,
    pub longest_timeout_seconds: f64,
    pub stdin_newline: bool,
    pub new_session: bool,
    pub sockets: bool,
    pub waits_for_eof: bool,
    pub exit_grace_milliseconds: u64,
}

static TABLE: LazyLock<Vec<Change>> = LazyLock::new(|| {
    toml::from_str::<Table>(CHANGES)
        .expect("data/changes.toml is part of the program and tested")
        .change
});

/// The table of changes, oldest first.
#[must_use]
pub fn changes() -> &'static [Change] {
    &TABLE
}

/// The semantics of a version: every change up to it.
pub(crate) fn at(version: ClientVersion) -> Semantics {
    let mut values = toml::Table::new();
    for change in changes().iter().filter(|c| c.since <= version) {
        values.extend(change.set.clone());
    }
    values
        .try_into()
        .expect("data/changes.toml is part of the program and tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_of_the_table_is_readable_and_dated_in_order() {
        let mut last = ClientVersion::new(0, 0, 0);
        for change in changes() {
            assert!(change.since >= last, "{} is out of order", change.what);
            last = change.since;
            let _ = at(change.since);
        }
    }

    #[test]
    fn dated_changes_hold_from_their_version_on() {
        let before = at(ClientVersion::new(2, 1, 89));
        let after = at(ClientVersion::new(2, 1, 90));
        assert_eq!(before.exit2_with_json, Exit2WithJson::JsonDecides);
        assert_eq!(after.exit2_with_json, Exit2WithJson::Blocks);
    }
}
