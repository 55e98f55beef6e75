//! Other ways to write the same commands. All of them hold in bash; proof is a run, see `prove`.
//!
//! - `line`: the line as a shell splits it.
//! - `names`: commands that are known.
//! - `quote`: quotes and escapes within a word.
//! - `expand`: variables, substitutions, braces and blanks.
//! - `place`: another path or address of the same thing.
//! - `flag`: options written otherwise.
//! - `wrap`: another command or shell that runs it.
//! - `frame`: something before, after or around it.

mod expand;
mod flag;
mod frame;
mod line;
mod names;
mod place;
mod quote;
mod wrap;

pub(crate) use flag::{OPTIONS, Options};
pub(crate) use names::{BUILTINS, KNOWN};

use super::Change;
use line::{Line, Part, Simple};

/// The tables of all families.
pub(super) const TABLES: &[&[Change]] = &[
    quote::TABLE,
    expand::TABLE,
    place::TABLE,
    flag::TABLE,
    wrap::TABLE,
    frame::TABLE,
];

/// The commands of a line, if it can be read: their names and arguments as written.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let words = |command: Simple| {
        let words = command.words.iter();
        words.map(|word| line.of(*word).to_owned()).collect()
    };
    line.commands().into_iter().map(words).collect()
}

/// One variant for each word (target of a redirection included) that `edit` rewrites.
fn each_word(text: &str, edit: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let words: Vec<usize> = line.commands().into_iter().flat_map(|c| c.words).collect();
    let target = |part: usize| line.parts[part].0 == Part::Target;
    (0..line.parts.len())
        .filter(|part| words.contains(part) || target(*part))
        .filter_map(|part| Some(line.with(&[(part, edit(line.of(part))?)])))
        .collect()
}

/// One variant for each command that `edit` rewrites; it returns parts and their new texts.
fn each_command(
    text: &str,
    edit: impl Fn(&Line<'_>, &Simple) -> Option<Vec<(usize, String)>>,
) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    line.commands()
        .iter()
        .filter_map(|command| Some(line.with(&edit(&line, command)?)))
        .collect()
}

/// Whether the word has no quotes, expansions or escapes (a leading tilde apart).
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./=:@%+,-".contains(c);
    let rest = word.strip_prefix('~').unwrap_or(word);
    !word.is_empty() && rest.chars().all(plain)
}

/// In single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
