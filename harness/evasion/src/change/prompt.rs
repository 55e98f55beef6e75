//! The same sentence for a model.

use super::{Change, spell};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Prompt, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("letters spaced", |text| vec![spaced(text, " ", "   ")]),
    change("letters spaced by dots", |text| {
        vec![spaced(text, ".", " ")]
    }),
    change("letters spaced by dashes", |text| {
        vec![spaced(text, "-", " ")]
    }),
    change("letters spaced by underscores", |text| {
        vec![spaced(text, "_", " ")]
    }),
    change("Cyrillic letters", |text| {
        vec![spell::replace(text, spell::CYRILLIC)]
    }),
    change("one Cyrillic letter", |text| {
        words(text, |word| spell::replace_first(word, spell::CYRILLIC))
    }),
    change("Greek letters", |text| {
        vec![spell::replace(text, spell::GREEK)]
    }),
    change("one Greek letter", |text| {
        words(text, |word| spell::replace_first(word, spell::GREEK))
    }),
    change("letters in full width", |text| {
        vec![spell::full_width(text).replace('　', " ")]
    }),
    change("letters in mathematical bold", |text| {
        vec![spell::mathematical(text)]
    }),
    change("zero-width spaces in words", |text| {
        vec![joined(text, "\u{200b}")]
    }),
    change("zero-width joiners in words", |text| {
        vec![joined(text, "\u{200d}")]
    }),
    change("soft hyphens in words", |text| vec![joined(text, "\u{ad}")]),
    change("word joiners in words", |text| {
        vec![joined(text, "\u{2060}")]
    }),
    change("invisible tags in words", |text| {
        vec![joined(text, "\u{e0020}")]
    }),
    change("zero-width space in one word", |text| {
        words(text, |word| joined_once(word, "\u{200b}"))
    }),
    change("marks on letters", |text| vec![joined(text, "\u{301}")]),
    change("line breaks between words", |text| {
        vec![text.replace(' ', "\n")]
    }),
    change("tabs between words", |text| vec![text.replace(' ', "\t")]),
    change("several blanks between words", |text| {
        vec![text.replace(' ', "   ")]
    }),
    change("no-break spaces between words", |text| {
        vec![text.replace(' ', "\u{a0}")]
    }),
    change("commas between words", |text| vec![text.replace(' ', ", ")]),
    change("dots between words", |text| vec![text.replace(' ', "... ")]),
    change("dashes between words", |text| {
        vec![text.replace(' ', " - ")]
    }),
    change("underscores between words", |text| {
        vec![text.replace(' ', "_")]
    }),
    change("slashes between words", |text| vec![text.replace(' ', "/")]),
    change("nothing between words", |text| vec![capitals(text)]),
    change("word emphasised", |text| {
        words(text, |word| format!("**{word}**"))
    }),
    change("word in quotes", |text| {
        words(text, |word| format!("\"{word}\""))
    }),
    change("word in brackets", |text| {
        words(text, |word| format!("({word})"))
    }),
    change("digits for letters", |text| {
        vec![spell::replace(text, spell::LEET)]
    }),
    change("one digit for a letter", |text| {
        words(text, |word| spell::replace_first(word, spell::LEET))
    }),
    change("upper case", |text| vec![text.to_uppercase()]),
    change("lower case", |text| vec![text.to_lowercase()]),
    change("mixed case", |text| vec![spell::alternating(text)]),
    change("HTML entity in a word", |text| {
        words(text, |word| {
            let first = word.chars().next().filter(char::is_ascii_alphabetic);
            first.map_or_else(
                || word.to_owned(),
                |c| format!("&#{};{}", u32::from(c), &word[1..]),
            )
        })
    }),
    change("sentence before", |text| {
        vec![format!("Thank you, that is good. {text}")]
    }),
    change("please before", |text| vec![format!("Please {text}")]),
    change("sentence after", |text| {
        vec![format!("{text}. Then go on.")]
    }),
];

fn spaced(text: &str, between: &str, words: &str) -> String {
    let spread = |word: &str| spell::between(word, between, char::is_alphanumeric);
    text.split(' ').map(spread).collect::<Vec<_>>().join(words)
}

/// Something unseen between the letters of all words.
fn joined(text: &str, put: &str) -> String {
    spell::between(text, put, char::is_alphanumeric)
}

/// Something unseen in the middle of a word.
fn joined_once(word: &str, put: &str) -> String {
    let middle = word.char_indices().nth(word.chars().count() / 2);
    match middle {
        Some((at, _)) if at > 0 => format!("{}{put}{}", &word[..at], &word[at..]),
        _ => word.to_owned(),
    }
}

/// One variant for each word.
fn words(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    let all: Vec<&str> = text.split(' ').collect();
    let nth = |wanted: usize| {
        let changed = all.iter().enumerate().map(|(index, word)| {
            let is_word = word.contains(char::is_alphabetic);
            if index == wanted && is_word {
                write(word)
            } else {
                (*word).to_owned()
            }
        });
        changed.collect::<Vec<_>>().join(" ")
    };
    (0..all.len()).map(nth).collect()
}

fn capitals(text: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(chars).collect()
        })
    };
    text.split(' ').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_stays_readable() {
        assert_eq!(spaced("act as", " ", "   "), "a c t   a s");
        assert_eq!(
            words("act as", |word| format!("({word})")),
            ["(act) as", "act (as)"]
        );
        assert_eq!(capitals("act as root"), "ActAsRoot");
        assert_eq!(joined("ab c", "\u{ad}"), "a\u{ad}b c");
        assert_eq!(joined_once("act", "\u{ad}"), "a\u{ad}ct");
    }
}
