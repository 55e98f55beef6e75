use std::io;
use std::path::{Path, PathBuf};

use hookproof_document::Diagnostics;

use super::Pack;

/// Why a pack cannot be had by its name.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Neither the id of a pack that ships nor a file.
    #[error("there is no pack `{0}`\n  help: give a file, or one of {ids}", ids = Pack::shipped_ids().collect::<Vec<_>>().join(", "))]
    Unknown(String),
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file has mistakes.
    #[error(transparent)]
    Invalid(#[from] Diagnostics),
}

impl Pack {
    /// A pack as users name it: the id of one that ships, or a file.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn open(name: &str) -> Result<Self, PackError> {
        if let Some(shipped) = Self::shipped(name) {
            return Ok(shipped?);
        }
        let path = Path::new(name);
        let source = std::fs::read_to_string(path).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                PackError::Unknown(name.to_owned())
            } else {
                PackError::Read {
                    path: path.to_owned(),
                    source,
                }
            }
        })?;
        Ok(Self::parse(path, source)?)
    }
}
