//! A command line taken apart into the commands it runs, as far as rules need it.

use std::sync::LazyLock;

use regex::Regex;

/// Commands that run without a rule: they only read.
const READ_ONLY: [&str; 33] = [
    "ls", "cat", "head", "tail", "pwd", "echo", "grep", "rg", "find", "wc", "stat", "file", "diff",
    "sort", "uniq", "cut", "tr", "date", "whoami", "which", "type", "true", "false", "sleep",
    "uname", "id", "basename", "dirname", "realpath", "readlink", "printf", "du", "cd",
];

/// Words of the shell's grammar before a command.
const GRAMMAR: [&str; 9] = [
    "do", "then", "else", "elif", "if", "while", "until", "!", "{",
];

/// One command of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The command as written.
    pub(crate) text: String,
    /// The command without leading `NAME=value` words.
    pub(crate) without_variables: String,
}

/// How closely a client looks at a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It splits at operators and takes the pieces as they are.
    Plain,
    /// It also looks into loops, subshells, background commands and past variables.
    Close,
}

impl Part {
    fn new(text: &str, look: Look) -> Option<Self> {
        if look == Look::Plain {
            let text = text.trim().to_owned();
            return Some(Self {
                without_variables: text.clone(),
                text,
            })
            .filter(|part| !part.text.is_empty());
        }
        let mut words = text.trim().trim_start_matches('(').trim();
        while words.ends_with(')') && words.matches(')').count() > words.matches('(').count() {
            words = words[..words.len() - 1].trim_end();
        }
        while let Some((first, rest)) = words.split_once(char::is_whitespace) {
            if !GRAMMAR.contains(&first) {
                break;
            }
            words = rest.trim_start();
        }
        if words.is_empty() || words == "done" || words == "fi" || words == "}" {
            return None;
        }
        let mut bare = words;
        while let Some((first, rest)) = bare.split_once(char::is_whitespace) {
            let name = first.split_once('=').map(|(name, _)| name);
            let is_name =
                |n: &str| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !name.is_some_and(is_name) {
                break;
            }
            bare = rest.trim_start();
        }
        Some(Self {
            text: words.to_owned(),
            without_variables: bare.to_owned(),
        })
    }

    /// Whether the command only reads and so runs without a rule.
    pub(crate) fn is_read_only(&self, oldest: bool) -> bool {
        let mut words = self.text.split_whitespace();
        let first = words.next().unwrap_or_default();
        static HARMLESS: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\d?>&\d|\d?>\s?/dev/null").expect("a constant pattern"));
        let rest = HARMLESS.replace_all(&self.text, "");
        let plain = !rest.contains(['>', '`']) && !rest.contains("$(");
        let git = first == "git"
            && words
                .next()
                .is_some_and(|w| ["status", "log", "diff", "show", "branch"].contains(&w));
        plain && (git || READ_ONLY.contains(&first)) && !(oldest && first == "cat")
    }
}

/// A command that changes a file: what does it, the file, and what a client says it may only do.
pub(crate) struct Change {
    pub(crate) what: String,
    pub(crate) file: String,
    pub(crate) verb: &'static str,
}

impl Part {
    /// The change that this command makes to a file that it names.
    pub(crate) fn change(&self) -> Option<Change> {
        let words: Vec<&str> = self.text.split_whitespace().collect();
        if let Some(at) = words.iter().position(|w| *w == ">" || *w == ">>") {
            return Some(Change {
                what: "Output redirection to".into(),
                file: (*words.get(at + 1)?).to_owned(),
                verb: "write to files in",
            });
        }
        let verb = match *words.first()? {
            "rm" | "rmdir" => "remove files from",
            "mkdir" => "create directories in",
            "touch" => "create or modify files in",
            _ => return None,
        };
        let file = words.iter().skip(1).find(|w| !w.starts_with('-'))?;
        Some(Change {
            what: format!("{} in", words[0]),
            file: (*file).to_owned(),
            verb,
        })
    }
}

/// The commands of a command line, split at operators outside quotes.
pub(crate) fn parts(line: &str, look: Look) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut current = String::new();
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) => {
                current.push(c);
                if c == '\\' && open == '"' {
                    current.extend(chars.next());
                } else if c == open {
                    quote = None;
                }
            }
            None => match c {
                '\'' | '"' => {
                    quote = Some(c);
                    current.push(c);
                }
                '\\' => {
                    current.push(c);
                    current.extend(chars.next());
                }
                '&' if current.ends_with('>') || chars.peek() == Some(&'>') => current.push(c),
                '&' if look == Look::Plain && chars.peek() != Some(&'&') => current.push(c),
                ';' | '\n' | '|' | '&' => {
                    let _ = chars.next_if_eq(&c);
                    parts.extend(Part::new(&std::mem::take(&mut current), look));
                }
                _ => current.push(c),
            },
        }
    }
    parts.extend(Part::new(&current, look));
    if look == Look::Close {
        let nested: Vec<Part> = parts.iter().flat_map(|part| nested(&part.text)).collect();
        parts.extend(nested);
    }
    parts
}

/// Whether a command line puts a command into the background.
pub(crate) fn is_background(line: &str) -> bool {
    let rest = line.replace("&&", "").replace(">&", "").replace("&>", "");
    rest.contains('&')
}

/// The commands of `$(…)` inside a command.
fn nested(text: &str) -> Vec<Part> {
    let Some((_, rest)) = text.split_once("$(") else {
        return Vec::new();
    };
    let mut depth = 1_usize;
    let end = rest.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let inner = end.map_or(rest, |(at, _)| &rest[..at]);
    parts(inner, Look::Close)
}

/// Whether the content of a `Bash(…)` rule covers one command: the very command, `prefix:*`,
/// or a pattern with `*`.
pub(super) fn fits(content: &str, command: &str) -> bool {
    if let Some(prefix) = content.strip_suffix(":*") {
        return command == prefix
            || command
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with(char::is_whitespace));
    }
    if !content.contains('*') {
        return content == command;
    }
    let content = content.trim();
    let pieces: Vec<String> = content.split('*').map(regex::escape).collect();
    let pattern = format!("(?s)^{}$", pieces.join(".*"));
    Regex::new(&pattern).is_ok_and(|regex| regex.is_match(command))
        || content
            .strip_suffix(" *")
            .is_some_and(|bare| bare == command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        parts(line, Look::Close)
            .into_iter()
            .map(|p| p.text)
            .collect()
    }

    #[test]
    fn takes_lines_apart() {
        assert_eq!(texts("a 'x;y' && b | c & d"), ["a 'x;y'", "b", "c", "d"]);
        assert_eq!(texts("(sh x)"), ["sh x"]);
        assert_eq!(texts("for i in 1; do sh x; done"), ["for i in 1", "sh x"]);
        assert_eq!(
            texts("echo out; echo err >&2; exit 3"),
            ["echo out", "echo err >&2", "exit 3"]
        );
        assert_eq!(texts("echo $(sh x)"), ["echo $(sh x)", "sh x"]);
        assert_eq!(parts("(sh x) & b", Look::Plain)[0].text, "(sh x) & b");
        assert_eq!(parts("A=1 sh x", Look::Close)[0].without_variables, "sh x");
    }
}
