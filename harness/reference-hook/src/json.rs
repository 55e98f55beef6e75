//! Reads JSON one level at a time, so that no nesting depth, number or unpaired surrogate
//! further down can make a document unreadable.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The members of one JSON object; their values are still text.
#[derive(Debug, Default, Clone)]
pub struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Fields<'a> {
    /// The members of `text`, or `None` when it is not a JSON object.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// The member as it was written, unless it is absent or null.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .get(key)
            .copied()
            .filter(|value| value.get() != "null")
    }

    /// The member when it is a string.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// The member when it is a string with something in it.
    #[must_use]
    pub fn full_text(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    /// The member when it is a boolean.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// The member when it is a whole number.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// The member when it is an object.
    #[must_use]
    pub fn fields(&self, key: &str) -> Option<Fields<'a>> {
        Fields::parse(self.raw(key)?.get())
    }

    /// The items of the member when it is an array.
    #[must_use]
    pub fn list(&self, key: &str) -> Option<Vec<&'a RawValue>> {
        serde_json::from_str(self.raw(key)?.get()).ok()
    }

    /// The names of all members, null ones included.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The object without the named members, as compact JSON; `None` when nothing is left.
    #[must_use]
    pub fn without(&self, keys: &[&str]) -> Option<String> {
        let rest: BTreeMap<_, _> = self
            .0
            .iter()
            .filter(|(key, _)| !keys.contains(&key.as_str()))
            .collect();
        if rest.is_empty() {
            return None;
        }
        serde_json::to_string(&rest).ok().map(|text| compact(&text))
    }
}

/// What is wrong with bytes that should be one JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// There is nothing but white space.
    Empty,
    /// It is not JSON.
    Unreadable,
    /// One document, then more.
    Trailing,
}

/// The single document in `bytes`, as text that every JSON reader accepts: without a byte
/// order mark, with U+FFFD for invalid UTF-8 and for unpaired surrogates, with spaces for
/// raw control characters.
///
/// # Errors
/// Says what is wrong when the bytes hold no document, or more than one.
pub fn document(bytes: &[u8]) -> Result<String, Flaw> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let text = pair_surrogates(text.trim());
    if text.is_empty() {
        return Err(Flaw::Empty);
    }
    let mut flaw = single(&text);
    if flaw == Some(Flaw::Unreadable) && text.contains(|c: char| c < ' ') {
        // Inside a string a raw control character is an error, outside it is white space or
        // an error: as a space it is neither, and no other meaning changes.
        let spaced = text.replace(|c: char| c < ' ', " ");
        flaw = single(spaced.trim());
        if flaw.is_none() {
            return Ok(spaced.trim().to_owned());
        }
    }
    flaw.map_or(Ok(text), Err)
}

fn single(text: &str) -> Option<Flaw> {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    match documents.next() {
        None => Some(Flaw::Empty),
        Some(Err(_)) => Some(Flaw::Unreadable),
        Some(Ok(_)) if text[documents.byte_offset()..].trim().is_empty() => None,
        Some(Ok(_)) => Some(Flaw::Trailing),
    }
}

/// Replaces each escaped surrogate without a partner by the escape of U+FFFD.
fn pair_surrogates(text: &str) -> String {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(Half::High), Some(Half::Low)) => 12,
            (Some(_), _) => {
                out.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // A backslash and what it escapes belong together, so that `\\ud800` is text.
            (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

enum Half {
    High,
    Low,
}

fn surrogate(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

/// The same JSON without white space between its tokens, numbers and escapes untouched.
#[must_use]
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Pieces between quotes: outside a string white space goes, inside all stays.
    while let Some(open) = rest.find('"') {
        out.extend(rest[..open].split_ascii_whitespace());
        let inside = &rest[open + 1..];
        let close = end_of_string(inside);
        out.push_str(&rest[open..=open + close]);
        rest = &inside[close..];
    }
    out.extend(rest.split_ascii_whitespace());
    out
}

/// Where the string that `text` continues ends, its closing quote included.
fn end_of_string(text: &str) -> usize {
    let mut at = 0;
    while let Some(step) = text[at..].find(['"', '\\']) {
        at += step;
        if text.as_bytes()[at] == b'"' {
            return at + 1;
        }
        at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
    }
    text.len()
}

/// How deeply arrays and objects are nested in `text`.
#[must_use]
pub fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(step) = text[at..].find(['"', '[', '{', ']', '}']) {
        at += step;
        let token = text.as_bytes()[at];
        at += 1;
        match token {
            b'"' => at += end_of_string(&text[at..]),
            b'[' | b'{' => depth += 1,
            _ => depth = depth.saturating_sub(1),
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_level_below_which_anything_may_nest() {
        let deep = format!(
            "{{\"a\":true,\"b\":{}1{}}}",
            "[".repeat(5000),
            "]".repeat(5000)
        );
        let text = document(deep.as_bytes()).unwrap();
        assert_eq!(Fields::parse(&text).unwrap().flag("a"), Some(true));
        assert_eq!(depth(&text), 5001);
    }

    #[test]
    fn finds_each_flaw() {
        assert_eq!(document(b" \n"), Err(Flaw::Empty));
        assert_eq!(document(b"\xef\xbb\xbf"), Err(Flaw::Empty));
        assert_eq!(document(b"{\"a\":"), Err(Flaw::Unreadable));
        assert_eq!(document(b"<html>"), Err(Flaw::Unreadable));
        assert_eq!(document(b"{}{}"), Err(Flaw::Trailing));
        assert_eq!(document(b"{} x"), Err(Flaw::Trailing));
        assert_eq!(document(b"\xef\xbb\xbf {} \r\n").as_deref(), Ok("{}"));
    }

    #[test]
    fn repairs_what_a_strict_reader_refuses() {
        let text = document(b"{\"a\":\"x\\ud83dy\\udc00 \\ud83d\\ude00 \\\\ud800 \xff\"}").unwrap();
        let fields = Fields::parse(&text).unwrap();
        assert_eq!(
            fields.text("a").unwrap(),
            "x\u{fffd}y\u{fffd} \u{1f600} \\ud800 \u{fffd}"
        );
        let text = document(b"{\"a\":\"line\nnext\0\"}\0").unwrap();
        assert_eq!(
            Fields::parse(&text).unwrap().text("a").unwrap(),
            "line next "
        );
    }

    #[test]
    fn compacts_without_touching_values() {
        let text = "{ \"a b\" : [ 1e400 ,\n \"x \\\" y\" ] , \"c\\\\\" : {} }";
        assert_eq!(compact(text), r#"{"a b":[1e400,"x \" y"],"c\\":{}}"#);
    }

    #[test]
    fn null_is_absent() {
        let fields = Fields::parse(r#"{"a":null,"b":0}"#).unwrap();
        assert!(fields.raw("a").is_none());
        assert_eq!(fields.number("b"), Some(0));
        assert_eq!(fields.flag("b"), None);
    }
}
