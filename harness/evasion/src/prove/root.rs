use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use hookproof_process::Scratch;

use super::{Unavailable, bare_words};
use crate::change::shell;

/// Where cases run; two folders deep, so that `../..` leads somewhere.
pub(super) const CWD: &str = "/w/here/deep";
/// Where `~` is.
pub(super) const HOME: &str = "/home/user";

/// Programs that only run others or turn text; they are the machine's own.
const REAL: [&str; 7] = [
    "base64", "env", "nice", "nohup", "setsid", "timeout", "xargs",
];

/// Folders that are made anew for each original.
const FOLDERS: [&str; 8] = ["dev", "etc", "home", "root", "srv", "tmp", "var", "w"];

/// The folder that a sealed shell takes for `/`.
pub(super) struct Root {
    scratch: Scratch,
    missing: Vec<&'static str>,
}

impl Root {
    pub(super) fn new() -> Result<Self, Unavailable> {
        let root = Self {
            scratch: Scratch::new("hookproof-evasion-")?,
            missing: REAL
                .into_iter()
                .filter(|name| find(name).is_none())
                .collect(),
        };
        let bin = root.path().join("usr/bin");
        fs::create_dir_all(&bin)?;
        fs::create_dir_all(root.path().join("cases"))?;
        symlink("usr/bin", root.path().join("bin"))?;
        root.install("bash")?;
        match root.install("dash") {
            Ok(()) => symlink("dash", bin.join("sh"))?,
            Err(_) => symlink("bash", bin.join("sh"))?,
        }
        for name in REAL.iter().filter(|name| !root.missing.contains(name)) {
            root.install(name)?;
        }
        executable(&bin.join("sudo"), include_str!("sudo.bash"))?;
        executable(&bin.join("ran"), include_str!("stand-in.bash"))?;
        fs::write(root.path().join("driver"), include_str!("driver.bash"))?;
        for name in shell::KNOWN {
            root.stand_in(name)?;
        }
        Ok(root)
    }

    /// The folder.
    pub(super) fn path(&self) -> PathBuf {
        self.scratch.work()
    }

    /// Where programs write down that they ran.
    pub(super) fn log(&self) -> PathBuf {
        self.path().join("log")
    }

    /// Whether a command line needs a program that the machine lacks.
    pub(super) fn lacks_program_of(&self, text: &str) -> bool {
        self.missing.iter().any(|name| text.contains(name))
    }

    pub(super) fn write_cases(&self, cases: &[&str]) -> io::Result<()> {
        fs::write(self.log(), "")?;
        for (index, case) in cases.iter().enumerate() {
            fs::write(self.path().join("cases").join(index.to_string()), case)?;
        }
        Ok(())
    }

    /// Makes the files and programs that a command line speaks of, and no others.
    pub(super) fn place(&self, text: &str) -> io::Result<()> {
        for folder in FOLDERS {
            match fs::remove_dir_all(self.path().join(folder)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => fs::create_dir_all(self.path().join(folder))?,
            }
        }
        for folder in [CWD, HOME] {
            fs::create_dir_all(self.inside(folder))?;
        }
        fs::write(self.path().join("dev/null"), "")?;
        let mut files = BTreeSet::new();
        for words in bare_words(text) {
            let name = words[0].rsplit('/').next().unwrap_or_default();
            let simple = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            if !name.is_empty() && name.chars().all(simple) && !shell::BUILTINS.contains(&name) {
                self.stand_in(name)?;
            }
            files.extend(words.into_iter().skip(1));
        }
        for file in files {
            let is_path = |c: char| c.is_ascii_alphanumeric() || "~/._-=+@".contains(c);
            if file.starts_with('-') || !file.chars().all(is_path) {
                continue;
            }
            let file = file.rsplit('=').next().unwrap_or_default();
            let inside = self.inside(&resolve(file));
            let placeable = FOLDERS
                .iter()
                .any(|folder| inside.starts_with(self.path().join(folder)));
            if placeable && !inside.exists() {
                // Where a file stands in the way of a folder, the glob finds nothing, and says so.
                let made = inside
                    .parent()
                    .is_some_and(|parent| fs::create_dir_all(parent).is_ok());
                if made && !file.ends_with('/') {
                    fs::write(&inside, "")?;
                }
            }
        }
        Ok(())
    }

    fn inside(&self, path: &str) -> PathBuf {
        self.path().join(path.trim_start_matches('/'))
    }

    /// A program that only writes down that it ran, unless a real one is there.
    fn stand_in(&self, name: &str) -> io::Result<()> {
        let bin = self.path().join("usr/bin");
        if self.missing.contains(&name) || bin.join(name).exists() {
            return Ok(());
        }
        fs::hard_link(bin.join("ran"), bin.join(name))
    }

    /// Copies a program with the libraries it needs, each to its own place.
    fn install(&self, name: &'static str) -> Result<(), Unavailable> {
        let program = find(name).ok_or(Unavailable::Missing(name))?;
        fs::copy(&program, self.path().join("usr/bin").join(name))?;
        let listed = Command::new("ldd")
            .arg(&program)
            .output()
            .map_err(|_| Unavailable::Missing("ldd"))?;
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        for library in listed
            .split_whitespace()
            .filter(|word| word.starts_with('/'))
        {
            let place = self.inside(library.trim_end_matches(':'));
            if let Some(folder) = place.parent().filter(|_| !place.exists()) {
                fs::create_dir_all(folder)?;
                fs::copy(library, &place)?;
            }
        }
        Ok(())
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let folders = ["/usr/bin", "/bin"].map(Path::new);
    folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

fn executable(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))
}

/// An absolute path without detours, as seen from where cases run.
pub(super) fn resolve(path: &str) -> String {
    let from = match path.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            Path::new(HOME).join(rest.trim_start_matches('/'))
        }
        _ => Path::new(CWD).join(path),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in from.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(name) => parts.extend(name.to_str()),
            _ => {}
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved() {
        assert_eq!(resolve("../../a"), "/w/a");
        assert_eq!(resolve("/etc/../etc//./passwd"), "/etc/passwd");
        assert_eq!(resolve("~/.ssh"), "/home/user/.ssh");
        assert_eq!(resolve("/"), "/");
    }
}
