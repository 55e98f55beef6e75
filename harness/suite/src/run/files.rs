//! The scratch HOME before and after.

use crate::evidence::FileSeen;
use crate::scenario::FileSetup;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Bytes of a file that are looked at.
const MOST: u64 = 1 << 20;

/// Writes the arranged files.
///
/// # Errors
/// What the file system says, with the path.
pub(crate) fn arrange(files: &[FileSetup], home: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut arranged = BTreeSet::new();
    for file in files {
        let path = place(&file.path, home);
        write(file, &path).map_err(|e| io::Error::other(format!("{}: {e}", path.display())))?;
        arranged.insert(path);
    }
    Ok(arranged)
}

fn place(path: &str, home: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Some(below) => home.join(below.trim_start_matches('/')),
        None => PathBuf::from(path),
    }
}

fn write(file: &FileSetup, path: &Path) -> io::Result<()> {
    if file.directory {
        fs::create_dir_all(path)?;
    } else {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.text)?;
    }
    if let Some(mode) = &file.mode {
        let bits = u32::from_str_radix(mode, 8).map_err(io::Error::other)?;
        fs::set_permissions(path, fs::Permissions::from_mode(bits))?;
    }
    Ok(())
}

/// Everything below `home` and `tmp`.
pub(crate) fn observe(home: &Path, tmp: &Path, arranged: &BTreeSet<PathBuf>) -> Vec<FileSeen> {
    let mut seen = Vec::new();
    for (root, name) in [(home, "~"), (tmp, "$TMPDIR")] {
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(path),
                    Ok(kind) if kind.is_file() => seen.push(look(&path, root, name, arranged)),
                    _ => {}
                }
            }
        }
    }
    seen.sort_by(|a, b| a.path.cmp(&b.path));
    seen
}

fn look(path: &Path, root: &Path, name: &str, arranged: &BTreeSet<PathBuf>) -> FileSeen {
    let below = path.strip_prefix(root).unwrap_or(path);
    let mode = fs::metadata(path)
        .map(|m| m.permissions().mode() & 0o7777)
        .unwrap_or(0);
    let mut content = Vec::new();
    if let Ok(file) = fs::File::open(path) {
        let _ = file.take(MOST).read_to_end(&mut content);
    }
    FileSeen {
        path: format!("{name}/{}", below.display()),
        mode,
        content,
        arranged: arranged.contains(path),
    }
}

/// A folder of links to everything on `path` but the programs in `without`.
///
/// # Errors
/// What the file system says.
pub(crate) fn path_without(path: &str, without: &[String], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // The first match wins on PATH, so the first link stays.
    for source in std::env::split_paths(path) {
        for entry in fs::read_dir(source).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !without.iter().any(|w| name == w.as_str()) {
                let _ = std::os::unix::fs::symlink(entry.path(), folder.join(name));
            }
        }
    }
    Ok(())
}
