//! Quotes and escapes within a word.

use super::{Change, each_word, is_plain};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("letter in single quotes", |text| {
        letters(text, |c| format!("'{c}'"))
    }),
    change("letter in double quotes", |text| {
        letters(text, |c| format!("\"{c}\""))
    }),
    change("letter escaped", |text| letters(text, |c| format!("\\{c}"))),
    change("letter as $'\\x..'", |text| {
        letters(text, |c| format!("$'\\x{:02x}'", u32::from(c)))
    }),
    change("letter as $'\\...'", |text| {
        letters(text, |c| format!("$'\\{:03o}'", u32::from(c)))
    }),
    change("empty single quotes", |text| {
        letters(text, |c| format!("''{c}"))
    }),
    change("empty double quotes", |text| {
        letters(text, |c| format!("\"\"{c}"))
    }),
    change("word broken over lines", |text| {
        letters(text, |c| format!("\\\n{c}"))
    }),
    change("word in single quotes", |text| {
        whole(text, |word| format!("'{word}'"))
    }),
    change("word in double quotes", |text| {
        whole(text, |word| format!("\"{word}\""))
    }),
    change("word as $'...'", |text| {
        whole(text, |word| {
            let codes: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("$'{codes}'")
        })
    }),
    change("quotes closed and opened", |text| {
        each_word(text, |word| {
            let quote = word.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
            let inside = word.strip_prefix(quote)?.strip_suffix(quote)?;
            let simple = |c: char| !matches!(c, '\\' | '$' | '\'' | '"');
            (inside.len() > 1 && inside.chars().all(simple)).then_some(())?;
            let middle = middle_letter(inside)?;
            let (left, right) = inside.split_at(middle);
            Some(format!("{quote}{left}{quote}{quote}{right}{quote}"))
        })
    }),
];

/// The letter or digit in the middle, never the first character.
pub(super) fn middle_letter(word: &str) -> Option<usize> {
    let middle = word.len() / 2;
    let letters = word
        .char_indices()
        .filter(|(at, c)| *at > 0 && c.is_ascii_alphabetic());
    letters
        .map(|(at, _)| at)
        .min_by_key(|at| at.abs_diff(middle))
}

/// One letter of each plain word, rewritten.
fn letters(text: &str, write: impl Fn(char) -> String) -> Vec<String> {
    each_word(text, |word| {
        let at = middle_letter(word).filter(|_| is_plain(word))?;
        let letter = word[at..].chars().next()?;
        Some(format!(
            "{}{}{}",
            &word[..at],
            write(letter),
            &word[at + letter.len_utf8()..]
        ))
    })
}

/// Each plain word as a whole, its tilde left to the shell.
fn whole(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    each_word(text, |word| {
        (is_plain(word) && word.contains(|c: char| c.is_ascii_alphabetic())).then_some(())?;
        match word.strip_prefix("~/") {
            Some(rest) if !rest.is_empty() => Some(format!("~/{}", write(rest))),
            None if !word.starts_with('~') => Some(write(word)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_variant_for_each_word() {
        assert_eq!(
            letters("rm -rf ~/ab", |c| format!("'{c}'")),
            ["r'm' -rf ~/ab", "rm -'r'f ~/ab", "rm -rf ~/'a'b"]
        );
        assert_eq!(
            whole("cat ~/.ssh > ~", |w| format!("'{w}'")),
            ["'cat' ~/.ssh > ~", "cat ~/'.ssh' > ~"]
        );
    }

    #[test]
    fn quoted_words_are_cut() {
        let cut = TABLE
            .iter()
            .find(|c| c.name == "quotes closed and opened")
            .unwrap();
        assert_eq!(
            cut.variants("python3 -c 'import os'"),
            ["python3 -c 'impo''rt os'"]
        );
    }
}
