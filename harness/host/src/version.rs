//! Client versions: `MAJOR.MINOR.PATCH`, ordered.

use std::fmt;
use std::str::FromStr;

/// A Claude Code version, for example `2.1.330`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

/// A text that is not `MAJOR.MINOR.PATCH`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a client version; expected MAJOR.MINOR.PATCH, for example 2.1.330")]
pub struct VersionError(String);

impl ClientVersion {
    /// The version with these three numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl FromStr for ClientVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || VersionError(text.to_owned());
        let numbers: Vec<u32> = text
            .trim()
            .trim_start_matches('v')
            .split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?;
        match numbers[..] {
            [major, minor, patch] => Ok(Self::new(major, minor, patch)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl serde::Serialize for ClientVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ClientVersion {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_number_not_by_text() {
        let older: ClientVersion = "2.1.38".parse().unwrap();
        let newer: ClientVersion = "2.1.330".parse().unwrap();
        assert!(older < newer);
        assert_eq!(newer.to_string(), "2.1.330");
    }

    #[test]
    fn rejects_other_shapes() {
        for text in ["", "2.1", "2.1.x", "2.1.3.4"] {
            assert!(text.parse::<ClientVersion>().is_err(), "{text}");
        }
    }
}
