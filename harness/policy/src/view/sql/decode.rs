//! Encodings that an application takes off before the database reads a statement.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Rounds of decoding: more than a second layer does not reach a database in practice.
const ROUNDS: usize = 3;

/// Percent-encoding, entities and escapes as the characters they stand for.
pub(super) fn decode(statement: &str) -> Cow<'_, str> {
    let mut current = Cow::Borrowed(statement);
    for _ in 0..ROUNDS {
        let plus = pluses(&current);
        let percent = percents(plus.as_deref().unwrap_or(&current)).or(plus);
        let entity = entities(percent.as_deref().unwrap_or(&current)).or(percent);
        let Some(next) = escapes(entity.as_deref().unwrap_or(&current)).or(entity) else {
            break;
        };
        current = Cow::Owned(next);
    }
    current
}

/// Spaces for the plus signs of words that look like a query of a URL.
fn pluses(text: &str) -> Option<String> {
    if !text.contains('+') {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        if word.contains('+') && is_query(word) {
            decoded.push_str(&word.replace('+', " "));
        } else {
            decoded.push_str(word);
        }
    }
    (decoded != text).then_some(decoded)
}

/// A word of SQL that a plus sign stands behind.
static KEYWORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^a-z])(?:select|union|all|insert|update|delete|drop|alter|truncate|grant|revoke|create|exec|from|where|into|table|database|and|or|not|waitfor|delay|declare|user|role|login|to|on|with|set|values|by|like|null|exists|having|limit|distinct|top|immediate)\+[a-z'(*@0-9]").expect("a pattern")
});

fn is_query(word: &str) -> bool {
    let encoded = |at: usize| {
        let hex = |offset: usize| {
            word.as_bytes()
                .get(at + offset)
                .is_some_and(u8::is_ascii_hexdigit)
        };
        hex(1) && hex(2)
    };
    let parameter = |at: usize| {
        let name = word[at + 1..]
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-[].".contains(c));
        name.len() < word.len() - at - 1 && name.starts_with('=')
    };
    // Numbers are added.
    let words = word.split('+').skip(1);
    let words = words
        .filter(|next| !next.starts_with(|c: char| c.is_ascii_digit()))
        .count();
    word.contains("://")
        || KEYWORD.is_match(word)
        || word.match_indices('%').any(|(at, _)| encoded(at))
        || word
            .match_indices(['?', '&', '\'', '"'])
            .take(8)
            .any(|(at, _)| parameter(at))
        || (words > 1 && word.contains('=') && !word.contains('\''))
}

fn hex_value(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then_some(())?;
    u32::from_str_radix(text, 16).ok()
}

/// `%27`, and `%u0027` of old servers.
pub(in crate::view) fn percents(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let mut decoded: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at + 1..];
        if bytes[at] == b'%' {
            if let Some(value) = rest.get(..2).and_then(hex_value) {
                decoded.push(u8::try_from(value).unwrap_or(b' '));
                at += 3;
                continue;
            }
            if let Some(c) = rest
                .strip_prefix(b"u")
                .and_then(|digits| hex_value(digits.get(..4)?))
                .and_then(char::from_u32)
            {
                decoded.extend(c.encode_utf8(&mut [0; 4]).bytes());
                at += 6;
                continue;
            }
        }
        decoded.push(bytes[at]);
        at += 1;
    }
    let decoded = String::from_utf8_lossy(&decoded).into_owned();
    (decoded != text).then_some(decoded)
}

const ENTITIES: [(&str, &str); 11] = [
    ("amp", "&"),
    ("apos", "'"),
    ("colon", ":"),
    ("comma", ","),
    ("equals", "="),
    ("gt", ">"),
    ("lpar", "("),
    ("lt", "<"),
    ("nbsp", " "),
    ("quot", "\""),
    ("rpar", ")"),
];

/// `&#39;`, `&#x27;` and the named ones that matter.
fn entities(text: &str) -> Option<String> {
    if !text.contains('&') {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest) {
            Some((read, len)) => {
                decoded.push_str(&read);
                rest = &rest[len..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    (decoded != text).then_some(decoded)
}

/// The entity at the beginning, as it reads, and its length.
fn entity(text: &str) -> Option<(String, usize)> {
    let body = &text.as_bytes()[1..];
    let end = body.iter().take(10).position(|byte| *byte == b';')?;
    let name = text.get(1..=end)?;
    let number = if let Some(hex) = name.strip_prefix("#x").or(name.strip_prefix("#X")) {
        hex_value(hex.as_bytes())
    } else {
        name.strip_prefix('#')
            .and_then(|number| number.parse().ok())
    };
    let read = match number {
        Some(code) => char::from_u32(code)?.to_string(),
        None => {
            let (_, read) = ENTITIES.iter().find(|(known, _)| *known == name)?;
            (*read).to_owned()
        }
    };
    Some((read, end + 2))
}

/// Escapes of JSON and of program texts: `\u0027`, `\x27`, `\'`, `\n`.
fn escapes(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let digits =
            |len: usize| hex_value(after.as_bytes().get(1..=len)?).and_then(char::from_u32);
        let (read, len) = match after.bytes().next() {
            Some(b'u') => (digits(4), 5),
            Some(b'x') => (digits(2), 3),
            Some(b'n' | b'r' | b't') => (Some(' '), 1),
            Some(b'\'') => (Some('\''), 1),
            Some(b'"') => (Some('"'), 1),
            Some(b'/') => (Some('/'), 1),
            _ => (None, 0),
        };
        match read {
            Some(read) => {
                decoded.push(read);
                rest = &after[len..];
            }
            None => {
                decoded.push('\\');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    (decoded != text).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_off() {
        for (written, read) in [
            ("id=1%27%20OR%201=1", "id=1' OR 1=1"),
            ("1%2527%2520or", "1' or"),
            ("/p?id=1'+AND+SLEEP(5)--+", "/p?id=1' AND SLEEP(5)-- "),
            ("a'+'b = 1+2", "a'+'b = 1+2"),
            ("SELECT+a+FROM+t", "SELECT a FROM t"),
            ("&#39; OR &#x27;1&apos;", "' OR '1'"),
            (r"{\u0027 or\x201}", "{' or 1}"),
            ("LIKE '%x%' & 100%", "LIKE '%x%' & 100%"),
            (r"C:\dir \d+", r"C:\dir \d+"),
            ("%u0027 &unknown; &", "' &unknown; &"),
        ] {
            assert_eq!(decode(written), read);
        }
    }
}
