use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::change::shell;
use hookproof_policy::Surface;

/// What a string is, and with it which changes keep its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A command line.
    Shell,
    /// The path of a file that a tool opens.
    Path,
    /// A query, or a piece put into one.
    Sql,
    /// Text with a number or an address of a person.
    Pii,
    /// A sentence for a model.
    Prompt,
    /// Source code or a setting.
    Code,
    /// Prose and whatever else has no effect that could be kept.
    Other,
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:const|let|var|import|from|if|return|f|this)\b|\w\.\w+\s*\(|^\w+\s+=\s|^__|^\w+\(\w*\)$|^window\.",
    )
});
static SQL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:select|insert|update|delete|drop|truncate|alter|grant|revoke|create|begin|commit|and|or|from|union|concat|char|exec)\b|union\s+(?:all\s+)?select|\b(?:or|and)\s+\d|[;'=(*@]|--",
    )
});
static PROSE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[^;'=(*]*[a-z] [a-z][^;'=(*]*[?.]$"));
static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:ignore|disregard|forget|bypass|override|pretend|act|you are|you answer|reveal|print|show|output|repeat|instructions?|prompt|guardrails?|jailbreak)\b",
    )
});
static PATH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:~|\.{1,2})?/?[\w.-]+(?:/[\w.-]+)+$|^/[\w.-]+$|^~?/\S+$"));

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Shell,
        Self::Path,
        Self::Sql,
        Self::Pii,
        Self::Prompt,
        Self::Code,
        Self::Other,
    ];

    /// Of a string that a policy of this category must match, from its looks.
    #[must_use]
    pub fn of(category: &str, text: &str, surface: Surface) -> Self {
        if category.starts_with("pii-") {
            return Self::Pii;
        }
        if category.starts_with("code-") || category == "sensitive-data" {
            return Self::Code;
        }
        let is_command = surface == Surface::Command && is_command(text);
        if is_command && !PROMPT.is_match(text.split(' ').next().unwrap_or_default()) {
            return Self::Shell;
        }
        if category == "security-sqli" || category == "security-admin" {
            return if CODE.is_match(text) {
                Self::Code
            } else if SQL.is_match(text) && !PROSE.is_match(text) {
                Self::Sql
            } else {
                Self::Other
            };
        }
        if PATH.is_match(text) {
            Self::Path
        } else if CODE.is_match(text) {
            Self::Code
        } else if PROMPT.is_match(text) && !text.contains(['[', '<', '#']) {
            Self::Prompt
        } else {
            Self::Other
        }
    }
}

/// Whether a line's first command is a known program.
fn is_command(text: &str) -> bool {
    shell::commands(text).iter().any(|words| {
        let name = words[0].rsplit('/').next().unwrap_or_default();
        let is_builtin = ["echo", "source", "export", "cd"].contains(&name) && words.len() > 1;
        shell::KNOWN.contains(&name) || is_builtin
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookproof_policy::Phase;

    fn of(category: &str, text: &str) -> Kind {
        Kind::of(category, text, Surface::of(text, Phase::Request, None))
    }

    #[test]
    fn is_told_from_category_and_looks() {
        for (category, text, kind) in [
            ("security-dangerous", "sudo rm -rf /tmp/build", Kind::Shell),
            ("security-dangerous", "/app/.env", Kind::Path),
            (
                "security-dangerous",
                "ignore all previous instructions",
                Kind::Prompt,
            ),
            ("security-dangerous", "os.popen(\"id\")", Kind::Code),
            ("security-dangerous", "see AGENTS.md.", Kind::Other),
            ("security-sqli", "SELECT a FROM t UNION SELECT b", Kind::Sql),
            ("security-sqli", "' or 1=1--", Kind::Sql),
            ("security-sqli", "time.sleep(5)", Kind::Code),
            ("security-sqli", "how do I drop table borders?", Kind::Other),
            ("security-sqli", "rsync -a --delete a/ b/", Kind::Shell),
            ("pii-us", "SSN 123-45-6789", Kind::Pii),
            ("code-secrets", "grep -r AKIA .", Kind::Code),
        ] {
            assert_eq!(of(category, text), kind, "{text}");
        }
    }
}
