//! JSON that the clients' language (JavaScript) takes and serde does not.

use std::sync::LazyLock;

use regex::Regex;

/// Nesting below this depth is taken out; serde refuses it, and no field of a hook output is
/// that deep.
const DEEPEST: usize = 100;

/// The text with unpaired surrogate escapes replaced, numbers out of range made the largest
/// ones, and very deep values made `null`. What is no JSON stays no JSON.
pub(super) fn mend(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '-' | '0'..='9' => number_length(rest),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        let closes = matches!(first, ']' | '}');
        if closes && depth > DEEPEST {
            depth -= 1;
            continue;
        }
        if matches!(first, '[' | '{') {
            depth += 1;
            if depth == DEEPEST + 1 {
                mended.push_str("null");
            }
        }
        if depth > DEEPEST {
            continue;
        }
        depth -= usize::from(closes && depth > 0);
        match first {
            '"' => mended.push_str(&paired(token)),
            '-' | '0'..='9' if token.parse::<f64>().is_ok_and(f64::is_infinite) => {
                mended.push_str("1.7976931348623157e308");
            }
            _ => mended.push_str(token),
        }
    }
    mended
}

/// The length of the text in quotation marks at the beginning, its marks included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Pairs of surrogates, surrogates without their other half, and all other escapes.
static ESCAPES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.",
    )
    .expect("a constant pattern")
});

/// A surrogate without its other half becomes the replacement character.
fn paired(string: &str) -> String {
    let mend = |found: &regex::Captures<'_>| match found[0].len() {
        6 => "\\ufffd".to_owned(),
        _ => found[0].to_owned(),
    };
    ESCAPES.replace_all(string, mend).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Option<Value> {
        serde_json::from_str(&mend(text)).ok()
    }

    #[test]
    fn unpaired_surrogates_and_numbers_out_of_range_are_taken() {
        assert_eq!(
            read(r#"["\ud800a\\ud800"]"#),
            Some(json!(["\u{fffd}a\\ud800"]))
        );
        assert_eq!(
            read(r#"["\ud83d\ude00\udc00"]"#),
            Some(json!(["😀\u{fffd}"]))
        );
        assert_eq!(read("[1e999,-2]"), Some(json!([f64::MAX, -2])));
    }

    #[test]
    fn depth_has_no_limit() {
        let deep = format!("{{\"a\":{}{},\"b\":1}}", "[".repeat(9000), "]".repeat(9000));
        assert_eq!(read(&deep).expect("JSON")["b"], json!(1));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in ["{\"a\": }", "{\"a", "]]", "{'a':1}", "[1 2]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
