//! Hooks from plugin directories, settings files and command lines.
//!
//! - `error`: what can be wrong with a file, and where in it.
//! - `locate`: where in a JSON text a value stands.
//! - `entry`: one hook entry.
//! - `groups`: the `hooks` object: events, matcher groups, entries.
//! - `settings`: one settings file.
//! - `plugin`: a plugin directory.
//! - `hook_set`: the loaded hooks of a subject, matching and duplicates.

mod entry;
mod error;
mod groups;
mod hook_set;
mod locate;
mod plugin;
mod settings;

pub use error::ConfigError;
pub use hook_set::{Dropped, HookSet};
pub use settings::Settings;
