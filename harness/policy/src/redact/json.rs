use std::ops::Range;

use serde::de::IgnoredAny;

use super::Mask;
use super::mask::{apply, everywhere, merged};

/// A string or number of a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its bytes, quotes included.
    span: Range<usize>,
    is_string: bool,
}

/// The strings and numbers of a JSON object or array, or of a lone string; `None` for any other
/// text.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let begins = text.trim_start().starts_with(['{', '[', '"']);
    if !begins || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                tokens.push(Token {
                    span: start..at,
                    is_string: true,
                });
            }
            b'-' | b'0'..=b'9' => {
                while at < bytes.len()
                    && matches!(bytes[at], b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
                {
                    at += 1;
                }
                tokens.push(Token {
                    span: start..at,
                    is_string: false,
                });
            }
            _ => at += 1,
        }
    }
    Some(tokens)
}

/// Masks inside strings and numbers; what holds the document together stays. What is found in the
/// document as it is written counts, and what is found in each string as it reads.
pub(super) fn redact(text: &str, tokens: &[Token], find: &impl Fn(&str) -> Vec<Mask>) -> String {
    let written = match find(text) {
        none if none.is_empty() => none,
        some => merged(text, everywhere(text, some)),
    };
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for token in tokens {
        let within = overlapping(&written, &token.span);
        let raw = &text[token.span.clone()];
        if let Some(replacement) = token_masked(raw, token.is_string, within, find) {
            masked.push_str(&text[done..token.span.start]);
            masked.push_str(&replacement);
            done = token.span.end;
        }
    }
    masked.push_str(&text[done..]);
    masked
}

/// The masks of the document that reach into the token, in the token's own bytes. The masks are
/// disjoint and in order.
fn overlapping(masks: &[Mask], token: &Range<usize>) -> Vec<Mask> {
    let first = masks.partition_point(|mask| mask.span.end <= token.start);
    masks[first..]
        .iter()
        .take_while(|mask| mask.span.start < token.end)
        .map(|mask| {
            mask.at(mask.span.start.max(token.start) - token.start
                ..mask.span.end.min(token.end) - token.start)
        })
        .collect()
}

/// The token as it reads afterwards, if that is another.
fn token_masked(
    raw: &str,
    is_string: bool,
    within: Vec<Mask>,
    find: &impl Fn(&str) -> Vec<Mask>,
) -> Option<String> {
    if !is_string {
        // A mask does not read as a number.
        let masked = within.first()?;
        let whole = apply(raw, vec![masked.at(0..raw.len())]);
        return Some(quoted(&whole));
    }
    let read: String = serde_json::from_str(raw).ok()?;
    let mut masks = Vec::new();
    if !within.is_empty() {
        let places = places(raw, &read);
        let read = |mask: &Mask| mask.at(read_span(&places, &mask.span));
        let within = within.iter().map(read);
        masks.extend(within.filter(|mask| !mask.span.is_empty()));
    }
    if !read.is_empty() {
        masks.extend(find(&read));
    }
    let masked = apply(&read, masks);
    (masked != read).then(|| quoted(&masked))
}

/// A character of a string: where it is written, and where it is in the string as it reads.
struct Place {
    written: Range<usize>,
    read: Range<usize>,
}

/// The characters of a string literal, in order.
fn places(raw: &str, read: &str) -> Vec<Place> {
    let bytes = raw.as_bytes();
    let mut at = 1;
    let place = |(start, character): (usize, char)| {
        let begun = at;
        at += match (bytes[at], bytes[at + 1]) {
            // Two escapes make one character that is longer than three bytes.
            (b'\\', b'u') if character.len_utf8() > 3 => 12,
            (b'\\', b'u') => 6,
            (b'\\', _) => 2,
            _ => character.len_utf8(),
        };
        Place {
            written: begun..at,
            read: start..start + character.len_utf8(),
        }
    };
    read.char_indices().map(place).collect()
}

/// The characters of which something is written in the span, as they read.
fn read_span(places: &[Place], written: &Range<usize>) -> Range<usize> {
    let first = places.partition_point(|place| place.written.end <= written.start);
    let end = places.partition_point(|place| place.written.start < written.end);
    match places.get(first..end) {
        Some([first, .., last]) => first.read.start..last.read.end,
        Some([only]) => only.read.clone(),
        _ => 0..0,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
