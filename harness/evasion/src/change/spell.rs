//! Other characters for the same reader.

use std::ops::Range;

/// Latin letters and what passes for them in Cyrillic.
pub(super) const CYRILLIC: &[(char, char)] = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
    ('X', 'Х'),
];

/// Latin letters and what passes for them in Greek.
pub(super) const GREEK: &[(char, char)] = &[
    ('a', 'α'),
    ('i', 'ι'),
    ('o', 'ο'),
    ('v', 'ν'),
    ('u', 'υ'),
    ('p', 'ρ'),
    ('A', 'Α'),
    ('B', 'Β'),
    ('E', 'Ε'),
    ('H', 'Η'),
    ('I', 'Ι'),
    ('K', 'Κ'),
    ('M', 'Μ'),
    ('N', 'Ν'),
    ('O', 'Ο'),
    ('P', 'Ρ'),
    ('T', 'Τ'),
    ('X', 'Χ'),
    ('Y', 'Υ'),
    ('Z', 'Ζ'),
];

/// Letters and digits that look alike.
pub(super) const LEET: &[(char, char)] = &[
    ('a', '4'),
    ('e', '3'),
    ('i', '1'),
    ('o', '0'),
    ('A', '4'),
    ('E', '3'),
    ('I', '1'),
    ('O', '0'),
];

/// The text with something else in one place.
pub(super) fn put(text: &str, place: Range<usize>, new: &str) -> String {
    format!("{}{new}{}", &text[..place.start], &text[place.end..])
}

/// Each character that the table holds replaced.
pub(super) fn replace(text: &str, table: &[(char, char)]) -> String {
    let other = |c: char| {
        table
            .iter()
            .find(|(from, _)| *from == c)
            .map_or(c, |(_, to)| *to)
    };
    text.chars().map(other).collect()
}

/// Only the first character that the table holds replaced.
pub(super) fn replace_first(text: &str, table: &[(char, char)]) -> String {
    let mut done = false;
    let other = |c: char| {
        let found = table.iter().find(|(from, _)| *from == c && !done);
        done |= found.is_some();
        found.map_or(c, |(_, to)| *to)
    };
    text.chars().map(other).collect()
}

/// Printable ASCII in full width.
pub(super) fn full_width(text: &str) -> String {
    shift(text, |c| ('!'..='~').contains(&c), 0xfee0)
}

/// Digits of another script, whose zero is given.
pub(super) fn digits(text: &str, zero: char) -> String {
    shift(
        text,
        |c| c.is_ascii_digit(),
        u32::from(zero) - u32::from('0'),
    )
}

/// Letters in mathematical bold.
pub(super) fn mathematical(text: &str) -> String {
    let bold = |c: char| {
        let base = match c {
            'A'..='Z' => 0x1d400 - u32::from('A'),
            'a'..='z' => 0x1d41a - u32::from('a'),
            _ => return c,
        };
        char::from_u32(u32::from(c) + base).unwrap_or(c)
    };
    text.chars().map(bold).collect()
}

fn shift(text: &str, which: fn(char) -> bool, by: u32) -> String {
    let moved = |c: char| {
        if which(c) {
            char::from_u32(u32::from(c) + by).unwrap_or(c)
        } else {
            c
        }
    };
    text.chars().map(moved).collect()
}

/// Upper and lower case in turn.
pub(super) fn alternating(text: &str) -> String {
    let mut upper = false;
    text.chars()
        .map(|c| {
            if !c.is_ascii_alphabetic() {
                return c;
            }
            upper = !upper;
            if upper {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

/// Something between two characters that both fulfil a condition.
pub(super) fn between(text: &str, put: &str, which: fn(char) -> bool) -> String {
    let mut changed = String::with_capacity(text.len() * 2);
    let mut before = None;
    for c in text.chars() {
        if before.is_some_and(which) && which(c) {
            changed.push_str(put);
        }
        changed.push(c);
        before = Some(c);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_replaced() {
        assert_eq!(replace("copy", CYRILLIC), "сору");
        assert_eq!(replace_first("copy", LEET), "c0py");
        assert_eq!(full_width("a 1"), "ａ １");
        assert_eq!(digits("a12", '٠'), "a١٢");
        assert_eq!(mathematical("aB"), "𝐚𝐁");
        assert_eq!(alternating("union x"), "UnIoN x");
        assert_eq!(between("ab c", "-", char::is_alphabetic), "a-b c");
    }
}
