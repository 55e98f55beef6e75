//! Assertions about texts.

use crate::scenario::TextExpect;
use regex::Regex;

/// Judges `text`: `Ok` when everything holds, else what does not.
///
/// Returns `(expected, observed)` of the first assertion that does not hold.
pub(crate) fn judge(expect: &TextExpect, text: &str) -> Result<(), (String, String)> {
    let broken = |expected: String| Err((expected, describe(text)));
    for part in &expect.contains {
        if !text.contains(part.as_str()) {
            return broken(format!("contains {}", excerpt(part)));
        }
    }
    let lower = text.to_lowercase();
    if !expect.contains_any.is_empty()
        && !expect
            .contains_any
            .iter()
            .any(|part| lower.contains(&part.to_lowercase()))
    {
        let all: Vec<_> = expect.contains_any.iter().map(|p| excerpt(p)).collect();
        return broken(format!("contains one of {}", all.join(", ")));
    }
    for part in &expect.excludes {
        if let Some(at) = text.find(part.as_str()) {
            return Err((
                format!("does not contain {}", excerpt(part)),
                around(text, at),
            ));
        }
    }
    if let Some(whole) = &expect.equals
        && text != whole
    {
        return broken(format!("equals {}", excerpt(whole)));
    }
    if let Some(pattern) = &expect.matches {
        match Regex::new(pattern) {
            Ok(regex) if regex.is_match(text) => {}
            Ok(_) => return broken(format!("matches /{pattern}/")),
            Err(error) => return broken(format!("matches a valid pattern ({error})")),
        }
    }
    if expect.printable
        && let Some((at, c)) = text
            .char_indices()
            .find(|(_, c)| c.is_control() && !"\n\t\r".contains(*c))
    {
        return Err((
            "no control characters".into(),
            format!("U+{:04X} at byte {at}: {}", c as u32, around(text, at)),
        ));
    }
    if let Some(most) = expect.max_chars
        && text.chars().count() > most
    {
        return broken(format!("at most {most} characters"));
    }
    match expect.empty {
        Some(true) if !text.trim().is_empty() => broken("nothing".into()),
        Some(false) if text.trim().is_empty() => broken("something".into()),
        _ => Ok(()),
    }
}

/// What `expect` asks, in words.
pub(crate) fn words(expect: &TextExpect) -> String {
    let mut parts = Vec::new();
    let list = |all: &[String]| {
        all.iter()
            .map(|p| excerpt(p))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !expect.contains.is_empty() {
        parts.push(format!("contains {}", list(&expect.contains)));
    }
    if !expect.contains_any.is_empty() {
        parts.push(format!("contains one of {}", list(&expect.contains_any)));
    }
    if !expect.excludes.is_empty() {
        parts.push(format!("does not contain {}", list(&expect.excludes)));
    }
    if let Some(whole) = &expect.equals {
        parts.push(format!("equals {}", excerpt(whole)));
    }
    if let Some(pattern) = &expect.matches {
        parts.push(format!("matches /{pattern}/"));
    }
    if expect.printable {
        parts.push("no control characters".into());
    }
    if let Some(most) = expect.max_chars {
        parts.push(format!("at most {most} characters"));
    }
    match expect.empty {
        Some(true) => parts.push("nothing".into()),
        Some(false) => parts.push("something".into()),
        None => {}
    }
    parts.join("; ")
}

fn describe(text: &str) -> String {
    if text.trim().is_empty() {
        "nothing".into()
    } else {
        excerpt(text)
    }
}

fn around(text: &str, at: usize) -> String {
    let mut from = at.saturating_sub(40);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let lead = if from > 0 { "… " } else { "" };
    format!("{lead}{}", excerpt(&text[from..]))
}

/// A text in quotes on one line, cut to a length a person reads, hostile characters escaped.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 160;
    let count = text.chars().count();
    let shown: String = text.chars().take(MOST).flat_map(escape).collect();
    if count > MOST {
        format!("\"{shown}…\" ({count} characters)")
    } else {
        format!("\"{shown}\"")
    }
}

fn escape(c: char) -> Vec<char> {
    if c == '"' || c == '\\' || (c.is_ascii_control()) {
        c.escape_default().collect()
    } else if c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    {
        c.escape_unicode().collect()
    } else {
        vec![c]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expect() -> TextExpect {
        TextExpect::default()
    }

    #[test]
    fn each_assertion_can_hold_and_fail() {
        let cases = [
            (
                TextExpect {
                    contains: vec!["ab".into()],
                    ..expect()
                },
                "xaby",
                "xay",
            ),
            (
                TextExpect {
                    contains_any: vec!["Q".into(), "B".into()],
                    ..expect()
                },
                "xby",
                "xy",
            ),
            (
                TextExpect {
                    excludes: vec!["b".into()],
                    ..expect()
                },
                "xy",
                "xby",
            ),
            (
                TextExpect {
                    equals: Some("x".into()),
                    ..expect()
                },
                "x",
                "xx",
            ),
            (
                TextExpect {
                    matches: Some("^a+$".into()),
                    ..expect()
                },
                "aa",
                "ab",
            ),
            (
                TextExpect {
                    printable: true,
                    ..expect()
                },
                "a\n",
                "a\u{1b}[0m",
            ),
            (
                TextExpect {
                    max_chars: Some(2),
                    ..expect()
                },
                "éé",
                "ééé",
            ),
            (
                TextExpect {
                    empty: Some(true),
                    ..expect()
                },
                " \n",
                "x",
            ),
            (
                TextExpect {
                    empty: Some(false),
                    ..expect()
                },
                "x",
                " ",
            ),
        ];
        for (expect, good, bad) in cases {
            assert!(judge(&expect, good).is_ok(), "{expect:?} on {good:?}");
            assert!(judge(&expect, bad).is_err(), "{expect:?} on {bad:?}");
            assert!(!words(&expect).is_empty());
        }
    }

    #[test]
    fn excerpts_are_harmless() {
        assert_eq!(
            excerpt("a\u{1b}[31m\"\u{202e}"),
            "\"a\\u{1b}[31m\\\"\\u{202e}\""
        );
        assert!(excerpt(&"x".repeat(500)).ends_with("(500 characters)"));
    }
}
