//! Numbers, conditions, strings and names of a query.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;
use super::pieces::{KEYWORD, outside, pieces};

static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"([(=<>,\s])(\d+)\b"));
static EQUALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(\b(?:or|and)\s+\d+)\s*={1,2}\s*"));
static COMPARED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(\b(?:or|and)\s+)(\d+)(\s*[<>=!]{1,2}\s*)(\d+)"));
static LITERAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(\bdelay\s+)?'([A-Za-z0-9/._-]{2,})'"));
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b((?:from|into|update|table|database)\s+)([a-z_]\w*)\b([^.(\w]|$)")
});

pub(super) fn numbers(text: &str, write: impl Fn(&str) -> String) -> String {
    outside(text, |piece| {
        NUMBER
            .replace_all(piece, |found: &Captures<'_>| {
                let end = found.get(0).map_or(0, |whole| whole.end());
                if piece[end..].starts_with('.') {
                    return found[0].to_owned();
                }
                format!("{}{}", &found[1], write(&found[2]))
            })
            .into_owned()
    })
}

pub(super) fn comparisons(text: &str, write: impl Fn(&str) -> String) -> String {
    outside(text, |piece| {
        COMPARED
            .replace_all(piece, |found: &Captures<'_>| {
                format!(
                    "{}{}{}{}",
                    &found[1],
                    write(&found[2]),
                    &found[3],
                    write(&found[4])
                )
            })
            .into_owned()
    })
}

pub(super) fn condition(text: &str, operator: &str) -> String {
    outside(text, |piece| {
        EQUALS
            .replace_all(piece, |found: &Captures<'_>| {
                format!("{}{operator}", &found[1])
            })
            .into_owned()
    })
}

/// Strings in single quotes, except where the grammar wants one string.
pub(super) fn strings(text: &str, write: impl Fn(&str, &str) -> String) -> String {
    pieces(text)
        .into_iter()
        .scan(false, |after_delay, (outside, piece)| {
            let literal = LITERAL
                .captures(piece)
                .filter(|found| found[0].len() == piece.len());
            let changed = match literal {
                Some(found) if !outside && !*after_delay => {
                    let inside = &found[2];
                    let (left, right) = inside.split_at(inside.len() / 2);
                    write(left, right)
                }
                _ => piece.to_owned(),
            };
            let before = piece.trim_end().to_lowercase();
            *after_delay = ["delay", "outfile", "dumpfile", "by", "password"]
                .iter()
                .any(|word| before.ends_with(word));
            Some(changed)
        })
        .collect()
}

pub(super) fn names(text: &str, open: &str, close: &str) -> String {
    outside(text, |piece| {
        NAME.replace_all(piece, |found: &Captures<'_>| {
            let name = &found[2];
            if KEYWORD
                .find(name)
                .is_some_and(|word| word.len() == name.len())
                || name.eq_ignore_ascii_case("if")
            {
                return found[0].to_owned();
            }
            format!("{}{open}{name}{close}{}", &found[1], &found[3])
        })
        .into_owned()
    })
}
