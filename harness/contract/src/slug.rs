//! Stable identifiers: lower-case words joined by hyphens, levels joined by slashes.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An identifier such as `pre-deny-structured` or `pre-deny-structured/bash`.
///
/// Slugs are what users filter by and what baselines name, so they never change meaning once released.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is not a [`Slug`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Nothing there.
    #[error("an id may not be empty")]
    Empty,
    /// A character outside the alphabet.
    #[error(
        "`{character}` is not allowed in the id `{text}`: write lower-case letters, digits, `-`, `.`, `_`, and `/` between levels"
    )]
    Character {
        /// The text that was given.
        text: String,
        /// The first offending character.
        character: char,
    },
    /// An empty level, as in `a//b`.
    #[error("the id `{0}` has an empty level: write `a/b`")]
    EmptyLevel(String),
}

impl Slug {
    /// Checks `text` and makes it a slug.
    ///
    /// # Errors
    /// [`SlugError`] names the first character that is not allowed.
    pub fn new(text: impl Into<String>) -> Result<Self, SlugError> {
        let text = text.into();
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._/".contains(c);
        if let Some(character) = text.chars().find(|c| !allowed(*c)) {
            return Err(SlugError::Character { text, character });
        }
        if text.split('/').any(str::is_empty) {
            return Err(SlugError::EmptyLevel(text));
        }
        Ok(Self(text))
    }

    /// The text of the slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::new(text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_levels_and_rejects_the_rest() {
        assert!(Slug::new("pre-deny/bash").is_ok());
        assert!(Slug::new("axonflow-1.6").is_ok());
        assert_eq!(Slug::new(""), Err(SlugError::Empty));
        assert!(matches!(
            Slug::new("Pre"),
            Err(SlugError::Character { character: 'P', .. })
        ));
        assert!(matches!(Slug::new("a//b"), Err(SlugError::EmptyLevel(_))));
    }
}
