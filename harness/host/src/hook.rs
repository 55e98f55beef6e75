//! One loaded hook and where it came from.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::event::Event;

/// Where a hook was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// `~/.claude/settings.json`.
    User(PathBuf),
    /// `.claude/settings.json` of the project.
    Project(PathBuf),
    /// `.claude/settings.local.json` of the project.
    Local(PathBuf),
    /// A file or text given by `--settings`.
    Flag(PathBuf),
    /// A plugin directory.
    Plugin {
        /// The plugin's name.
        name: String,
        /// The plugin's directory, `CLAUDE_PLUGIN_ROOT`.
        root: PathBuf,
    },
    /// Given directly, without a file.
    Command,
}

impl Source {
    /// The plugin's name and root, when the hook came from one.
    #[must_use]
    pub fn plugin(&self) -> Option<(&str, &std::path::Path)> {
        match self {
            Self::Plugin { name, root } => Some((name, root)),
            _ => None,
        }
    }
}

/// What is done when the hook fires.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A shell command line, or with `args` a program and its arguments.
    Command {
        /// The command as it is written in the file.
        command: String,
        /// `args`: the program is started without a shell.
        args: Option<Vec<String>>,
    },
    /// A command that is called with the tool's name and the input as its two
    /// arguments (the shape of very old hooks); nothing is written to stdin.
    ArgvCommand(String),
    /// An HTTP POST of the payload.
    Http {
        /// Where to.
        url: String,
        /// Extra request headers; `$NAME` is replaced when `NAME` is allowed.
        headers: Vec<(String, String)>,
        /// The variables that may be put into headers.
        allowed_env: Vec<String>,
    },
    /// A call of a tool of a connected MCP server.
    McpTool {
        /// The server's name.
        server: String,
        /// The tool's name.
        tool: String,
        /// The tool's input.
        input: serde_json::Value,
    },
    /// A kind that needs a model (`prompt`, `agent`); never run here.
    NeedsModel(String),
}

/// `onFailure`: what a hook's own failure counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The action goes on.
    #[default]
    Continue,
    /// The action is blocked.
    Block,
}

/// One hook as the client keeps it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hook {
    /// The event it is declared for.
    pub event: Event,
    /// The matcher as written; `None` when the key is absent.
    pub matcher: Option<String>,
    /// What it does.
    pub action: Action,
    /// The declared timeout, or the version's default for this event.
    pub timeout: Duration,
    /// Whether the file declares the timeout.
    pub timeout_declared: bool,
    /// `if`: a permission rule that must match the call.
    pub condition: Option<String>,
    /// `async`: started and not awaited.
    pub is_async: bool,
    /// `asyncRewake`: awaited in the background, exit 2 wakes the model.
    pub async_rewake: bool,
    /// `onFailure`.
    pub on_failure: OnFailure,
    /// `shell`, as written.
    pub shell: Option<String>,
    /// `statusMessage`.
    pub status_message: Option<String>,
    /// Where it was declared.
    pub source: Source,
}

impl Hook {
    /// The text by which the client names this hook: its command line, URL, or
    /// `server/tool`.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.action {
            Action::Command {
                command,
                args: Some(args),
            } => std::iter::once(command)
                .chain(args)
                .cloned()
                .collect::<Vec<_>>()
                .join(" "),
            Action::Command { command, .. } | Action::ArgvCommand(command) => command.clone(),
            Action::Http { url, .. } => url.clone(),
            Action::McpTool { server, tool, .. } => format!("{server}/{tool}"),
            Action::NeedsModel(kind) => kind.clone(),
        }
    }
}
