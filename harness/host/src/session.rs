//! One client session that fires events and runs the hooks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use hookproof_process::{Marker, TetherEnd};

use crate::{Call, Client, Fate, HookSet, Outcome, PermissionMode, Permissions, Prompter};

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
        }
    }

    /// Fires one event: runs every matching hook with these very bytes on stdin, and says what
    /// comes of it.
    pub async fn fire(&self, call: &Call, stdin: &[u8]) -> Outcome {
        let _ = (call, stdin);
        Outcome {
            fate: Fate::Continues,
            reason: None,
            to_model: Vec::new(),
            to_user: Vec::new(),
            prompted: Vec::new(),
            updated_input: None,
            updated_output: None,
            turn_stopped: false,
            ungoverned: Vec::new(),
            runs: Vec::new(),
        }
    }
}
