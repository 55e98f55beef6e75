//! What is observed of a run.

use serde::{Deserialize, Serialize};

/// What is observed of a run; the fields are those of the format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Whether the last call's effect happened; `None` when no call was made.
    pub executed: Option<bool>,
    /// How often the side effect happened.
    pub times: usize,
    /// One entry per permission prompt: its reason.
    pub prompted: Vec<Option<String>>,
    /// No further model request was made.
    pub turn_stopped_after_tool: bool,
    /// The client's terminal reason, where it gives one.
    pub stop: Option<String>,
    /// Per call: what went back to the model.
    pub tools: Vec<ToolObserved>,
    /// Other text about hooks that the model received.
    pub injected: Vec<Injected>,
    /// Names of the hook processes that started, in order of start.
    pub hook_runs: Vec<String>,
    /// What a person would be told.
    pub notices: Vec<String>,
    /// Non-blocking hook errors in the transcript (first 200 characters).
    pub nonblocking_errors: Vec<String>,
    /// How many hooks the client killed for time.
    pub hook_cancelled: usize,
    /// The client's exit code.
    pub client_rc: i32,
}

/// What went back to the model for one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolObserved {
    /// The tool's name as the model wrote it.
    pub name: String,
    /// The first 400 characters of the result; `None` when no result was sent.
    pub result: Option<String>,
    /// The length of the result in characters.
    pub result_chars: Option<usize>,
    /// Whether the result is an error.
    pub is_error: bool,
}

/// A text that the model received beside results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injected {
    /// `user` or `system`.
    pub role: String,
    /// The first 400 characters.
    pub text: String,
}
