//! Hooks from plugin directories, settings files and command lines.
//!
//! - `error`: what can be wrong with a file, and where in it.
//! - `hook_set`: the loaded hooks of a subject.

mod error;
mod hook_set;

pub use error::ConfigError;
pub use hook_set::{Dropped, HookSet};
