use std::ffi::OsString;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Each folder and the variable that leads a program to it.
const FOLDERS: [(&str, Option<&str>); 8] = [
    ("home", Some("HOME")),
    ("home/.config", Some("XDG_CONFIG_HOME")),
    ("home/.cache", Some("XDG_CACHE_HOME")),
    ("home/.local/share", Some("XDG_DATA_HOME")),
    ("home/.local/state", Some("XDG_STATE_HOME")),
    ("run", Some("XDG_RUNTIME_DIR")),
    ("tmp", Some("TMPDIR")),
    ("work", None),
];

/// A private temporary folder (mode 0700) with a home, removed on drop. End the processes that
/// write into it first, else they may bring parts of it back.
#[derive(Debug)]
pub struct Scratch {
    /// None once it was kept or removed.
    dir: Option<TempDir>,
    path: PathBuf,
}

impl Scratch {
    /// Makes the folder in the system's temporary directory, its name beginning with `prefix`.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn new(prefix: &str) -> io::Result<Self> {
        Self::new_in(prefix, &std::env::temp_dir())
    }

    /// Makes the folder in `parent`.
    ///
    /// # Errors
    /// When a folder cannot be made.
    pub fn new_in(prefix: &str, parent: &Path) -> io::Result<Self> {
        let dir = tempfile::Builder::new()
            .prefix(prefix)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let path = dir.path().canonicalize()?;
        for (folder, _) in FOLDERS {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path.join(folder))?;
        }
        Ok(Self {
            dir: Some(dir),
            path,
        })
    }

    /// The folder itself, without symbolic links in its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `home/`, for `HOME`.
    pub fn home(&self) -> PathBuf {
        self.path.join("home")
    }

    /// `tmp/`, for `TMPDIR`.
    pub fn tmp(&self) -> PathBuf {
        self.path.join("tmp")
    }

    /// `work/`, an empty working directory.
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    /// The variables that lead a program here: `HOME`, `TMPDIR` and the XDG base directories,
    /// which are below home at their default places except for the runtime one.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        FOLDERS
            .iter()
            .filter_map(|(folder, variable)| {
                Some((OsString::from((*variable)?), self.path.join(folder).into()))
            })
            .collect()
    }

    /// Leaves the folder where it is and returns its path.
    pub fn keep(mut self) -> PathBuf {
        if let Some(dir) = self.dir.take() {
            let _ = dir.keep();
        }
        std::mem::take(&mut self.path)
    }

    /// Removes the folder now; dropping does the same but cannot tell.
    ///
    /// # Errors
    /// When something in it cannot be removed.
    pub fn remove(mut self) -> io::Result<()> {
        self.dir.take().map_or(Ok(()), remove)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(dir) = self.dir.take() {
            let _ = remove(dir);
        }
    }
}

/// A program may have taken away our rights on its own folders; they are given back first when
/// removing fails.
fn remove(dir: TempDir) -> io::Result<()> {
    let path = dir.path().to_owned();
    let Err(_) = dir.close() else { return Ok(()) };
    unlock(&path);
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

fn unlock(folder: &Path) {
    // What cannot be changed or read shows when it is removed.
    let _ = fs::set_permissions(folder, Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}
