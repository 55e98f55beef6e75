//! The loaded hooks of a subject.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::ConfigError;
use crate::{Client, Event, Hook, Source};

/// A file that the client silently leaves out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The file.
    pub source: Source,
    /// Why it is left out.
    pub reason: ConfigError,
}

/// The hooks of a subject in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HookSet {
    /// The hooks.
    pub hooks: Vec<Hook>,
    /// Files that the client silently leaves out.
    pub dropped: Vec<Dropped>,
}

impl HookSet {
    /// The hooks of a plugin directory (`hooks/hooks.json`, or inline in `plugin.json`).
    ///
    /// # Errors
    /// When the directory or its hooks file is missing or unreadable as JSON.
    pub fn from_plugin(dir: &Path, client: &Client) -> Result<Self, ConfigError> {
        let _ = client;
        Err(ConfigError::whole(dir, "not built yet"))
    }

    /// The hooks of a settings file.
    ///
    /// # Errors
    /// When the file is missing or unreadable as JSON.
    pub fn from_settings(file: &Path, client: &Client) -> Result<Self, ConfigError> {
        let _ = client;
        Err(ConfigError::whole(file, "not built yet"))
    }

    /// One `PreToolUse` and one `PostToolUse` command with a matcher and a timeout.
    #[must_use]
    pub fn from_commands(
        pre: Option<&str>,
        post: Option<&str>,
        matcher: Option<&str>,
        timeout: Option<Duration>,
    ) -> Self {
        let _ = (pre, post, matcher, timeout);
        Self::default()
    }

    /// A command of the old shape `CMD "$tool_name" "$input"`, before every tool call.
    #[must_use]
    pub fn from_argv_command(command: &str) -> Self {
        let _ = command;
        Self::default()
    }

    /// Both sets, this one first.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.hooks.extend(other.hooks);
        self.dropped.extend(other.dropped);
        self
    }

    /// The hooks that run on this event for this tool call, without duplicates.
    #[must_use]
    pub fn matching(
        &self,
        event: Event,
        tool_name: &str,
        tool_input: &Value,
        client: &Client,
    ) -> Vec<&Hook> {
        let _ = (tool_name, tool_input, client);
        self.hooks.iter().filter(|h| h.event == event).collect()
    }
}
