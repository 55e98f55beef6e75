//! A query in pieces: what is within strings, and the words outside of them.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

pub(super) static KEYWORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:select|union|all|insert|into|update|delete|from|where|drop|table|database|truncate|alter|grant|revoke|create|user|exec|execute|or|and|sleep|pg_sleep|waitfor|delay|benchmark|extractvalue|updatexml|convert|int|char|concat|load_file|outfile|dumpfile|set|values|on|to|information_schema|sysobjects|sysdatabases|sys)\b",
    )
});
static BLANK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+"));

/// Which quote is open where a fragment begins is a guess: the one that leaves most keywords
/// outside of strings.
pub(super) fn pieces(text: &str) -> Vec<(bool, &str)> {
    let split = |mut open: Option<char>| {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (at, c) in text.char_indices() {
            match open {
                None if matches!(c, '\'' | '"') => {
                    pieces.push((true, &text[start..at]));
                    (start, open) = (at, Some(c));
                }
                Some(quote) if quote == c => {
                    pieces.push((false, &text[start..=at]));
                    (start, open) = (at + 1, None);
                }
                _ => {}
            }
        }
        pieces.push((open.is_none(), &text[start..]));
        pieces
    };
    let keywords = |pieces: &[(bool, &str)]| -> usize {
        let outside = pieces.iter().filter(|(outside, _)| *outside);
        outside
            .map(|(_, piece)| KEYWORD.find_iter(piece).count())
            .sum()
    };
    let guesses = [None, Some('\''), Some('"')];
    let splits = guesses
        .into_iter()
        .filter(|quote| quote.is_none_or(|quote| text.contains(quote)));
    splits
        .map(split)
        .rev()
        .max_by_key(|pieces| keywords(pieces))
        .unwrap_or_default()
}

/// What stands outside of strings, rewritten.
pub(super) fn outside(text: &str, write: impl Fn(&str) -> String) -> String {
    pieces(text)
        .into_iter()
        .map(|(outside, piece)| {
            if outside {
                write(piece)
            } else {
                piece.to_owned()
            }
        })
        .collect()
}

/// Whether there is a comment that ends with its line, so that line ends may not change.
pub(super) fn ends_at_line(text: &str) -> bool {
    text.contains("--") || text.contains('#')
}

/// All blanks.
pub(super) fn blanks(text: &str, put: &str) -> Vec<String> {
    if ends_at_line(text) {
        return Vec::new();
    }
    vec![outside(text, |part| {
        BLANK.replace_all(part, regex::NoExpand(put)).into_owned()
    })]
}

pub(super) fn first_blank(text: &str, put: &str) -> String {
    let mut done = false;
    let mut changed = String::new();
    for (outside, piece) in pieces(text) {
        // The first blank between words, not the one at the start.
        let blank = BLANK
            .find_iter(piece)
            .find(|found| found.start() > 0)
            .filter(|_| outside && !done);
        match blank {
            Some(found) => {
                done = true;
                changed.push_str(&piece[..found.start()]);
                changed.push_str(put);
                changed.push_str(&piece[found.end()..]);
            }
            None => changed.push_str(piece),
        }
    }
    changed
}

/// One variant for each keyword.
pub(super) fn keywords(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    let count: usize = {
        let outside = pieces(text).into_iter().filter(|(outside, _)| *outside);
        outside
            .map(|(_, piece)| KEYWORD.find_iter(piece).count())
            .sum()
    };
    let nth = |wanted: usize| {
        let seen = std::cell::Cell::new(0);
        outside(text, |piece| {
            KEYWORD
                .replace_all(piece, |found: &Captures<'_>| {
                    seen.set(seen.get() + 1);
                    if seen.get() == wanted + 1 {
                        write(&found[0])
                    } else {
                        found[0].to_owned()
                    }
                })
                .into_owned()
        })
    };
    (0..count).map(nth).collect()
}

/// One variant for each keyword, in a comment that MySQL reads; these do not nest.
pub(super) fn versioned(text: &str, version: &str) -> Vec<String> {
    if text.contains("/*") {
        return Vec::new();
    }
    keywords(text, |word| format!("/*!{version}{word}*/"))
}

pub(super) fn all_keywords(text: &str, write: impl Fn(&str) -> String) -> String {
    outside(text, |piece| {
        KEYWORD
            .replace_all(piece, |found: &Captures<'_>| write(&found[0]))
            .into_owned()
    })
}
