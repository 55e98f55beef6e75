//! Text as the clients' language (JavaScript) sees it.

/// Without white space at both ends; a byte order mark counts as white space.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

fn is_space(c: char) -> bool {
    // U+0085 is white space for Rust but not for JavaScript; the mark is the other way round.
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// The length in UTF-16 code units, as JavaScript counts.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The longest prefix of at most this many UTF-16 code units.
pub(crate) fn prefix(text: &str, units: usize) -> &str {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        seen += c.len_utf16();
        if seen > units {
            return &text[..at];
        }
    }
    text
}

/// JSON with two spaces of indentation.
pub(crate) fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_what_javascript_trims() {
        assert_eq!(trim("\u{feff}\u{a0} x \r\n"), "x");
        assert_eq!(trim("\u{85}x"), "\u{85}x");
    }

    #[test]
    fn counts_utf16_units() {
        assert_eq!(length("a😀"), 3);
        assert_eq!(prefix("a😀b", 2), "a");
    }
}
