//! Differences that are known, with reasons.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{CaseError, Level};
use crate::ClientVersion;

/// One case that is not reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UnreachedEntry {
    /// The case.
    pub id: String,
    /// The client versions it is about.
    pub versions: Vec<ClientVersion>,
    /// The levels that differ.
    pub levels: Vec<Level>,
    /// Why.
    pub reason: String,
}

/// The list of cases that are not reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unreached {
    /// The entries.
    #[serde(default)]
    pub unreached: Vec<UnreachedEntry>,
}

impl Unreached {
    /// Reads the list; a file that is not there is an empty list.
    ///
    /// # Errors
    /// When the file is there and is no such list.
    pub fn read(file: &Path) -> Result<Self, CaseError> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(source) => {
                return Err(CaseError::Unreadable {
                    file: file.to_owned(),
                    source,
                });
            }
        };
        toml::from_str(&text).map_err(|error| CaseError::NotACase {
            file: file.to_owned(),
            line: error
                .span()
                .map_or(1, |s| text[..s.start].matches('\n').count() + 1),
            message: error.message().to_owned(),
        })
    }

    /// The entry for a case on a version at a level.
    #[must_use]
    pub fn find(&self, id: &str, version: ClientVersion, level: Level) -> Option<&UnreachedEntry> {
        self.unreached.iter().find(|entry| {
            entry.id == id && entry.versions.contains(&version) && entry.levels.contains(&level)
        })
    }
}
