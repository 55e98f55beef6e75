//! One client session that fires events and runs the hooks.
//!
//! - `fire`: one event from its hooks to its outcome.
//! - `hooks`: all hooks of one event, side by side.
//! - `command`: a hook that is a program.
//! - `http`: a hook that is an HTTP address.
//! - `mcp`: a hook that is a tool of an MCP server.
//! - `environment`: what a client adds to the environment of its hooks.
//! - `payload`: what a client writes to the standard input of its hooks.
//! - `refusal`: what a tool itself says against an input.
//! - `flow`: rules, modes and people: may the tool run?
//! - `command_line`: what the permission flow makes of command lines.

mod command;
mod command_line;
mod environment;
mod fire;
mod flow;
mod hooks;
mod http;
mod mcp;
mod payload;
mod refusal;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookproof_process::{Marker, TetherEnd};

use crate::{Client, HookSet, PermissionMode, Permissions, Prompter};

pub use mcp::{McpAnswer, McpCaller};
pub use refusal::ToolRefusal;

/// Bounds that the harness sets beside the client's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The harness' own time limit for one hook.
    pub patience: Option<Duration>,
    /// How many bytes of standard output are kept.
    pub stdout_bytes: usize,
    /// How many bytes of standard error are kept.
    pub stderr_bytes: usize,
}

impl Default for Limits {
    /// Two minutes, 16 MiB and 4 MiB.
    fn default() -> Self {
        Self {
            patience: Some(Duration::from_secs(120)),
            stdout_bytes: 16 << 20,
            stderr_bytes: 4 << 20,
        }
    }
}

/// One client session: what is configured, and the surroundings of its hooks.
#[derive(Debug, Clone)]
pub struct Session {
    /// The client.
    pub client: Client,
    /// The hooks.
    pub hooks: HookSet,
    /// The permission rules.
    pub permissions: Permissions,
    /// The permission mode.
    pub mode: PermissionMode,
    /// Who answers prompts; `None` = nobody can be asked.
    pub prompter: Option<Prompter>,
    /// The complete base environment; what the client adds is added to it.
    pub env: Vec<(OsString, OsString)>,
    /// The session's current directory.
    pub cwd: PathBuf,
    /// The project, `CLAUDE_PROJECT_DIR`.
    pub project_dir: PathBuf,
    /// The harness' own bounds.
    pub limits: Limits,
    /// Marks every process of the run.
    pub marker: Option<Marker>,
    /// Held by every process of the run.
    pub tether: Option<TetherEnd>,
    /// `allowedHttpHookUrls`: patterns with `*`; `None` = every URL.
    pub allowed_http_urls: Option<Vec<String>>,
    /// The connected MCP servers.
    pub mcp: Option<McpCaller>,
    /// What the tools themselves refuse; `None` = they take every input of their shape.
    pub refusal: Option<ToolRefusal>,
    /// Hooks that finish closer together than this count as finishing at the same time, and
    /// are taken in the order of the configuration; which one a real client takes first is luck.
    pub simultaneous: Duration,
    /// Takes hooks that finish at the same time in the opposite order.
    pub ties_reversed: bool,
    /// The session's id in payloads.
    pub id: String,
    told: Arc<Mutex<HashSet<String>>>,
}

impl Session {
    /// A session of this client in a directory, with nothing configured.
    #[must_use]
    pub fn new(client: Client, hooks: HookSet, cwd: impl Into<PathBuf>) -> Self {
        let cwd = cwd.into();
        Self {
            client,
            hooks,
            permissions: Permissions::default(),
            mode: PermissionMode::default(),
            prompter: None,
            env: Vec::new(),
            project_dir: cwd.clone(),
            cwd,
            limits: Limits::default(),
            marker: None,
            tether: None,
            allowed_http_urls: None,
            mcp: None,
            refusal: None,
            simultaneous: Duration::from_millis(250),
            ties_reversed: false,
            id: "00000000-0000-4000-8000-000000000000".to_owned(),
            told: Arc::default(),
        }
    }

    /// Whether this is the first time that something is said in this session.
    fn first_time(&self, what: String) -> bool {
        self.told.lock().map_or(true, |mut told| told.insert(what))
    }
}
