//! The commands that a shell would run, one pipeline a line.
//!
//! - `lex`: text as words and what stands between them.
//! - `escape`: backslash escapes.
//! - `braces`: `{a,b}` and `{1..3}`.
//! - `expand`: words as the fields they become.
//! - `wrapper`: commands that run the command behind them.
//! - `filters`: commands whose output can be told from their input.
//! - `fetch`: files that `curl` and `wget` leave.
//! - `carriers`: scripts inside of arguments.
//! - `languages`: scripts in the code of other interpreters, functions.
//! - `embedded`: commands inside of files that are no scripts.
//! - `run`: a script, pipeline after pipeline.
//! - `words`: words of a command after expansion, assignments in front.
//! - `nested`: what a command itself runs.
//! - `builtin`: commands of the shell that change what later ones mean.
//! - `canonical`: one way to write a command.
//! - `known`: globs that can only mean one well-known file.
//! - `address`: hosts in all the ways that programs take them.
//!
//! Nothing is executed, and nothing outside of the text is looked at. What cannot be known is shown
//! as it is written.

mod address;
mod braces;
mod builtin;
mod canonical;
mod carriers;
mod embedded;
mod escape;
mod expand;
mod fetch;
mod filters;
mod known;
mod languages;
mod lex;
mod nested;
mod run;
mod words;
mod wrapper;

use std::sync::LazyLock;

use regex::Regex;

use super::text;
use crate::Surface;
use run::Shown;

/// What a shell would run of a statement; of a file, what its content is or holds for a shell.
#[must_use]
pub fn see(statement: &str, surface: Surface) -> String {
    let seen = text::see(statement);
    let (path, content) = seen.text.split_once('\n').unwrap_or((&seen.text, ""));
    match surface {
        Surface::Command => run::lines(&seen.text, Shown::Bare),
        Surface::Script => run::lines(content, Shown::Bare),
        Surface::File => run::lines(&embedded::script(path, content), Shown::Bare),
        Surface::Cell => run::lines(&embedded::cell(&seen.text), Shown::Bare),
        _ => String::new(),
    }
}

/// Signs of a text whose words a shell makes into others, or in which a script hides.
const DISGUISES: [&str; 11] = [
    "\\", "`", "$", "''", "\"\"", "'\"", "\"'", "<<<", "eval", "/[", "]",
];

/// What talks to a database or speaks SQL, and what makes a text out of another one.
static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)sql|maria|duckdb|mongo|redis|curl|wget|http|select|union|drop|delete|truncate|grant|revoke|update|insert|exec|base64|base32|xxd|eval|printf|openssl|sh -|sh<|\| ?(?:ba|z|da)?sh|\brev\b|\btr ")
        .expect("a pattern")
});

/// The commands that a shell would run of a text, words with blanks in quotes; `None` where they are
/// what the text says, or have nothing to do with a database.
pub(super) fn resolved(commands: &str) -> Option<String> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let within =
        |three: &[u8]| matches!(three[1], b'\'' | b'"') && is_word(&three[0]) && is_word(&three[2]);
    let pipes = || {
        let shells = ["| sh", "| bash", "|sh", "|bash", "| zsh", "| dash"];
        shells.iter().any(|shell| commands.contains(shell))
    };
    let hides = DISGUISES.iter().any(|sign| commands.contains(sign))
        || commands.as_bytes().windows(3).any(within)
        || pipes();
    let speaks = || {
        let marks = ['\'', '"', '\\', '$', '@', '`'];
        let bare: String = commands.chars().filter(|c| !marks.contains(c)).collect();
        SPEAKS.is_match(&bare)
    };
    (hides && speaks()).then(|| run::lines(commands, Shown::Quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_resolved_where_they_hide() {
        let resolved = |text| resolved(text).unwrap_or_default();
        assert_eq!(resolved("psql -c 'drop table t'"), "");
        assert_eq!(resolved("git commit -m \"it's $x\""), "");
        assert_eq!(
            resolved("psql -c 'dr''op table t'"),
            "psql -c \"drop table t\""
        );
        assert_eq!(
            resolved("ps\\ql -c \"select 'x'\""),
            "psql -c \"select 'x'\""
        );
        assert_eq!(
            resolved("echo cHNxbCAtYyAnYSBiJw== | base64 -d | bash")
                .lines()
                .next(),
            Some("psql -c \"a b\"")
        );
    }
}
