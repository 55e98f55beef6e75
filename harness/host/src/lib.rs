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
//! - `config`: hooks from plugin directories, settings files and command lines.
//! - `matcher`: which hooks a matcher lets run.
//! - `permission`: permission modes, and who answers prompts.
//! - `rules`: permission rules, and the built-in tools they are about.
//! - `output`: what a client reads from a hook's output.
//! - `verdict`: what one finished hook says.
//! - `decision`: how the verdicts before a tool call become one.
//! - `post`: how the verdicts after a tool call become one.
//! - `texts`: the words in which a client tells of it.
//! - `outcome`: what came of one fired event.
//! - `session`: one client session that fires events and runs the hooks.
//! - `oracle`: host cases, and whether this crate does what real clients did.

mod client;
pub mod config;
pub mod decision;
mod event;
mod hook;
pub mod matcher;
pub mod oracle;
mod outcome;
pub mod output;
mod permission;
pub mod post;
mod rules;
mod semantics;
mod session;
mod texts;
pub mod verdict;
mod version;

pub use client::Client;
pub use config::{ConfigError, Dropped, HookSet};
pub use event::{Call, Event};
pub use hook::{Action, Hook, OnFailure, Source};
pub use outcome::{Fate, HookRun, ModelText, Outcome, Ungoverned, Why};
pub use output::{HookOutput, Reading};
pub use permission::{PermissionMode, Permissions, Prompter};
pub use semantics::{Change, Semantics, changes};
pub use session::{Limits, McpAnswer, McpCaller, Session, ToolRefusal};
pub use version::{ClientVersion, VersionError};
