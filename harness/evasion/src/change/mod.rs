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
use hookproof_policy::Surface;

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
    in_commands: bool,
    apply: fn(&str) -> Vec<String>,
}

impl Change {
    const fn new(kind: Kind, name: &'static str, apply: fn(&str) -> Vec<String>) -> Self {
        Self {
            name,
            kind,
            informational: false,
            in_commands: true,
            apply,
        }
    }

    const fn informational(mut self) -> Self {
        self.informational = true;
        self
    }

    /// Not for what a shell reads, where the change means something else.
    const fn not_in_commands(mut self) -> Self {
        self.in_commands = false;
        self
    }

    /// All ways in which it applies to a text, without repetition; none of them is the text itself.
    #[must_use]
    pub fn variants(&self, text: &str) -> Vec<String> {
        let mut variants: Vec<String> = Vec::new();
        for variant in (self.apply)(text) {
            if variant != text && !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        variants
    }

    /// All ways in which it applies to a statement. The path of a file, in the first line, stays.
    #[must_use]
    pub fn variants_in(&self, statement: &str, surface: Surface) -> Vec<String> {
        let start = match surface {
            Surface::Command if !self.in_commands => return Vec::new(),
            Surface::Script | Surface::Document | Surface::Test | Surface::File => {
                statement.find('\n').map_or(0, |end| end + 1)
            }
            _ => 0,
        };
        let (path, content) = statement.split_at(start);
        let variants = self.variants(content).into_iter();
        variants.map(|variant| format!("{path}{variant}")).collect()
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

    #[test]
    fn paths_and_commands_stay() {
        let find = |name| all().find(|change| change.name == name).unwrap();
        let or = find("|| for OR, && for AND");
        assert_eq!(or.variants_in("1 OR 2", Surface::Query), ["1 || 2"]);
        assert!(or.variants_in("1 OR 2", Surface::Command).is_empty());
        assert_eq!(
            find("comment in front").variants_in("a.sql\nx", Surface::File),
            ["a.sql\n/* x */ x"]
        );
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
