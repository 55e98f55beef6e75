//! Texts that SQL puts together: concatenations, codes of characters, hexadecimal literals.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Between two literals that make one.
static JOINT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"' ?(?:\|\||\+) ?n?'|" ?(?:\|\||\+) ?"|' '|\bconcat\((?:'[^']*',)+'[^']*'\)"#)
        .expect("a pattern")
});

/// Codes of characters, and hexadecimal literals.
static CODES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:n?char|chr|unichr)\(([0-9a-fx, ]{1,4096})(?:using \w+)?\)(?: ?(?:\|\||\+|,) ?)?|\b0x((?:[0-9a-f]{2}){2,})\b|\bx'((?:[0-9a-f]{2}){2,})'")
        .expect("a pattern")
});

/// Literals next to each other as one.
pub(super) fn joined(sql: &str) -> Cow<'_, str> {
    JOINT.replace_all(sql, |found: &Captures<'_>| {
        let text = &found[0];
        if text.starts_with("concat") {
            text["concat(".len()..text.len() - 1].replace("','", "")
        } else {
            String::new()
        }
    })
}

/// What codes of characters and hexadecimal literals stand for, in order.
pub(super) fn decoded(sql: &str) -> String {
    let mut texts = String::new();
    let mut end = 0;
    for found in CODES.captures_iter(sql) {
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        // CHAR(83)||CHR(81) is one text.
        if !texts.is_empty() && whole.start != end {
            texts.push(' ');
        }
        end = whole.end;
        if let Some(codes) = found.get(1) {
            let codes = codes.as_str().split(',').filter_map(|code| {
                let code = code.trim();
                let value = match code.strip_prefix("0x") {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => code.parse(),
                };
                value.ok().and_then(printable)
            });
            texts.extend(codes);
        }
        if let Some(hex) = found.get(2).or(found.get(3)) {
            let pairs = hex.as_str().as_bytes().chunks_exact(2);
            let chars = pairs.filter_map(|pair| {
                let pair = std::str::from_utf8(pair).ok()?;
                printable(u32::from_str_radix(pair, 16).ok()?)
            });
            texts.extend(chars);
        }
    }
    texts.to_ascii_lowercase()
}

fn printable(code: u32) -> Option<char> {
    let c = char::from(u8::try_from(code).ok()?);
    (c.is_ascii_graphic() || c == ' ').then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined() {
        assert_eq!(joined("'dr'||'op' + 'x'"), "'dropx'");
        assert_eq!(joined("concat('a','b','c')"), "'abc'");
        assert_eq!(joined("'a' or 'b'"), "'a' or 'b'");
    }

    #[test]
    fn codes_are_read() {
        assert_eq!(decoded("char(83,81, 76) x 0x44524f50"), "sql drop");
        assert_eq!(decoded("chr(68)||chr(82)||chr(79)"), "dro");
        assert_eq!(decoded("varchar(255) 0x1f"), "");
    }
}
