use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::text::HEAD;
use super::{Difference, Snapshot, SnapshotError};

/// The snapshots of one pack: `<folder>/<kind>/<area>.snap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    folder: PathBuf,
    pack: String,
}

/// What an update did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files written because their text changed.
    pub written: usize,
    /// Files removed because their corpus file is gone.
    pub removed: usize,
}

/// Why snapshots cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder cannot be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is no snapshot.
    #[error("{}: {source}\n  help: `--update` writes it anew", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        source: SnapshotError,
    },
}

impl Store {
    /// The snapshots of `pack` in a folder of their own below `snapshots`.
    #[must_use]
    pub fn new(snapshots: &Path, pack: &str) -> Self {
        Self {
            folder: snapshots.join(pack),
            pack: pack.to_owned(),
        }
    }

    /// What changed since the snapshots were written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn compare(&self, taken: &BTreeMap<String, Snapshot>) -> Result<Difference, StoreError> {
        let mut difference = Difference::default();
        let nothing = Snapshot::default();
        for (area, now) in taken {
            let then = self.read(&self.file(area))?;
            difference.compare(area, then.as_ref().unwrap_or(&nothing), now);
        }
        for (area, file) in self.stale(taken)? {
            let then = self.read(&file)?.unwrap_or_default();
            difference.compare(&area, &then, &nothing);
        }
        Ok(difference)
    }

    /// Writes what changed and removes what is stale; each file is replaced as a whole.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn update(&self, taken: &BTreeMap<String, Snapshot>) -> Result<Written, StoreError> {
        let mut done = Written::default();
        for (area, snapshot) in taken {
            let (file, text) = (self.file(area), snapshot.render(&self.pack, area));
            if fs::read(&file).is_ok_and(|old| old == text.as_bytes()) {
                continue;
            }
            replace(&file, &text).map_err(failed(&file))?;
            done.written += 1;
        }
        for (_, file) in self.stale(taken)? {
            fs::remove_file(&file).map_err(failed(&file))?;
            done.removed += 1;
        }
        Ok(done)
    }

    fn file(&self, area: &str) -> PathBuf {
        self.folder.join(format!("{area}.snap"))
    }

    fn read(&self, file: &Path) -> Result<Option<Snapshot>, StoreError> {
        match fs::read_to_string(file) {
            Ok(text) => Snapshot::parse(&text)
                .map(Some)
                .map_err(|source| StoreError::Text {
                    path: file.to_owned(),
                    source,
                }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(file)(error)),
        }
    }

    /// Snapshots whose corpus file is gone, by area.
    fn stale(
        &self,
        taken: &BTreeMap<String, Snapshot>,
    ) -> Result<BTreeMap<String, PathBuf>, StoreError> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(&folder)(error)),
            };
            for entry in entries {
                let entry = entry.map_err(failed(&folder))?;
                let path = entry.path();
                if entry.file_type().map_err(failed(&path))?.is_dir() {
                    folders.push(path);
                    continue;
                }
                let area = path.strip_prefix(&self.folder).unwrap_or(&path);
                let area = area.with_extension("").to_string_lossy().into_owned();
                let ours = path.extension().is_some_and(|end| end == "snap")
                    && fs::read(&path).is_ok_and(|text| text.starts_with(HEAD.as_bytes()));
                if ours && !taken.contains_key(&area) {
                    found.insert(area, path);
                }
            }
        }
        Ok(found)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    |source| StoreError::Io { path, source }
}

/// Replaces a file so that a reader meets the old text or the new one, never half of it.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut fresh = NamedTempFile::new_in(folder)?;
    fresh.write_all(text.as_bytes())?;
    readable(&fresh)?;
    fresh.persist(file)?;
    Ok(())
}

/// A temporary file is for its owner alone; a snapshot is like any other file of the project.
#[cfg(unix)]
fn readable(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}
