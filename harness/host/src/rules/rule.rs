//! One permission rule and what it covers.

use std::path::Path;

use serde_json::Value;

use super::tools::{Need, Tool};
use super::{path, shell};
use crate::Client;
use crate::semantics::Merge;

/// A tool call as rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) tool: &'a str,
    pub(crate) input: &'a Value,
    pub(crate) cwd: &'a Path,
    pub(crate) project: &'a Path,
}

/// `Tool` or `Tool(content)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    tool: String,
    content: Option<String>,
}

/// Whether a client takes this rule. The oldest ones know `*` in commands only as `:*`.
pub(crate) fn is_well_formed(rule: &str, client: &Client) -> bool {
    let oldest = client.semantics.merge == Merge::Collected;
    let command = rule.strip_prefix("Bash(").and_then(|r| r.strip_suffix(')'));
    let star = command.is_some_and(|c| c.trim_end_matches(":*").contains('*'));
    if oldest && star {
        return false;
    }
    let opened = rule.matches('(').count();
    let balanced = opened == rule.matches(')').count();
    let named = rule.starts_with(|c: char| c.is_ascii_uppercase()) || rule.starts_with("mcp__");
    named && balanced && !rule.contains("()")
}

impl Rule {
    pub(crate) fn parse(text: &str) -> Self {
        let whole = || Self {
            tool: text.to_owned(),
            content: None,
        };
        let Some((tool, rest)) = text.split_once('(') else {
            return whole();
        };
        let Some(content) = rest.strip_suffix(')') else {
            return whole();
        };
        if tool.is_empty() {
            return whole();
        }
        Self {
            tool: tool.to_owned(),
            content: Some(content.to_owned()).filter(|c| !c.is_empty() && c != "*"),
        }
    }

    /// Whether the rule names this very tool, and not only its server.
    pub(crate) fn is_exactly(&self, tool: &str) -> bool {
        self.content.is_none() && self.tool == tool
    }

    /// Whether the rule is about every call of this tool.
    pub(crate) fn is_whole(&self, tool: &str, client: &Client) -> bool {
        self.content.is_none() && self.names(tool, client)
    }

    fn names(&self, tool: &str, client: &Client) -> bool {
        if self.tool == tool {
            return true;
        }
        if let Some(rest) = tool.strip_prefix("mcp__") {
            let stars = client.semantics.merge != Merge::Collected;
            let starred = self.tool.strip_suffix("__*").filter(|_| stars);
            let wanted = starred.unwrap_or(&self.tool);
            let server = rest.split("__").next().unwrap_or_default();
            // The newest client takes `*` also inside the name of a server's tool.
            let below = self.tool.strip_prefix(&format!("mcp__{server}__"));
            let newest = client.semantics.merge == Merge::Ranked;
            if newest && below.is_some_and(|tool| tool.contains('*')) {
                return shell::fits(&self.tool, tool);
            }
            return wanted == format!("mcp__{server}");
        }
        Tool::named(&self.tool, client).is_some_and(|known| known.name == tool)
    }

    /// Whether the rule allows this call as a whole.
    pub(crate) fn allows(&self, call: &Call<'_>, client: &Client) -> bool {
        self.is_whole(call.tool, client) || self.covers_path(call, client)
    }

    /// Whether the rule is about this one command of a command line.
    pub(crate) fn covers_command(&self, command: &str) -> bool {
        self.tool == "Bash"
            && self
                .content
                .as_deref()
                .is_none_or(|c| shell::fits(c, command))
    }

    /// Whether the rule is about any part of the call.
    pub(crate) fn covers_any_part(&self, call: &Call<'_>, client: &Client) -> bool {
        if self.is_whole(call.tool, client) || self.covers_path(call, client) {
            return true;
        }
        if call.tool != "Bash" || self.tool != "Bash" {
            return self.covers_domain(call);
        }
        let line = call
            .input
            .get("command")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let look = super::look(client);
        // Older clients do not judge a line that puts a command into the background.
        if look == shell::Look::Plain && shell::is_background(line) {
            return self.content.is_none();
        }
        // However the words of a command are spaced, it is the same command.
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.covers_command(line)
            || shell::parts(line, look).iter().any(|part| {
                self.covers_command(&part.text)
                    || self.covers_command(&part.without_variables)
                    || look == shell::Look::Close && self.covers_command(&folded(&part.text))
            })
    }

