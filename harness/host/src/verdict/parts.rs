//! What one finished hook can say, and how it can end.

use serde_json::Value;

use crate::Why;

/// A hook's permission decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behavior {
    /// The tool may run.
    Allow,
    /// A person decides.
    Ask,
    /// The call is set aside.
    Defer,
    /// The tool may not run.
    Deny,
}

/// A text that blocks the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The text.
    pub text: String,
    /// Whether it came from the hook's JSON, not from its exit code.
    pub from_json: bool,
    /// How texts for the model name the hook.
    pub command: String,
}

/// `continue: false`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stop {
    /// `stopReason`.
    pub reason: Option<String>,
}

/// A failure that blocks nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The client's own words.
    pub text: String,
    /// The kind.
    pub why: Why,
    /// Whether the person is told that the hook did not check the action.
    pub no_verdict: bool,
    /// Whether the client tells of it only the first time in a session.
    pub once: bool,
}

/// The answer of a `PermissionRequest` hook.
#[derive(Debug, Clone, PartialEq)]
pub struct PermissionAnswer {
    /// Whether the call may run.
    pub allow: bool,
    /// What the model is told on a no.
    pub message: Option<String>,
    /// The input that replaces the call's on a yes.
    pub updated_input: Option<Value>,
    /// Whether the turn is interrupted on a no.
    pub interrupt: bool,
}

/// What one finished hook says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Its permission decision.
    pub behavior: Option<Behavior>,
    /// Its block.
    pub block: Option<Block>,
    /// The reason of its permission decision.
    pub reason: Option<String>,
    /// The input that replaces the call's.
    pub updated_input: Option<Value>,
    /// A text for the model.
    pub context: Option<String>,
    /// A text for the person.
    pub system_message: Option<String>,
    /// The turn shall stop.
    pub stop: Option<Stop>,
    /// `updatedToolOutput`.
    pub updated_output: Option<Value>,
    /// `updatedMCPToolOutput`.
    pub updated_mcp_output: Option<Value>,
    /// The answer to a permission request.
    pub answer: Option<PermissionAnswer>,
    /// Its failure, when it blocks nothing.
    pub failure: Option<Failure>,
    /// Whether it was stopped for time.
    pub cancelled: bool,
}

/// How a hook ended, whatever its kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// A process ended by itself.
    Exited {
        /// The status the client works with.
        status: i32,
        /// Whether it was an exit, not a signal.
        normally: bool,
        /// Standard error.
        stderr: String,
    },
    /// It was stopped for time.
    TimedOut,
    /// It could not be started; the client's words.
    NotStarted(String),
    /// The client failed on its own side before it could start anything.
    Thrown(String),
    /// An HTTP or MCP hook answered.
    Answered,
    /// An HTTP or MCP hook gave no usable answer.
    NoAnswer {
        /// The client's words.
        text: String,
        /// Whether an MCP tool answered with an error.
        tool_error: bool,
    },
}
