//! Permission rules, permission modes, and who answers a prompt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The `permissions` object of a settings file: rules such as `Bash(sh:*)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Calls that run without a prompt.
    pub allow: Vec<String>,
    /// Calls that never run.
    pub deny: Vec<String>,
    /// Calls that always prompt.
    pub ask: Vec<String>,
}

/// `--permission-mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PermissionMode {
    /// Calls without a rule prompt.
    #[default]
    Default,
    /// File edits inside the project run without a prompt.
    AcceptEdits,
    /// Nothing that changes files runs.
    Plan,
    /// Everything runs.
    BypassPermissions,
    /// What would prompt is refused.
    DontAsk,
    /// A classifier decides.
    Auto,
}

impl PermissionMode {
    /// The mode's name on the command line and in payloads.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::AcceptEdits => "acceptEdits",
            Self::Plan => "plan",
            Self::BypassPermissions => "bypassPermissions",
            Self::DontAsk => "dontAsk",
            Self::Auto => "auto",
        }
    }

    /// The mode of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// Somebody who answers permission prompts, always the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompter {
    /// Whether the call may run.
    pub allow: bool,
    /// What the model is told on a no.
    pub message: String,
    /// How long the answer takes.
    pub delay: Duration,
}

impl Prompter {
    /// Says yes at once.
    #[must_use]
    pub fn allow() -> Self {
        Self {
            allow: true,
            message: String::new(),
            delay: Duration::ZERO,
        }
    }

    /// Says no at once, with this text for the model.
    #[must_use]
    pub fn deny(message: impl Into<String>) -> Self {
        Self {
            allow: false,
            message: message.into(),
            delay: Duration::ZERO,
        }
    }
}
