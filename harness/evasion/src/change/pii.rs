//! The same number or address for a reader.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Change, spell};
use crate::Kind;
use hookproof_policy::Validator;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Pii, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("no separators", |text| separated(text, "")),
    change("separated by spaces", |text| separated(text, " ")),
    change("separated by dashes", |text| separated(text, "-")),
    change("separated by dots", |text| separated(text, ".")),
    change("separated by slashes", |text| separated(text, "/")),
    change("separated by underscores", |text| separated(text, "_")),
    change("separated by two spaces", |text| separated(text, "  ")),
    change("separated by tabs", |text| separated(text, "\t")),
    change("separated by no-break spaces", |text| {
        separated(text, "\u{a0}")
    }),
    change("separated by thin spaces", |text| {
        separated(text, "\u{2009}")
    }),
    change("separated by en dashes", |text| separated(text, "\u{2013}")),
    change("separated by no-break hyphens", |text| {
        separated(text, "\u{2011}")
    }),
    change("separated by minus signs", |text| {
        separated(text, "\u{2212}")
    }),
    change("separated by middle dots", |text| separated(text, "\u{b7}")),
    change("broken over lines", |text| separated(text, "\n")),
    change("a space between all digits", |text| {
        told(text, |found| {
            let apart = |c: char| c.is_ascii_alphanumeric();
            (!found.contains(['@', '(']) && !is_internet_address(found))
                .then(|| spell::between(&bare(found), " ", apart))
        })
    }),
    change("digits in full width", |text| {
        identifiers(text, |found| Some(spell::digits(found, '０')))
    }),
    change("digits in Arabic-Indic", |text| {
        identifiers(text, |found| Some(spell::digits(found, '٠')))
    }),
    change("digits in Persian", |text| {
        identifiers(text, |found| Some(spell::digits(found, '۰')))
    }),
    change("digits in Devanagari", |text| {
        identifiers(text, |found| Some(spell::digits(found, '०')))
    }),
    change("digits in mathematical bold", |text| {
        identifiers(text, |found| Some(spell::digits(found, '𝟎')))
    }),
    change("one digit in full width", |text| {
        identifiers(text, |found| {
            one_digit(found, |digit| spell::digits(digit, '０'))
        })
    }),
    change("all in full width", |text| {
        identifiers(text, |found| Some(spell::full_width(found)))
    }),
    change("zero-width spaces between", |text| {
        invisible(text, "\u{200b}")
    }),
    change("zero-width joiners between", |text| {
        invisible(text, "\u{200d}")
    }),
    change("word joiners between", |text| invisible(text, "\u{2060}")),
    change("soft hyphens between", |text| invisible(text, "\u{ad}")),
    change("byte order marks between", |text| {
        invisible(text, "\u{feff}")
    }),
    change("one zero-width space", |text| {
        identifiers(text, |found| {
            let (middle, _) = found.char_indices().nth(found.chars().count() / 2)?;
            Some(format!("{}\u{200b}{}", &found[..middle], &found[middle..]))
        })
    }),
    change("one digit as \\u escape", |text| {
        identifiers(text, |found| one_digit(found, escape))
    }),
    change("all as \\u escapes", |text| {
        identifiers(text, |found| {
            Some(
                found
                    .chars()
                    .map(|c| escape(c.encode_utf8(&mut [0; 4])))
                    .collect(),
            )
        })
    }),
    change("one digit as HTML entity", |text| {
        identifiers(text, |found| {
            one_digit(found, |digit| format!("&#{};", digit.as_bytes()[0]))
        })
    }),
    change("letters in lower case", |text| {
        told(text, |found| Some(found.to_lowercase()))
    }),
    change("letters in upper case", |text| {
        identifiers(text, |found| Some(found.to_uppercase()))
    }),
    change("letters in Cyrillic", |text| {
        identifiers(text, |found| Some(spell::replace(found, spell::CYRILLIC)))
    }),
    change("run into a word before", |text| {
        told(text, |found| Some(format!("no{found}")))
    }),
    change("run into a word after", |text| {
        told(text, |found| Some(format!("{found}x")))
    }),
    change("underscores around", |text| {
        identifiers(text, |found| Some(format!("_{found}_")))
    }),
    change("quotes around", |text| {
        identifiers(text, |found| Some(format!("\"{found}\"")))
    }),
    change("at sign in full width", |text| mail(text, "＠")),
    change("at sign as %40", |text| mail(text, "%40")),
    change("at sign as HTML entity", |text| mail(text, "&#64;")),
    change("at sign as \\u escape", |text| mail(text, "\\u0040")),
    change("blanks around at sign", |text| mail(text, " @ ")),
    change("at sign in words", |text| mail(text, " [at] ")),
];

