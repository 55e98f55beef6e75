//! What came of one fired event.

use serde::Serialize;
use serde_json::Value;

use crate::hook::Hook;
use crate::output::Reading;
use crate::verdict::Block;

/// What happens to the action the event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// `PreToolUse`: the tool runs and nobody was asked.
    Runs,
    /// `PreToolUse`: the tool runs because a person said yes.
    RunsAfterPrompt,
    /// `PreToolUse`: a hook blocked the call.
    Blocked,
    /// `PreToolUse`: refused by a rule, a mode, a person, or because nobody can be asked.
    Refused,
    /// `PreToolUse`: set aside for later; the turn ends without a result.
    Deferred,
    /// The client gives the call up without asking any hook.
    Aborted,
    /// Any other event: the session goes on.
    Continues,
}

impl Fate {
    /// Whether the tool's effect happens.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, Self::Runs | Self::RunsAfterPrompt)
    }
}

/// A text that the model receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelText {
    /// `user` or `system`.
    pub role: String,
    /// The text.
    pub text: String,
}

/// Why a hook gave no usable verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was stopped for time.
    TimedOut,
    /// It exited with another code than 0 and 2 and printed no verdict.
    ExitCode,
    /// It was ended by a signal, or its program could not be started.
    DidNotRun,
    /// What it printed is no valid hook output.
    Invalid,
    /// HTTP: no 2xx answer; MCP: no answer or an error.
    NoAnswer,
    /// Its matcher or its `if` can never match.
    NeverMatches,
}

/// A hook that ran and did not govern the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ungoverned {
    /// The hook, as the client names it.
    pub hook: String,
    /// The kind of reason.
    pub why: Why,
    /// The client's own words for it.
    pub detail: String,
}

/// One hook's run.
#[derive(Debug, Clone)]
pub struct HookRun {
    /// The hook.
    pub hook: Hook,
    /// The command line, URL or tool, after substitution.
    pub command: String,
    /// The process, when one was started.
    pub finished: Option<hookproof_process::Finished>,
    /// What the client read from it.
    pub reading: Reading,
    /// Whether the client killed it for time.
    pub cancelled: bool,
    /// Whether the harness' own patience ended first.
    pub gave_up: bool,
    /// The text that the transcript records as a non-blocking error.
    pub nonblocking_error: Option<String>,
}

/// Everything that came of one fired event.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What happens to the action.
    pub fate: Fate,
    /// What the model is told instead of the tool's result.
    pub reason: Option<String>,
    /// Other texts that the model receives.
    pub to_model: Vec<ModelText>,
    /// What a person is told: notices and hooks' `systemMessage`.
    pub to_user: Vec<String>,
    /// One entry per permission prompt: its reason.
    pub prompted: Vec<Option<String>>,
    /// The input that replaces the call's.
    pub updated_input: Option<Value>,
    /// The output that replaces the tool's.
    pub updated_output: Option<Value>,
    /// No further model request is made.
    pub turn_stopped: bool,
    /// What hooks said against something that had already happened.
    pub blocks: Vec<Block>,
    /// The whole run is ended by a hook's answer to a permission request.
    pub interrupted: bool,
    /// Hooks that ran and gave no usable verdict.
    pub ungoverned: Vec<Ungoverned>,
    /// Every hook that ran, in the order they finished.
    pub runs: Vec<HookRun>,
}
