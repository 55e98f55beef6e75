//! A client of one version and the semantics it has.

use crate::semantics::{self, Semantics};
use crate::version::ClientVersion;

/// One Claude Code client: its version and what it does with hooks.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// The version.
    pub version: ClientVersion,
    /// What this version does; data, see `data/changes.toml`.
    pub semantics: Semantics,
}

impl Client {
    /// The versions whose behaviour was observed; every other one is the nearest
    /// older of these plus the changes dated in the table.
    pub const MEASURED: [ClientVersion; 4] = [
        ClientVersion::new(1, 0, 128),
        ClientVersion::new(2, 0, 14),
        ClientVersion::new(2, 1, 38),
        ClientVersion::new(2, 1, 330),
    ];

    /// The client of this version.
    #[must_use]
    pub fn at(version: ClientVersion) -> Self {
        Self {
            version,
            semantics: semantics::at(version),
        }
    }

    /// Whether this very version was observed.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        Self::MEASURED.contains(&self.version)
    }

    /// One client per measured version, oldest first.
    #[must_use]
    pub fn measured() -> Vec<Self> {
        Self::MEASURED.into_iter().map(Self::at).collect()
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::at(Self::MEASURED[3])
    }
}
