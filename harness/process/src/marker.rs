use std::ffi::{OsStr, OsString};
use std::fmt;

/// One environment entry, `NAME=value`, by which all processes of a run are recognised.
///
/// The value should be a nonce: whoever carries it is taken for a process of the run and may
/// be killed by [`crate::end_all`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Marker {
    entry: String,
    name_len: usize,
}

impl Marker {
    /// A marker with this variable name and value.
    ///
    /// # Panics
    /// If the name is empty or holds `=`, the value is empty, or either holds NUL.
    pub fn new(name: &str, value: &str) -> Self {
        assert!(
            !name.is_empty() && !name.contains(['=', '\0']),
            "bad marker name {name:?}"
        );
        assert!(
            !value.is_empty() && !value.contains('\0'),
            "bad marker value {value:?}"
        );
        Self {
            entry: format!("{name}={value}"),
            name_len: name.len(),
        }
    }

    /// The variable's name.
    pub fn name(&self) -> &str {
        &self.entry[..self.name_len]
    }

    /// The variable's value.
    pub fn value(&self) -> &str {
        &self.entry[self.name_len + 1..]
    }

    /// The entry as it stands in an environment, `NAME=value`.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The pair to put into an environment.
    pub fn pair(&self) -> (OsString, OsString) {
        (
            OsStr::new(self.name()).to_owned(),
            OsStr::new(self.value()).to_owned(),
        )
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entry)
    }
}
