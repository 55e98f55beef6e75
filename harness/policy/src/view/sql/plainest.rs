//! Numbers, signs and names in their plainest form: `(+1+0)` is 1, `||` is OR where it joins
//! conditions, `public."users"` is users.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::Surface;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// Words without which there is no SQL that could be written more plainly.
static SQL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"select|union|insert|update|delete|drop|truncate|grant|revoke|alter|create|exec|declare|sleep|benchmark|waitfor|cha?r\(|load_file|into |from |table |[ )'\x22=0-9]x?or[ ('\x22]|[ )'\x22=0-9]and[ ('\x22]|\|\||&&",
    )
});

/// Brackets beside a word of SQL that is no function.
static OPENED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(or|and|xor|not|where|when|then|else|select|distinct|all|having|like|by|is|between)\(",
    )
});
static CLOSED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\)(or|and|xor|like|union|in|is|between|limit|order|group)\b"));

/// A number alone in brackets.
static BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(^|[=<>(,!&|+* -])\((-?[0-9]{1,12})\)"));

/// Two negations.
static TWICE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bnot ?\(? ?not\b ?|!!"));

/// A name behind the word that takes one, with its schema or in quotes.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\b(from|into|update|join|table|user|database|schema|exists|only|on|to|use) (?:"?[a-z0-9_$]+"?\.\.?){0,3}"?([a-z0-9_$]+)"?"#,
    )
});

/// MySQL's signs for OR and AND, where what follows is a condition.
static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#" ?(\|\||&&) ?((?:not |[(!~+-]){0,4}(?:(?:n?'[^']{0,40}'|"[^"]{0,40}"|[a-z0-9_.]{1,40}(?:\([^()]{0,40}\))?)\)* ?(?:[<>=!]| (?:like|rlike|regexp|is) |in\()|(?:true|1|'1')\)* ?(?:--|#|;|$)|(?:pg_)?sleep\(|benchmark\(|exists\())"#,
    )
});

/// A comment at the end.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r#"[; ]*(?:--|#)[^'"\n]*$"#));

/// Rounds: brackets within brackets, a sum within brackets.
const ROUNDS: usize = 3;

/// A statement that is written in one way, in its plainest form; `None` if it is that already.
pub(super) fn plainest(sql: &str, surface: Surface) -> Option<String> {
    if !SQL.is_match(sql) {
        return None;
    }
    // In a file it may be a comment of the file's language.
    let mut text = match surface {
        Surface::Query | Surface::Command => COMMENT.replace(sql, "").into_owned(),
        _ => sql.to_owned(),
    };
    text = OPENED.replace_all(&text, "$1 (").into_owned();
    text = CLOSED.replace_all(&text, ") $1").into_owned();
    text = TWICE.replace_all(&text, "").into_owned();
    for _ in 0..ROUNDS {
        let bare = BRACKETS.replace_all(&summed(&text), "$1$2").into_owned();
        if bare == text {
            break;
        }
        text = bare;
    }
    if surface == Surface::Query {
        let words = SIGNS.replace_all(&text, |found: &Captures<'_>| {
            let word = if &found[1] == "||" { "or" } else { "and" };
            format!(" {word} {}", &found[2])
        });
        text = words.into_owned();
    }
    text = NAME.replace_all(&text, "$1 $2").into_owned();
    (text != sql).then_some(text)
}

/// Sums and products of whole numbers as what comes out, signs and fractions of nothing away.
fn summed(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let free = plain
            .chars()
            .next_back()
            .is_none_or(|before| "=<>(,!&|~ ".contains(before));
        let sum = free.then(|| sum(rest)).flatten();
        let len = match sum {
            Some((value, len)) => {
                plain.push_str(&value.to_string());
                len
            }
            None => {
                plain.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[len..];
    }
    plain
}

/// The sum at the beginning, and the bytes it takes.
fn sum(text: &str) -> Option<(u64, usize)> {
    let (mut value, mut len) = number(text)?;
    loop {
        let rest = &text[len..];
        let sign = rest.trim_start_matches(' ');
        let Some(operator) = sign.chars().next().filter(|c| "+-*/".contains(*c)) else {
            break;
        };
        let operand = &sign[1..];
        let trimmed = operand.trim_start_matches(' ');
        let Some((other, digits)) = number(trimmed) else {
            break;
        };
        let result = match operator {
            '+' => value.checked_add(other),
            '*' => value.checked_mul(other),
            '-' => value.checked_sub(other),
            _ => (other != 0 && value % other == 0).then(|| value / other),
        };
        let Some(result) = result else { break };
        value = result;
        len += rest.len() - trimmed.len() + digits;
    }
    Some((value, len))
}

/// The whole number at the beginning, with its signs, and the bytes it takes.
fn number(text: &str) -> Option<(u64, usize)> {
    let unsigned = text.trim_start_matches('+');
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let value = unsigned[..digits].parse().ok().filter(|_| digits <= 12)?;
    let fraction = unsigned[digits..].strip_prefix('.').map_or(0, |rest| {
        1 + rest.bytes().take_while(|byte| *byte == b'0').count()
    });
    let end = digits + fraction;
    let ends = !unsigned[end..]
        .starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '$'));
    ends.then_some((value, text.len() - unsigned.len() + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_plainest_form() {
        let of = |sql| plainest(sql, Surface::Query).unwrap_or_default();
        for (sql, expected) in [
            ("id=+1 or +1=+1", "id=1 or 1=1"),
            ("id=1+0 or 1+0=1+0", "id=1 or 1=1"),
            ("id=1.0 or (1.0)=(1.0)", "id=1 or 1=1"),
            ("id=(1)or(1)=((1))", "id=1 or 1=1"),
            ("id=8-1 or 2*3-1 = 10/2", "id=7 or 5 = 5"),
            ("id=1||not not 1=1", "id=1 or 1=1"),
            ("x'||1+1=2", "x' or 2=2"),
            (
                "select sleep((5)),char(+83,80+1)",
                "select sleep(5),char(83,81)",
            ),
            ("union select (1),(2) -- ", "union select 1,2"),
            ("chr(68+0)||chr(82)", "chr(68)||chr(82)"),
            ("drop table \"t\" -- x", "drop table t"),
            ("select * from dbo.\"users\"", "select * from users"),
        ] {
            assert_eq!(of(sql), expected, "{sql}");
        }
        for sql in [
            "select a from t where b=1",
            "select '2024-01-01'",
            "f((1+0))",
        ] {
            assert_eq!(plainest(sql, Surface::Query), None, "{sql}");
        }
        assert_eq!(plainest("a||b", Surface::Command), None);
    }
}
