use std::borrow::Cow;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::confusable_detection::skeleton;

use super::{Origin, Seen};

/// Characters that show nothing.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Runs of decimal digits, each a multiple of ten that begins with a zero.
static DIGITS: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let hir = regex_syntax::parse(r"\p{Nd}").expect("a class");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect(),
        _ => Vec::new(),
    }
});

/// The sign for dividing a number or a name that a character is drawn like.
fn divides(c: char) -> Option<char> {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' => Some('-'),
        '\u{b7}' | '\u{387}' | '\u{2022}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' => {
            Some('.')
        }
        _ => None,
    }
}

fn decimal(c: char) -> Option<char> {
    let code = u32::from(c);
    let (first, _) = DIGITS
        .iter()
        .find(|(first, last)| (*first..=*last).contains(&code))?;
    char::from_digit((code - first) % 10, 10)
}

/// Small capitals, which are letters of their own.
const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ.ʏᴢ";

fn capital(c: char) -> Option<char> {
    let at = SMALL_CAPITALS.chars().position(|small| small == c)?;
    ('a'..='z').nth(at)
}

/// What a character outside ASCII passes for, appended to `text`.
fn fold(c: char, text: &mut String) {
    if is_invisible(c) {
        return;
    }
    if let Some(digit) = decimal(c) {
        text.push(digit);
        return;
    }
    if let Some(sign) = divides(c).or_else(|| capital(c)) {
        text.push(sign);
        return;
    }
    if c.is_whitespace() {
        text.push(if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') {
            '\n'
        } else {
            ' '
        });
        return;
    }
    let start = text.len();
    // Decomposed, so that marks put onto a letter do not hide it.
    text.extend(
        c.nfkd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c)),
    );
    if text[start..].is_ascii() {
        return;
    }
    let alike: String = skeleton(c.encode_utf8(&mut [0; 4])).collect();
    if alike.is_ascii() && !alike.is_empty() {
        text.truncate(start);
        // The prototype of the capital I is a small l.
        let capital_i = alike == "l" && c.is_uppercase();
        text.push_str(if capital_i { "I" } else { &alike });
    }
}

/// Entities for what divides a number or an address, or shows nothing.
const NAMED: [(&str, char); 12] = [
    ("&nbsp;", ' '),
    ("&ensp;", ' '),
    ("&emsp;", ' '),
    ("&thinsp;", ' '),
    ("&shy;", '\u{ad}'),
    ("&zwj;", '\u{200d}'),
    ("&zwnj;", '\u{200c}'),
    ("&ndash;", '-'),
    ("&mdash;", '-'),
    ("&middot;", '.'),
    ("&period;", '.'),
    ("&commat;", '@'),
];

fn named(text: &str) -> Option<(char, usize)> {
    let (name, c) = NAMED.iter().find(|(name, _)| text.starts_with(name))?;
    Some((*c, name.len()))
}

/// A character written as `\u0034`, `&#52;`, `&#x34;` or `&nbsp;`, and the bytes that takes.
fn written(text: &str) -> Option<(char, usize)> {
    let bytes = text.as_bytes();
    let number = |from: usize, radix: u32, most: usize| {
        let digits = bytes[from..]
            .iter()
            .take(most)
            .take_while(|byte| char::from(**byte).is_digit(radix))
            .count();
        let value = u32::from_str_radix(text.get(from..from + digits)?, radix).ok()?;
        Some((char::from_u32(value)?, from + digits))
    };
    match bytes {
        [b'\\', b'u', ..] => number(2, 16, 4).filter(|(_, end)| *end == 6),
        [b'&', b'#', rest @ ..] => {
            let hex = matches!(rest.first(), Some(b'x' | b'X'));
            let (c, end) = if hex {
                number(3, 16, 6)?
            } else {
                number(2, 10, 7)?
            };
            (bytes.get(end) == Some(&b';')).then_some((c, end + 1))
        }
        [b'&', ..] => named(text),
        _ => None,
    }
}

/// Without invisible characters, look-alikes as the ASCII they pass for, characters that are
/// written as numbers as themselves.
pub(super) fn see(statement: &str) -> Seen<'_> {
    let numbers = statement.contains("\\u")
        || statement
            .match_indices('&')
            .any(|(at, _)| statement[at..].starts_with("&#") || named(&statement[at..]).is_some());
    if statement.is_ascii() && !numbers {
        return Seen {
            text: Cow::Borrowed(statement),
            origin: Origin::Same,
        };
    }
    let mut text = String::with_capacity(statement.len());
    let mut starts: Vec<u32> = Vec::with_capacity(statement.len() + 1);
    let mut at = 0;
    while let Some(first) = statement[at..].chars().next() {
        let (c, length) = written(&statement[at..])
            .filter(|(c, _)| !c.is_control())
            .unwrap_or((first, first.len_utf8()));
        if c.is_ascii() {
            text.push(c);
        } else {
            fold(c, &mut text);
        }
        starts.resize(text.len(), u32::try_from(at).unwrap_or(u32::MAX));
        at += length;
    }
    starts.push(u32::try_from(statement.len()).unwrap_or(u32::MAX));
    Seen {
        text: Cow::Owned(text),
        origin: Origin::Bytes(starts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_reader_sees() {
        let read = |text| see(text).text.into_owned();
        assert_eq!(read("іgnоrе"), "ignore");
        assert_eq!(read("ｒｍ　−ｒｆ"), "rm -rf");
        assert_eq!(read("4111\u{200b}1111"), "41111111");
        assert_eq!(read("٤١١١"), "4111");
        assert_eq!(read("𝓲𝓰𝓷𝓸𝓻𝓮 Ｉ"), "ignore I");
        assert_eq!(read("café"), "cafe");
        assert_eq!(read("ɪɢɴᴏʀᴇ ꜰᴜʟʟ"), "ignore full");
        assert_eq!(read("4&nbsp;1&shy;1&mdash;& &x;"), "4 11-& &x;");
        assert_eq!(read("1·2•3—4‐5"), "1.2.3-4-5");
        assert_eq!(
            read(r"\u0034\u00311 \u00 &#52;&#x31;&#;"),
            r"411 \u00 41&#;"
        );
    }

    #[test]
    fn places_lead_back() {
        let statement = "ａ\u{200b}b1";
        let seen = see(statement);
        assert_eq!(seen.text, "ab1");
        let span = seen.origin.span(0..2).unwrap();
        assert_eq!(&statement[span], "ａ\u{200b}b");
        assert_eq!(&statement[seen.origin.span(2..3).unwrap()], "1");
    }
}