    fn covers_path(&self, call: &Call<'_>, client: &Client) -> bool {
        let Some(content) = &self.content else {
            return false;
        };
        let Some(tool) = Tool::named(call.tool, client) else {
            return false;
        };
        let family = match tool.permission {
            Need::Edit => "Edit",
            Need::Read => "Read",
            _ => return false,
        };
        let file = tool.path_of(call.input, call.cwd);
        // Older clients take `/…` as below the settings file's folder.
        let odd = content.starts_with('/')
            && !content.starts_with("//")
            && super::look(client) == shell::Look::Plain;
        self.tool == family && !odd && file.is_some_and(|f| path::fits(content, &f, call))
    }

    /// Whether the rule names this tool and its pattern, taken from a folder, fits the file.
    pub(super) fn fits_file(&self, tool: &str, file: &Path, folder: &Path) -> bool {
        let call = Call {
            tool,
            input: &Value::Null,
            cwd: folder,
            project: folder,
        };
        let content = self.content.as_deref();
        self.tool == tool && content.is_some_and(|c| path::fits(c, file, &call))
    }

    fn covers_domain(&self, call: &Call<'_>) -> bool {
        let wanted = self
            .content
            .as_deref()
            .and_then(|c| c.strip_prefix("domain:"));
        let url = call.input.get("url").and_then(Value::as_str);
        let (Some(wanted), Some(url)) = (wanted, url) else {
            return false;
        };
        let host = url.split("://").nth(1).unwrap_or_default();
        let host = host.split(['/', ':', '?']).next().unwrap_or_default();
        self.tool == call.tool && host == wanted
    }

    /// The rule with its white space folded, but for a prefix `…:*`.
    pub(crate) fn folded(mut self) -> Self {
        self.content = self
            .content
            .map(|content| match content.trim_end().ends_with(":*") {
                true => content,
                false => content.split_whitespace().collect::<Vec<_>>().join(" "),
            });
        self
    }

    pub(crate) fn is_about_commands(&self) -> bool {
        self.content.is_some() && self.tool == "Bash"
    }

    pub(crate) fn is_about_paths(&self) -> bool {
        self.content.is_some() && (self.tool == "Edit" || self.tool == "Read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn covers(rule: &str, tool: &str, input: &Value) -> bool {
        let call = Call {
            tool,
            input,
            cwd: Path::new("/p"),
            project: Path::new("/p"),
        };
        Rule::parse(rule).covers_any_part(&call, &Client::default())
    }

    #[test]
    fn commands() {
        let input = json!({"command": "sh side.sh; echo hi"});
        for (rule, expected) in [
            ("Bash", true),
            ("Bash(*)", true),
            ("Bash(sh:*)", true),
            ("Bash(sh *)", true),
            ("Bash(sh side.sh)", true),
            ("Bash(echo hi)", true),
            ("Bash(side)", false),
            ("Bash(git *)", false),
            ("((((", false),
            ("Write", false),
        ] {
            assert_eq!(covers(rule, "Bash", &input), expected, "{rule}");
        }
    }

    #[test]
    fn files_and_servers() {
        let input = json!({"file_path": "/p/n.txt"});
        assert!(covers("Edit(n.txt)", "Write", &input));
        assert!(covers("Edit(//**/n.txt)", "Write", &input));
        assert!(covers("Edit(/**)", "Write", &input));
        assert!(!covers("Edit", "Write", &input));
        assert!(!covers("Write(n.txt)", "Write", &input));
        let none = json!({});
        for rule in ["mcp__memory", "mcp__memory__echo", "mcp__memory__*"] {
            assert!(covers(rule, "mcp__memory__echo", &none), "{rule}");
        }
        assert!(!covers("mcp__mem", "mcp__memory__echo", &none));
    }

    #[test]
    fn well_formed() {
        let newest = Client::default();
        assert!(is_well_formed("Bash(sh:*)", &newest));
        assert!(is_well_formed("Bash(sh *)", &newest));
        assert!(!is_well_formed("Bash((", &newest));
        assert!(!is_well_formed("bash", &newest));
        let oldest = Client::at(Client::MEASURED[0]);
        assert!(is_well_formed("Bash(sh:*)", &oldest));
        assert!(!is_well_formed("Bash(sh *)", &oldest));
    }
}
