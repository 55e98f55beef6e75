//! Statements as files and streams, and what a policy pack decides on them.
//!
//! - `statement`: one statement as a line of JSON.
//! - `stream`: statements line by line, from any reader.
//! - `corpus`: a folder of files of statements.
//! - `snapshot`: decisions as text that can be reviewed, and what changed since.
//! - `measure`: how much a pack catches, and how often it is wrong.

mod corpus;
mod measure;
pub mod snapshot;
mod statement;
mod stream;

pub use corpus::{Area, Corpus, CorpusError};
pub use measure::{Attacks, Harmless, Measure, Pii, markdown};
pub use statement::Statement;
pub use stream::{Lines, StreamError};

use hookproof_policy::{Pack, Settings};

/// The settings of a Claude Code session: the platform activates the integration at its first call.
/// Source: contract section 4.7.
#[must_use]
pub fn session() -> Settings {
    let mut settings = Settings::default();
    settings.activate_for("claude_code");
    settings
}

/// Whether a pack's id may name a folder.
#[must_use]
pub fn names_a_folder(pack: &Pack) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    !pack.id.is_empty() && pack.id.chars().all(fits)
}
