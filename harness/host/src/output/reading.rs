//! The kinds of output a hook can give.

use serde::Serialize;
use serde_json::{Map, Value};

/// A hook's JSON output after validation; unknown keys are gone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct HookOutput {
    object: Map<String, Value>,
}

impl HookOutput {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self { object }
    }

    /// A top-level field that is a text and not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.object
            .get(name)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
    }

    /// Whether a top-level field is this boolean.
    #[must_use]
    pub fn is(&self, name: &str, value: bool) -> bool {
        self.object.get(name).and_then(Value::as_bool) == Some(value)
    }

    /// The event that `hookSpecificOutput` names.
    #[must_use]
    pub fn event_name(&self) -> Option<&str> {
        self.specific("hookEventName").and_then(Value::as_str)
    }

    /// A field of `hookSpecificOutput`.
    #[must_use]
    pub fn specific(&self, name: &str) -> Option<&Value> {
        self.object.get("hookSpecificOutput")?.get(name)
    }

    /// A field of `hookSpecificOutput` that is a text and not empty.
    #[must_use]
    pub fn specific_text(&self, name: &str) -> Option<&str> {
        self.specific(name)
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
    }

    /// The whole validated object.
    #[must_use]
    pub fn as_value(&self) -> Value {
        Value::Object(self.object.clone())
    }

    /// The output without its `hookSpecificOutput`.
    pub(crate) fn without_specific(&self) -> Self {
        let mut object = self.object.clone();
        object.shift_remove("hookSpecificOutput");
        Self { object }
    }
}

/// What the client reads from a hook's output.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reading {
    /// Nothing but white space.
    Silent,
    /// Text that is no JSON object; it decides nothing.
    PlainText {
        /// The text.
        text: String,
    },
    /// A valid hook output.
    Json {
        /// The output.
        output: HookOutput,
    },
    /// `{"async": true}`: the hook goes on in the background.
    Async,
    /// Output that looks like a hook output and is none.
    Invalid {
        /// The client's own words.
        why: String,
    },
    /// Nothing was read: the hook was stopped, or could not be asked.
    Nothing,
}

impl Reading {
    /// Whether the output asks not to repeat the prompt that it blocks.
    pub(crate) fn hides_the_prompt(&self) -> bool {
        match self {
            Self::Json { output } => {
                output.specific("suppressOriginalPrompt") == Some(&Value::Bool(true))
            }
            _ => false,
        }
    }
}
