//! The kinds of output a hook can give.

use serde::Serialize;
use serde_json::Value;

/// A hook's JSON output after validation; unknown keys are gone.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HookOutput {
    /// The validated object.
    pub object: serde_json::Map<String, Value>,
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