/// An address; a letter, seven digits and a letter; an account with its country; or letters and
/// digits with single separators between them.
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[A-Za-z][ .-]?[0-9](?:[ .-]?[0-9]){6}[ .-]?[A-Za-z]\b|\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{4}){3,7}(?:[ -]?[A-Za-z0-9]{1,3})?\b|(?:\b[A-Z]{1,6}|\+|\([0-9]{1,4}\)[ .-]?)?[0-9](?:[ .\-/\x{200b}]{0,2}[0-9A-Z]){4,}[A-Z]?\b")
        .expect("a pattern")
});

/// A word that may say what a number is.
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\p{L}{3,}").expect("a pattern"));

/// Rules that hardly one other number in a hundred keeps.
const CHECKS: [Validator; 2] = [Validator::Nric, Validator::Iban];

/// Digits that make an identifier; fewer are just a number.
const DIGITS: usize = 4;

fn found(text: &str) -> Vec<Range<usize>> {
    let is_long = |one: &regex::Match<'_>| {
        one.as_str().contains('@')
            || one.as_str().bytes().filter(u8::is_ascii_digit).count() >= DIGITS
    };
    IDENTIFIER
        .find_iter(text)
        .filter(is_long)
        .map(|one| one.range())
        .collect()
}

/// One variant for each identifier.
fn identifiers(text: &str, write: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let changed = |span: Range<usize>| {
        let new = write(&text[span.clone()])?;
        Some(format!("{}{new}{}", &text[..span.start], &text[span.end..]))
    };
    found(text).into_iter().filter_map(changed).collect()
}

/// One variant for each identifier that is told by more than its form: a word or a plus sign says
/// what it is, or its check digits do. Without its separators, in small letters or as a part of a
/// word, any other is a number or a word like all others, and no reader would know it again.
fn told(text: &str, write: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let changed = |span: Range<usize>| {
        let found = &text[span.clone()];
        let (before, after) = (&text[..span.start], &text[span.end..]);
        let is_told = found.contains(['@', '+'])
            || WORD.is_match(before)
            || WORD.is_match(after)
            || CHECKS.iter().any(|check| check.holds(found))
            || is_card(found);
        let new = is_told.then(|| write(found))??;
        Some(format!("{before}{new}{after}"))
    };
    found(text).into_iter().filter_map(changed).collect()
}

/// Whether its first digit and its length are those of a payment card, beside its check digit.
fn is_card(found: &str) -> bool {
    let digits: String = found.chars().filter(char::is_ascii_digit).collect();
    matches!(digits.len(), 15 | 16)
        && digits.starts_with(['3', '4', '5'])
        && Validator::Luhn.holds(found)
}

/// Whether dots are parts of it: without them an address of the internet is another one.
fn is_internet_address(found: &str) -> bool {
    found.split('.').count() == 4 && found.split('.').all(|part| part.parse::<u8>().is_ok())
}

fn bare(found: &str) -> String {
    found
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '\u{200b}'))
        .collect()
}

