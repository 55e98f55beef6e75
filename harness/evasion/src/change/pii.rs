//! The same number or address for a reader.

use super::identifier::{SIGN, found, groups, is_internet_address, is_told, shows, signs};
use super::{Change, spell};
use crate::Kind;
use std::ops::Range;

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
            (!shows(found, &['@', '(']) && !is_internet_address(found))
                .then(|| groups(found).concat().join(" "))
        })
    }),
    change("digits in full width", |text| {
        plain(text, |found| spell::digits(found, '０'))
    }),
    change("digits in Arabic-Indic", |text| {
        plain(text, |found| spell::digits(found, '٠'))
    }),
    change("digits in Persian", |text| {
        plain(text, |found| spell::digits(found, '۰'))
    }),
    change("digits in Devanagari", |text| {
        plain(text, |found| spell::digits(found, '०'))
    }),
    change("digits in mathematical bold", |text| {
        plain(text, |found| spell::digits(found, '𝟎'))
    }),
    change("one digit in full width", |text| {
        identifiers(text, |found| {
            one_digit(found, |digit| spell::digits(digit, '０'))
        })
    }),
    change("all in full width", |text| plain(text, spell::full_width)),
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
            let middle = SIGN.find_iter(found).nth(signs(found).len() / 2)?.start();
            Some(format!("{}\u{200b}{}", &found[..middle], &found[middle..]))
        })
    }),
    change("one digit as \\u escape", |text| {
        identifiers(text, |found| one_digit(found, escape))
    }),
    change("all as \\u escapes", |text| {
        plain(text, |found| {
            let mut buffer = [0; 4];
            found
                .chars()
                .map(|c| escape(c.encode_utf8(&mut buffer)))
                .collect()
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
        plain(text, str::to_uppercase)
    }),
    change("letters in Cyrillic", |text| {
        plain(text, |found| spell::replace(found, spell::CYRILLIC))
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

/// Whether characters in it are written as numbers, whose digits must stay.
fn is_written(found: &str) -> bool {
    found.contains(['\\', '&'])
}

/// Where no character is written as a number.
fn plain(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    identifiers(text, |found| (!is_written(found)).then(|| write(found)))
}

/// One variant for each identifier.
fn identifiers(text: &str, write: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let changed = |span: Range<usize>| {
        let new = write(&text[span.clone()])?;
        Some(spell::put(text, span, &new))
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
        let new = is_told(before, found, after).then(|| write(found))??;
        Some(spell::put(text, span, &new))
    };
    found(text).into_iter().filter_map(changed).collect()
}

/// Separators replaced, or put between groups of four where there were none.
fn separated(text: &str, by: &str) -> Vec<String> {
    told(text, |found| {
        if shows(found, &['@', '(']) || is_internet_address(found) {
            return None;
        }
        let mut groups = groups(found);
        if let [only] = groups.as_slice() {
            groups = only.chunks(4).map(<[&str]>::to_vec).collect();
        }
        let groups: Vec<String> = groups.iter().map(|group| group.concat()).collect();
        Some(groups.join(by))
    })
}

fn invisible(text: &str, put: &str) -> Vec<String> {
    identifiers(text, |found| {
        let mut changed = String::new();
        let mut is_inside = false;
        for sign in SIGN.find_iter(found).map(|sign| sign.as_str()) {
            let is_letter = sign.len() > 4 || sign.chars().all(char::is_alphanumeric);
            if is_inside && is_letter {
                changed.push_str(put);
            }
            changed.push_str(sign);
            is_inside = is_letter;
        }
        Some(changed)
    })
}

fn one_digit(found: &str, write: impl Fn(&str) -> String) -> Option<String> {
    let digits: Vec<Range<usize>> = SIGN
        .find_iter(found)
        .filter(|sign| sign.as_str().bytes().all(|byte| byte.is_ascii_digit()))
        .map(|sign| sign.range())
        .collect();
    let digit = digits.get(digits.len() / 2)?.clone();
    let new = write(&found[digit.clone()]);
    Some(spell::put(found, digit, &new))
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
    fn changes_stay_readable_behind_each_other() {
        for (name, before, after) in [
            ("digits in Persian", "card 4111\\u00311111", None),
            (
                "separated by dots",
                "card 41\\u003111&#49;1\u{200b}11",
                Some("card 41\\u00311.1&#49;11.1"),
            ),
            (
                "separated by spaces",
                "card ４１１１１1１１",
                Some("card ４１１１ １1１１"),
            ),
            (
                "separated by slashes",
                "card 4111·1111\u{a0}11",
                Some("card 4111/1111/11"),
            ),
            (
                "one digit as HTML entity",
                "card 4\\u00311111",
                Some("card 4\\u00311&#49;11"),
            ),
            ("no separators", "host 1\u{200b}0.1.2.3", None),
            ("no separators", "host 10\\u002e1.2.3", None),
            ("no separators", "PAN ABCP D123 4F", Some("PAN ABCPD1234F")),
            (
                "quotes around",
                "nric=t ２379060x",
                Some("nric=\"t ２379060x\""),
            ),
        ] {
            assert_eq!(
                variants(name, before),
                after.into_iter().collect::<Vec<_>>(),
                "{name}"
            );
        }
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
