//! The hook under test, as the user named it.

use hookproof_host::{Client, ConfigError, HookSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the subject was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A Claude Code plugin directory.
    Plugin(PathBuf),
    /// A settings file.
    Settings(PathBuf),
    /// Bare commands for `PreToolUse` and `PostToolUse`.
    Commands {
        /// The `PreToolUse` command.
        pre: Option<String>,
        /// The `PostToolUse` command.
        post: Option<String>,
    },
    /// A command of the old shape: tool name and input as its two arguments.
    Argv(String),
}

/// Whether the subject is expected to ask a policy agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AgentUse {
    /// Look: it does when it calls the mock, or when its files speak of AxonFlow.
    #[default]
    Detect,
    /// It must; a subject that never calls fails.
    Required,
    /// It does not: requirements that need an agent are not applicable.
    Absent,
}

/// The hook under test.
#[derive(Clone, Debug)]
pub struct Subject {
    /// For people.
    pub label: String,
    /// The command line arguments that name it.
    pub arguments: Vec<String>,
    /// How it was given.
    pub shape: Shape,
    /// Its environment beside what scenarios set.
    pub env: Vec<(String, String)>,
    /// Whether it asks an agent.
    pub agent: AgentUse,
}

/// Host timeout of bare commands: what the reference plugin declares.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(15);

/// Matcher of bare commands: the governed tools.
const COMMAND_MATCHER: &str = "Bash|Write|Edit|MultiEdit|NotebookEdit|mcp__.*";

impl Subject {
    /// Loads its hooks as `client` would.
    ///
    /// # Errors
    /// [`ConfigError`] with file, line and column.
    pub fn hooks(&self, client: &Client) -> Result<HookSet, ConfigError> {
        match &self.shape {
            Shape::Plugin(folder) => HookSet::from_plugin(folder, client),
            Shape::Settings(file) => HookSet::from_settings(file, client),
            Shape::Commands { pre, post } => Ok(HookSet::from_commands(
                pre.as_deref(),
                post.as_deref(),
                Some(COMMAND_MATCHER),
                Some(COMMAND_TIMEOUT),
            )),
            Shape::Argv(command) => Ok(HookSet::from_argv_command(command)),
        }
    }

    /// The plugin's directory, for `{plugin}`.
    #[must_use]
    pub fn plugin_root(&self) -> Option<&Path> {
        match &self.shape {
            Shape::Plugin(folder) => Some(folder),
            _ => None,
        }
    }

    /// The project that a settings file belongs to: hooks find their scripts below it.
    #[must_use]
    pub fn project(&self) -> Option<&Path> {
        let Shape::Settings(file) = &self.shape else {
            return None;
        };
        let folder = file.parent()?;
        let inside = folder.file_name().is_some_and(|name| name == ".claude");
        if inside {
            folder.parent()
        } else {
            Some(folder)
        }
    }

    /// Whether the user left this event's hook out on purpose.
    #[must_use]
    pub fn leaves_out(&self, event: Side) -> bool {
        match (&self.shape, event) {
            (Shape::Commands { pre, .. }, Side::Pre) => pre.is_none(),
            (Shape::Commands { post, .. }, Side::Post) => post.is_none(),
            (Shape::Argv(_), Side::Post) => true,
            _ => false,
        }
    }

    /// The command that runs one scenario of this subject.
    #[must_use]
    pub fn reproduce(&self, scenario: &str) -> String {
        let mut words = vec!["cargo xtask conform".to_owned()];
        words.extend(self.arguments.iter().map(|a| quoted(a)));
        words.push(format!("--filter {scenario} --keep"));
        words.join(" ")
    }

    /// Whether its own files speak of AxonFlow: then a subject that never calls is broken, not
    /// foreign.
    #[must_use]
    pub fn speaks_of_axonflow(&self) -> bool {
        match &self.shape {
            Shape::Plugin(folder) => folder_mentions(folder, 0),
            Shape::Settings(file) => file_mentions(file),
            Shape::Commands { pre, post } => [pre, post]
                .into_iter()
                .flatten()
                .any(|c| command_mentions(c)),
            Shape::Argv(command) => command_mentions(command),
        }
    }
}

/// Before or after the tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `PreToolUse`.
    Pre,
    /// `PostToolUse` and `PostToolUseFailure`.
    Post,
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// What only a hook that asks an AxonFlow agent has reason to say.
const MARKS: [&[u8]; 3] = [
    b"AXONFLOW_",
    b"/api/v1/mcp-server",
    b"/api/policy/pre-check",
];

fn mentions(content: &[u8]) -> bool {
    MARKS
        .iter()
        .any(|mark| memchr::memmem::find(content, mark).is_some())
}

fn file_mentions(file: &Path) -> bool {
    const MOST: u64 = 16 << 20;
    let small = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= MOST);
    small && std::fs::read(file).is_ok_and(|content| mentions(&content))
}

fn command_mentions(command: &str) -> bool {
    let words = command
        .split_whitespace()
        .map(|w| w.trim_matches(['"', '\'']));
    mentions(command.as_bytes()) || words.map(Path::new).any(file_mentions)
}

/// Looks through the scripts of a plugin; documentation and tests may mention anything.
fn folder_mentions(folder: &Path, depth: usize) -> bool {
    const DEEPEST: usize = 4;
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let skip = [".git", "node_modules", "docs", "tests"]
            .iter()
            .any(|s| path.ends_with(s));
        let prose = path.extension().is_some_and(|e| e == "md");
        !skip
            && !prose
            && if path.is_dir() {
                depth < DEEPEST && folder_mentions(&path, depth + 1)
            } else {
                file_mentions(&path)
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reproduction_is_a_shell_command() {
        let subject = Subject {
            label: "x".into(),
            arguments: vec!["--pre".into(), "sh 'my hook'.sh".into()],
            shape: Shape::Argv("x".into()),
            env: Vec::new(),
            agent: AgentUse::Detect,
        };
        assert_eq!(
            subject.reproduce("a/b"),
            r"cargo xtask conform --pre 'sh '\''my hook'\''.sh' --filter a/b --keep"
        );
    }

    #[test]
    fn settings_belong_to_a_project() {
        let project = |file: &str| {
            let subject = Subject {
                label: String::new(),
                arguments: Vec::new(),
                shape: Shape::Settings(file.into()),
                env: Vec::new(),
                agent: AgentUse::Detect,
            };
            subject.project().map(Path::to_owned)
        };
        assert_eq!(project("/p/.claude/settings.json"), Some("/p".into()));
        assert_eq!(project("/p/hooks.json"), Some("/p".into()));
    }

    #[test]
    fn commands_are_looked_into() {
        assert!(command_mentions("env AXONFLOW_ENDPOINT=x hook"));
        assert!(!command_mentions("true"));
    }
}