/// Separators replaced, or put between groups of four where there were none.
fn separated(text: &str, by: &str) -> Vec<String> {
    told(text, |found| {
        if found.contains(['@', '(']) || is_internet_address(found) {
            return None;
        }
        let separators = [' ', '.', '-', '/', '\u{200b}'];
        if found.contains(separators) {
            let groups: Vec<&str> = found
                .split(separators)
                .filter(|group| !group.is_empty())
                .collect();
            return Some(groups.join(by));
        }
        let characters: Vec<char> = found.chars().collect();
        let groups: Vec<String> = characters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        Some(groups.join(by))
    })
}

fn invisible(text: &str, put: &str) -> Vec<String> {
    identifiers(text, |found| {
        Some(spell::between(found, put, |c| c.is_ascii_alphanumeric()))
    })
}

fn one_digit(found: &str, write: impl Fn(&str) -> String) -> Option<String> {
    let digits: Vec<usize> = found
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .map(|(at, _)| at)
        .collect();
    let at = *digits.get(digits.len() / 2)?;
    Some(format!(
        "{}{}{}",
        &found[..at],
        write(&found[at..=at]),
        &found[at + 1..]
    ))
}

/// As JSON and many languages write a character.
fn escape(c: &str) -> String {
    c.encode_utf16()
        .map(|unit| format!("\\u{unit:04x}"))
        .collect()
}

fn mail(text: &str, at: &str) -> Vec<String> {
    identifiers(text, |found| {
        found.contains('@').then(|| found.replace('@', at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(name: &str, text: &str) -> Vec<String> {
        let change = TABLE.iter().find(|change| change.name == name).unwrap();
        change.variants(text)
    }

    #[test]
    fn the_number_stays_the_same() {
        assert_eq!(
            variants("no separators", "card 4111 1111-1111.1111!"),
            ["card 4111111111111111!"]
        );
        assert_eq!(
            variants("separated by dots", "phone 123456789"),
            ["phone 1234.5678.9"]
        );
        assert_eq!(
            variants("one digit as \\u escape", "S1234567D"),
            ["S123\\u0034567D"]
        );
        assert_eq!(
            variants("digits in Arabic-Indic", "123-45-6789"),
            ["١٢٣-٤٥-٦٧٨٩"]
        );
        assert_eq!(
            variants("blanks around at sign", "mail a@b.example"),
            ["mail a @ b.example"]
        );
        assert_eq!(
            variants("a space between all digits", "plot 12-345"),
            ["plot 1 2 3 4 5"]
        );
    }

    #[test]
    fn only_what_a_reader_would_know_again_loses_its_form() {
        for told in [
            "SSN 123-45-6789",
            "+44 20 7946 0958",
            "S1234567D",
            "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00",
        ] {
            assert!(
                !variants("separated by underscores", told).is_empty(),
                "{told}"
            );
        }
        for untold in [
            "at 123.45.6789.",
            "XZCCV1037C",
            "01.234.567.8-901.234",
            "10.1.2.3",
        ] {
            assert!(
                variants("separated by underscores", untold).is_empty(),
                "{untold}"
            );
            assert!(
                variants("a space between all digits", untold).is_empty(),
                "{untold}"
            );
            assert!(
                !variants("one zero-width space", untold).is_empty(),
                "{untold}"
            );
        }
        assert!(variants("letters in lower case", "XZCCV1037C").is_empty());
        assert_eq!(
            variants("letters in lower case", "PAN XZCCV1037C"),
            ["PAN xzccv1037c"]
        );
        assert_eq!(
            variants("quotes around", "nric=t 2379060 i"),
            ["nric=\"t 2379060 i\""]
        );
        assert_eq!(variants("underscores around", "S(032851)"), ["S(_032851_)"]);
    }

    #[test]
    fn only_identifiers_change() {
        assert!(found("SELECT 1").is_empty());
        assert!(variants("separated by dashes", "host 10.1.2.3").is_empty());
    }
}
