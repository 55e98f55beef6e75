//! Hook events and what they carry.

use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! events {
    ($($name:ident),+ $(,)?) => {
        /// A hook event that some client version knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "each variant is the client's own event name")]
        pub enum Event { $($name),+ }

        impl Event {
            /// Every event, in the order of the table.
            pub const ALL: &'static [Event] = &[$(Event::$name),+];

            /// The event's name as clients write it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Event::$name => stringify!($name)),+ }
            }

            /// The event with this exact name.
            #[must_use]
            pub fn named(name: &str) -> Option<Event> {
                match name { $(stringify!($name) => Some(Event::$name),)+ _ => None }
            }
        }
    };
}

events!(
    PreToolUse,
    PostToolUse,
    PostToolUseFailure,
    PostToolBatch,
    PermissionRequest,
    PermissionDenied,
    UserPromptSubmit,
    UserPromptExpansion,
    SessionStart,
    SessionEnd,
    Setup,
    Stop,
    StopFailure,
    SubagentStart,
    SubagentStop,
    Notification,
    PreCompact,
    PostCompact,
    TeammateIdle,
    TaskCreated,
    TaskCompleted,
    Elicitation,
    ElicitationResult,
    ConfigChange,
    WorktreeCreate,
    WorktreeRemove,
    InstructionsLoaded,
    CwdChanged,
    FileChanged,
    MessageDisplay,
    PreModelSwitch,
    PostModelSwitch,
);

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One firing of an event: which tool call it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The event.
    pub event: Event,
    /// The tool's name as the client gives it to hooks, for example `Bash`.
    pub tool_name: String,
    /// The tool's input object.
    pub tool_input: Value,
    /// The tool's answer; only `PostToolUse` has one.
    pub tool_response: Option<Value>,
}
