//! Backslash escapes, as `$'…'`, `printf` and `echo -e` know them.

/// Resolves the escapes; what is none stays.
pub(super) fn unescape(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '\\' || at + 1 == chars.len() {
            push(&mut bytes, chars[at]);
            at += 1;
            continue;
        }
        let kind = chars[at + 1];
        at += 2;
        let mut number = |radix: u32, most: usize| {
            let digits: String = chars[at..]
                .iter()
                .take(most)
                .take_while(|c| c.is_digit(radix))
                .collect();
            at += digits.len();
            u32::from_str_radix(&digits, radix).ok()
        };
        match kind {
            'x' => bytes.extend(number(16, 2).map(|value| value as u8)),
            'u' => number(16, 4)
                .and_then(char::from_u32)
                .into_iter()
                .for_each(|c| push(&mut bytes, c)),
            'U' => number(16, 8)
                .and_then(char::from_u32)
                .into_iter()
                .for_each(|c| push(&mut bytes, c)),
            '0' => bytes.push(number(8, 3).unwrap_or(0) as u8),
            '1'..='7' => {
                at -= 1;
                let digits: String = chars[at..]
                    .iter()
                    .take(3)
                    .take_while(|c| c.is_digit(8))
                    .collect();
                at += digits.len();
                bytes.push(u32::from_str_radix(&digits, 8).unwrap_or(0) as u8);
            }
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            'r' => bytes.push(b'\r'),
            'a' | 'b' | 'f' | 'v' => bytes.push(b' '),
            'e' | 'E' => bytes.push(0x1b),
            '\\' | '\'' | '"' | '?' => push(&mut bytes, kind),
            other => {
                bytes.push(b'\\');
                push(&mut bytes, other);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_all_kinds() {
        assert_eq!(unescape(r"\x72\155 \u002dr\0146 \\ \q\'"), "rm -rf \\ \\q'");
    }
}
