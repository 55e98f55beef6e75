//! What Claude Code does with hooks: config, matchers, spawning, merging decisions; per client
//! version.
//!
//! Everything but spawning is pure. The clients' differences are data: `data/changes.toml`.
//!
//! - `version`: client versions, ordered.
//! - `client`: a client of one version.
//! - `semantics`: what a version does, folded from the table of changes.
//! - `event`: hook events and the call they are about.
//! - `hook`: one loaded hook and where it came from.
//! - `permission`: permission rules, modes, and who answers prompts.
//! - `config`: hooks from plugin directories, settings files and command lines.
//! - `output`: what a client reads from a hook's output.
//! - `outcome`: what came of one fired event.
//! - `session`: one client session that fires events and runs the hooks.

mod client;
pub mod config;
mod event;
mod hook;
mod outcome;
pub mod output;
mod permission;
mod semantics;
mod session;
mod version;

pub use client::Client;
pub use config::{ConfigError, Dropped, HookSet};
pub use event::{Call, Event};
pub use hook::{Action, Hook, OnFailure, Source};
pub use outcome::{Fate, HookRun, ModelText, Outcome, Ungoverned, Why};
pub use output::{HookOutput, Reading};
pub use permission::{PermissionMode, Permissions, Prompter};
pub use semantics::{Change, Semantics, changes};
pub use session::{Limits, Session};
pub use version::{ClientVersion, VersionError};
