//! Commands in the code that interpreters are given on their command line, in the ways that their
//! languages have beside calls.

use std::sync::LazyLock;

use regex::Regex;

use super::carriers::{is_interpreter, stem};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// A call without brackets, or with a text in a language's own quotes, or backticks.
static SCRIPTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\b(?:system|exec|popen|spawn)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')|(?:\b(?:system|exec|popen)\b\s*\(?\s*qq?|\bqx|%x)\s*(?:\(([^()]*)\)|\{([^{}]*)\}|\[([^\[\]]*)\]|/([^/]*)/|!([^!]*)!|\|([^|]*)\|)|`([^`]+)`"#,
    )
});

/// `print | "command"`, `"command" | getline`.
static AWK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\|&?\s*"((?:[^"\\]|\\.)*)"|"((?:[^"\\]|\\.)*)"\s*\|&?\s*getline"#));

static TCL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bexec\s+([^\n;\]]+)"));

/// `e command` of sed, behind an address.
static SED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[;\n}])\s*(?:\d+|\$|/[^/\n]*/)?!?\s*e\s+([^\n]+)"));

/// `shell command` and `!command` of debuggers and editors.
static ESCAPED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^:?\s*(?:shell\s+|!|r\s*!|sys(?:tem)?\s+)([^\n]+)"));

/// The commands in a text that the program `name` takes for its code.
pub(super) fn scripts(name: &str, code: &str) -> Vec<String> {
    let regex = match stem(name) {
        "awk" | "gawk" | "mawk" | "nawk" => &AWK,
        "tclsh" | "expect" | "wish" => &TCL,
        "sed" | "gsed" => &SED,
        "gdb" | "lldb" | "ed" | "ex" | "ftp" | "sqlite" | "psql" | "mysql" => &ESCAPED,
        "python" | "node" | "nodejs" => return Vec::new(),
        _ if is_interpreter(name) => &SCRIPTS,
        _ => return Vec::new(),
    };
    regex
        .captures_iter(code)
        .filter_map(|found| {
            found
                .iter()
                .skip(1)
                .flatten()
                .next()
                .map(|one| one.as_str())
        })
        .map(super::escape::unescape)
        .collect()
}

/// Terminals, and the options behind which they take a command.
pub(super) fn in_terminal<'a>(name: &str, words: &'a [String]) -> Option<&'a [String]> {
    let is_terminal = matches!(
        name,
        "xterm"
            | "uxterm"
            | "rxvt"
            | "urxvt"
            | "konsole"
            | "gnome-terminal"
            | "xfce4-terminal"
            | "alacritty"
            | "kitty"
            | "terminator"
            | "st"
            | "foot"
            | "x-terminal-emulator"
    );
    let at = words
        .iter()
        .position(|word| is_terminal && matches!(word.as_str(), "-e" | "-x" | "--"))?;
    words.get(at + 1..).filter(|rest| !rest.is_empty())
}

/// Functions that a script defines: names and bodies.
pub(super) fn functions(script: &str) -> Vec<(String, String)> {
    static HEAD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:\bfunction\s+([\w-]+)\s*(?:\(\s*\))?|([A-Za-z_][\w-]*)\s*\(\s*\))\s*\{")
    });
    if !script.contains('{') || !(script.contains('(') || script.contains("function")) {
        return Vec::new();
    }
    let body = |start: usize| {
        let mut open = 1_usize;
        let end = script[start..].find(|c| {
            match c {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            open == 0
        })?;
        Some(script[start..start + end].to_owned())
    };
    // A body that holds functions is read once for each: a few levels are enough.
    let all = HEAD.captures_iter(script).take(64).filter_map(|found| {
        let name = found.get(1).or(found.get(2))?.as_str().to_owned();
        Some((name, body(found.get(0)?.end())?))
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_their_ways() {
        for (name, code) in [
            ("perl", "exec q(rm -rf /)"),
            ("perl5", "print qx{rm -rf /}"),
            ("ruby", "`rm -rf /`"),
            ("ruby", "system 'rm -rf /'"),
            ("ruby", "%x[rm -rf /]"),
            ("awk", "{print | \"rm -rf /\"}"),
            ("gawk", "BEGIN{\"rm -rf /\" | getline}"),
            ("tclsh", "exec rm -rf /"),
            ("sed", "1e rm -rf /"),
            ("gdb", "shell rm -rf /"),
            ("ed", "!rm -rf /"),
        ] {
            assert_eq!(scripts(name, code), ["rm -rf /"], "{code}");
        }
        assert!(scripts("node", "x = `rm`").is_empty());
        assert!(scripts("sed", "s/e r/x/").is_empty());
    }

    #[test]
    fn functions_have_bodies() {
        assert_eq!(
            functions("f(){ a {b} c; }; function g { d; }\nh"),
            [
                ("f".to_owned(), " a {b} c; ".to_owned()),
                ("g".to_owned(), " d; ".to_owned())
            ]
        );
    }
}
