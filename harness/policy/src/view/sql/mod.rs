//! What a SQL engine would read, however it is written.
//!
//! - `decode`: percent-encoding, entities, escapes.
//! - `comments`: comments as gaps.
//! - `literals`: concatenations and codes of characters.
//! - `plainest`: numbers, signs and names in their plainest form.

mod comments;
mod decode;
mod literals;
mod plainest;

use std::sync::LazyLock;

use regex::Regex;

use super::mention::{Mention, without};
use super::{shell, text};
use crate::Surface;
use comments::Gap;
pub(super) use decode::percents;

/// Bytes that a view may have for each of the statement's: room for all readings that are of use,
/// so that none can be pushed out.
const TIMES: usize = 8;

/// Bytes that a view may have beside those.
const SPARE: usize = 1 << 10;

/// Readings of the statement, one a line, in lower case and with single spaces: comments as spaces;
/// what codes of characters say; concatenations joined; comments as nothing; line comments as
/// spaces; comments left in; numbers, signs and names in their plainest form. Then the same of what
/// a shell makes of the statement. A reading that is the same as one before is left out. Commands
/// that only mention a text are left out.
pub(super) fn see(statement: &str, surface: Surface) -> String {
    let seen = text::see(statement).text;
    let mut readings = Readings::new(statement.len());
    if surface.is_shell() {
        readings.of(&without(&seen, Mention::Speaks), surface);
        if let Some(resolved) = shell::resolved(&seen) {
            readings.of(&without(&resolved, Mention::Speaks), surface);
        }
    } else {
        readings.of(&seen, surface);
    }
    readings.lines.join("\n")
}

struct Readings {
    lines: Vec<String>,
    left: usize,
}

impl Readings {
    fn new(statement: usize) -> Self {
        Self {
            lines: Vec::new(),
            left: TIMES * statement + SPARE,
        }
    }

    fn of(&mut self, run: &str, surface: Surface) {
        let decoded = decode::decode(run);
        // What came out of an encoding may hide characters once more.
        let again = text::see(&decoded).text;
        let sql = again.to_lowercase();
        let plain = spaced(&comments::without_blocks(&sql, Gap::Space));
        let codes = literals::decoded(&plain);
        let joined = literals::joined(&plain).into_owned();
        let plainest = plainest::plainest(&joined, surface);
        self.add(plain);
        self.add(codes);
        self.add(joined.clone());
        if sql.contains("/*") {
            self.add(spaced(&comments::without_blocks(&sql, Gap::Nothing)));
        }
        let unlined = spaced(&comments::without_blocks(
            &comments::without_lines(&sql),
            Gap::Space,
        ));
        let plainest_unlined = (unlined != joined)
            .then(|| plainest::plainest(&literals::joined(&unlined), surface))
            .flatten();
        self.add(unlined);
        if sql.contains("/*") {
            self.add(spaced(&sql));
        }
        for plainest in [plainest, plainest_unlined].into_iter().flatten() {
            let codes = literals::decoded(&plainest);
            self.add(plainest);
            self.add(codes);
        }
    }

    fn add(&mut self, line: String) {
        if line.trim().is_empty() || line.len() >= self.left || self.lines.contains(&line) {
            return;
        }
        self.left -= line.len() + 1;
        self.lines.push(line);
    }
}

/// White space that says nothing.
static IDLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r" ([(),=<>;|!])|([(),=<>;|!]) | (\.) ?").expect("a pattern"));

/// A name in back-quotes or brackets.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"`(\w+)`|\[([a-z_]\w*)\]").expect("a pattern"));

/// Single spaces between words and none around signs, names without their quotes.
fn spaced(sql: &str) -> String {
    let mut single = String::with_capacity(sql.len());
    for c in sql.chars() {
        let space = c.is_whitespace() || c.is_control();
        if !space {
            single.push(c);
        } else if !single.ends_with(' ') {
            single.push(' ');
        }
    }
    let bare = NAME.replace_all(&single, " $1$2 ").replace("  ", " ");
    let once = IDLE.replace_all(&bare, "$1$2$3");
    let twice = IDLE.replace_all(&once, "$1$2$3");
    let words: Vec<&str> = twice.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(statement: &str) -> String {
        let seen = see(statement, Surface::Query);
        seen.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn one_way_to_write_it() {
        for statement in [
            "1 UNION SELECT 2",
            "1/**/uNiOn/**/SELECT/**/2",
            "1/*!50000UNION*/ /*!SELECT*/ 2",
            "1\tUNION\u{a0}\u{b}SELECT\r\n2",
            "1%20union%0aselect%092",
            "1%2520UNION%2520SELECT 2",
            "/?q=1+UNION+SELECT+2",
            "１ ＵＮＩＯＮ ＳＥＬＥＣＴ ２",
            "{\"q\":\"1 \\u0055NION SELECT 2\"}",
            "1 &#85;NION SEL\u{200b}ECT 2",
        ] {
            assert!(
                first(statement).contains("1 union select 2"),
                "{statement}: {}",
                first(statement)
            );
        }
        for statement in [
            "UN/**/ION SEL/*x*/ECT",
            "UNION--x\nSELECT",
            "UNION # x\n SELECT",
        ] {
            assert!(
                see(statement, Surface::Query).contains("union select"),
                "{statement}"
            );
        }
    }

    #[test]
    fn signs_stand_close_and_names_are_bare() {
        assert_eq!(
            first("SLEEP ( 15 ) ; DROP TABLE `a` , [dbo].[b]"),
            "sleep(15);drop table a,dbo.b"
        );
    }

    #[test]
    fn it_stays_bounded() {
        for piece in [
            "/**/",
            "--\n",
            "#a\n",
            "'a'||'b'",
            "0x414243 ",
            "%25",
            "&#38;",
            "\\u005c",
            "＇",
            "`a`",
            "a ",
        ] {
            for surface in [Surface::Query, Surface::Command, Surface::File] {
                let statement = piece.repeat(5000);
                let seen = see(&statement, surface);
                assert!(seen.len() <= TIMES * statement.len() + SPARE, "{piece}");
            }
        }
    }
}
