//! Changes that keep a statement's effect, as tables: one for each family.
//!
//! - `shell`: another way to write the same commands.
//! - `path`: another way to write the path of the same file.
//! - `sql`: another way to write the same query.
//! - `pii`: the same number or address for a reader.
//! - `identifier`: where such numbers and addresses stand.
//! - `prompt`: the same sentence for a model.
//! - `code`: the same code or the same setting.

mod code;
mod identifier;
mod path;
mod pii;
mod prompt;
pub(crate) mod shell;
mod spell;
mod sql;

use crate::Kind;

/// One way to write a statement otherwise.
#[derive(Debug)]
pub struct Change {
    /// Its name, unique.
    pub name: &'static str,
    /// The kind of statement whose effect it keeps.
    pub kind: Kind,
    /// Whether it is only told and counts in no rate, since no pattern on a single statement can
    /// be asked to see through it.
    pub informational: bool,
    apply: fn(&str) -> Vec<String>,
}

impl Change {
    const fn new(kind: Kind, name: &'static str, apply: fn(&str) -> Vec<String>) -> Self {
        Self {
            name,
            kind,
            informational: false,
            apply,
        }
    }

    const fn informational(mut self) -> Self {
        self.informational = true;
        self
    }

    /// All ways in which it applies to a statement, without repetition; none of them is the
    /// statement itself.
    #[must_use]
    pub fn variants(&self, statement: &str) -> Vec<String> {
        let mut variants: Vec<String> = Vec::new();
        for variant in (self.apply)(statement) {
            if variant != statement && !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        variants
    }

    /// All changes for statements of a kind.
    #[must_use]
    pub fn all(kind: Kind) -> Vec<&'static Self> {
        let tables: &[&'static [Self]] = match kind {
            Kind::Shell => shell::TABLES,
            Kind::Path => &[path::TABLE],
            Kind::Sql => &[sql::TABLE],
            Kind::Pii => &[pii::TABLE],
            Kind::Prompt => &[prompt::TABLE],
            Kind::Code => &[code::TABLE],
            Kind::Other => &[],
        };
        tables.iter().flat_map(|table| table.iter()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    fn all() -> impl Iterator<Item = &'static Change> {
        Kind::ALL.into_iter().flat_map(Change::all)
    }

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = all().map(|change| change.name).collect();
        assert_eq!(names.len(), all().count());
    }

    proptest! {
        #[test]
        fn any_text_is_borne(text in "\\PC{0,40}|[ a-z0-9'\"$\\\\|;&<>(){}~/.=-]{0,40}") {
            for change in all() {
                let variants = change.variants(&text);
                prop_assert!(!variants.contains(&text), "{}", change.name);
            }
        }
    }
}
