//! The two secrets a request may carry, and the files and variables they come from.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::json::{self, Fields};

/// Longest credential file that is read, in bytes.
const FILE_LIMIT: u64 = 64 * 1024;

/// What stands after `Basic` for a value of `AXONFLOW_AUTH`: the bare base64, also when the
/// value was pasted with the prefix, a line break or quotes. `None` when nothing usable is left.
#[must_use]
pub fn basic(value: &str) -> Option<String> {
    let value = value.trim().trim_matches(['"', '\'']);
    let mut words = value.split_ascii_whitespace().peekable();
    words.next_if(|word| word.eq_ignore_ascii_case("basic"));
    let bare: String = words.collect();
    let visible = bare.bytes().all(|byte| byte.is_ascii_graphic());
    (visible && !bare.is_empty()).then_some(bare)
}

/// The licence token in `value`, when it looks like one.
#[must_use]
pub fn license(value: &str) -> Option<String> {
    let value = value.trim();
    let visible = value.bytes().all(|byte| byte.is_ascii_graphic());
    (value.starts_with("AXON-") && value.len() >= 32 && visible).then(|| value.to_owned())
}

/// What became of the licence file.
#[derive(Debug, PartialEq, Eq)]
pub enum LicenseFile {
    /// There is no token in it, or no file.
    Absent,
    /// Others may read it: not used.
    Unsafe,
    /// The token.
    Token(String),
}

/// Reads `license-token.json`, which counts only when nobody else may read it.
#[must_use]
pub fn license_file(path: &Path) -> LicenseFile {
    let Ok(file) = File::open(path) else {
        return LicenseFile::Absent;
    };
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => {
            if metadata.permissions().mode() & 0o777 != 0o600 {
                return LicenseFile::Unsafe;
            }
        }
        _ => return LicenseFile::Absent,
    }
    let mut bytes = Vec::new();
    if file.take(FILE_LIMIT).read_to_end(&mut bytes).is_err() {
        return LicenseFile::Absent;
    }
    json::document(&bytes)
        .ok()
        .and_then(|text| Fields::parse(&text)?.text("token"))
        .and_then(|token| license(&token))
        .map_or(LicenseFile::Absent, LicenseFile::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_bare_base64() {
        for value in [
            "b3JnOmtleQ==",
            " b3JnOmtleQ==\n",
            "Basic b3JnOmtleQ==",
            "b3Jn\nOmtleQ==",
        ] {
            assert_eq!(basic(value).as_deref(), Some("b3JnOmtleQ=="), "{value:?}");
        }
        for value in ["", " \n", "Basic ", "\u{1b}x", "é"] {
            assert_eq!(basic(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_licence_looks_like_one() {
        let token = format!("AXON-{}", "a".repeat(30));
        assert_eq!(license(&token), Some(token.clone()));
        assert_eq!(license("AXON-short"), None);
        assert_eq!(license(&token.replace("AXON", "NOXA")), None);
        assert_eq!(license(&format!("{token}\nX: y")), None);
    }

    #[test]
    fn a_file_others_may_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("license-token.json");
        assert_eq!(license_file(&path), LicenseFile::Absent);
        let token = format!("AXON-{}", "a".repeat(30));
        std::fs::write(&path, format!("{{\"token\":\"{token}\"}}")).unwrap();
        for (mode, expected) in [
            (0o644, LicenseFile::Unsafe),
            (0o600, LicenseFile::Token(token)),
        ] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, permissions).unwrap();
            assert_eq!(license_file(&path), expected);
        }
    }
}
