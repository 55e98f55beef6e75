use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::Phase;

/// What kind of statement it is: the same words mean another thing in a command than in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// A shell would run it.
    Command,
    /// A script file, which a shell would run later: path, newline, content.
    Script,
    /// A file that people read, such as Markdown: path, newline, content.
    Document,
    /// A file of tests, which quotes what it tests against: path, newline, content.
    Test,
    /// Any other file: path, newline, content.
    File,
    /// The source of a notebook cell.
    Cell,
    /// A query or the arguments of an MCP tool.
    Query,
    /// What a tool tells people or asks them for: an issue, a post, a task, a search.
    Message,
    /// What came out of a tool.
    Output,
}

/// Whether people read the file of this name: documents speak of what programs do.
fn is_read(name: &str) -> bool {
    let ends = [
        ".md",
        ".mdx",
        ".markdown",
        ".rst",
        ".adoc",
        ".asciidoc",
        ".org",
        ".tex",
    ];
    let names = ["README", "CHANGELOG", "CONTRIBUTING", "SECURITY", "LICENSE"];
    let lower = name.to_ascii_lowercase();
    ends.iter().any(|end| lower.ends_with(end)) || names.contains(&name)
}

/// A path alone on the first line.
static PATH_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:~|\.{1,2})?(?:/?[\w.@+%=()\[\]-]+)(?:/[\w.@+%=()\[\]-]+)*$")
        .expect("a pattern")
});

/// Paths of test files, by the habits of common test runners.
static TEST_FILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|tests|spec)\.\w{1,5})\s*$")
        .expect("a pattern")
});

/// Names of MCP servers and tools that people read from.
static TELLING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^mcp__(?:[a-z0-9-]*(?:github|gitlab|jira|linear|asana|trello|slack|teams|discord|notion|confluence|mail|calendar|sentry|sequential|think)|\w+__(?:\w+_)?(?:search\w*|issue|comment|message|pull_request|review)$)").expect("a pattern")
});

static SQL_BEGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|insert\s+into|update\s+\S+\s+set|delete\s+from|with\s+\w+\s+as|create\s+(?:or|table|user|index|view|database)|alter\s+\w+|drop\s+\w+|truncate\s+\w+|grant\s+\w+.*\son\s|revoke\s+\w+.*\son\s|explain\s+\w+|merge\s+into|begin;|exec(?:ute)?(?:\s*\(|\s+(?:immediate\b|@|n?\x27|\(|(?:\w+\.+)*\w+\s*(?:$|[;@\d\x27(,\[]|n\x27)))|declare\s+@|waitfor\s|truncate\s+table|replace\s+into)").expect("a pattern")
});

impl Surface {
    /// Of a statement, from the tool's name if that is known, else from its looks.
    #[must_use]
    pub fn of(text: &str, phase: Phase, tool: Option<&str>) -> Self {
        if phase == Phase::Response {
            return Self::Output;
        }
        let tool = tool.map(|tool| tool.strip_prefix("claude_code.").unwrap_or(tool));
        match tool {
            Some("Bash") => Self::Command,
            Some("Write" | "Edit" | "MultiEdit") => Self::of_file(text),
            Some("NotebookEdit") => Self::Cell,
            Some("WebSearch" | "Grep" | "Glob" | "Task" | "Agent" | "TodoWrite") => Self::Message,
            Some(tool) if TELLING.is_match(tool) => Self::Message,
            Some(tool) if tool.starts_with("mcp__") => Self::Query,
            _ => Self::of_looks(text),
        }
    }

    fn of_file(text: &str) -> Self {
        let (path, content) = text.split_once('\n').unwrap_or((text, ""));
        let name = path.trim_end().rsplit('/').next().unwrap_or(path);
        let shell = [".sh", ".bash", ".zsh", ".ksh", ".command"];
        let profile = [".bashrc", ".bash_profile", ".zshrc", ".profile", ".envrc"];
        let first = content
            .trim_start_matches(['\u{feff}', '\n'])
            .lines()
            .next()
            .unwrap_or("");
        let runs = first.starts_with("#!") && first.trim_end().ends_with("sh");
        if runs || profile.contains(&name) || shell.iter().any(|end| name.ends_with(end)) {
            Self::Script
        } else if is_read(name) {
            Self::Document
        } else if TEST_FILE.is_match(path) {
            Self::Test
        } else {
            Self::File
        }
    }

    fn of_looks(text: &str) -> Self {
        if let Some((first, _)) = text.split_once('\n') {
            let first = first.trim_end_matches('\r');
            if first.len() < 512
                && (first.contains('/') || first.contains('.') || first.ends_with("file"))
                && PATH_LINE.is_match(first)
            {
                return Self::of_file(text);
            }
        }
        let start = text.trim_start();
        if start.starts_with(['{', '['])
            && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        {
            return Self::Query;
        }
        let mut head = start.len().min(4096);
        while !start.is_char_boundary(head) {
            head -= 1;
        }
        if start.starts_with("%%") {
            return Self::Cell;
        }
        if SQL_BEGIN.is_match(&start[..head]) {
            return Self::Query;
        }
        Self::Command
    }

    /// Whether a shell reads all of it.
    #[must_use]
    pub fn is_shell(self) -> bool {
        matches!(self, Self::Command | Self::Script)
    }

    /// Whether a shell reads it, or commands that are in it.
    #[must_use]
    pub fn holds_commands(self) -> bool {
        matches!(self, Self::Command | Self::Script | Self::File | Self::Cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_told_from_looks_and_tools() {
        let looks = |text| Surface::of(text, Phase::Request, None);
        assert_eq!(looks("/src/main.rs\nfn main() {}"), Surface::File);
        assert_eq!(looks("README.md\n# Title"), Surface::Document);
        assert_eq!(looks("tests/test_a.py\nx = 1"), Surface::Test);
        assert_eq!(looks("src/a.spec.ts\nlet x"), Surface::Test);
        assert_eq!(looks("src/latest.ts\nlet x"), Surface::File);
        assert_eq!(looks("./run.sh\nls"), Surface::Script);
        assert_eq!(looks("bin/run\n#!/bin/sh\nls"), Surface::Script);
        assert_eq!(looks("rm -rf /\nls"), Surface::Command);
        assert_eq!(looks("cat a.txt\nls"), Surface::Command);
        assert_eq!(looks("ls"), Surface::Command);
        assert_eq!(looks("SELECT 1"), Surface::Query);
        assert_eq!(looks("EXEC dbo.sp_help 'x'"), Surface::Query);
        assert_eq!(looks("exec -a ls rm -rf /"), Surface::Command);
        assert_eq!(looks("exec rm -rf /"), Surface::Command);
        assert_eq!(looks("{\"query\": \"x\"}"), Surface::Query);
        let of = |tool| Surface::of("x", Phase::Request, Some(tool));
        assert_eq!(of("claude_code.Bash"), Surface::Command);
        assert_eq!(of("mcp__db__query"), Surface::Query);
        assert_eq!(of("mcp__github__create_issue"), Surface::Message);
        assert_eq!(of("mcp__crm__search"), Surface::Message);
        assert_eq!(
            Surface::of("x", Phase::Response, Some("Bash")),
            Surface::Output
        );
    }
}
