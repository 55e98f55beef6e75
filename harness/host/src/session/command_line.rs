//! What the permission flow makes of command lines.

use super::Session;
use super::flow::{Step, not_granted};
use crate::Call;
use crate::rules::{Change, Rule, is_background, look, shell_parts};
use crate::semantics::Merge;

impl Session {
    pub(super) fn asked_by_rule(&self, call: &Call) -> String {
        match self.client.semantics.merge {
            Merge::Ranked => {
                let parts = self.parts_asked_about(call);
                parts.unwrap_or_else(|| self.not_granted(call))
            }
            _ => match self.need_of_asked_command(call) {
                Some(Step::Ask { refusal, .. }) => refusal,
                _ => not_granted(&format!("use {}", call.tool_name)),
            },
        }
    }

    /// What 2.1.38 says of a command that a rule about commands asks about: the same as without
    /// the rule, where it would have asked anyway.
    fn need_of_asked_command(&self, call: &Call) -> Option<Step> {
        let whole = |rule: &String| Rule::parse(rule).is_whole(&call.tool_name, &self.client);
        let streamed = self.client.semantics.merge == Merge::Streamed;
        let is_bash = call.tool_name == "Bash" && !self.permissions.ask.iter().any(whole);
        (streamed && is_bash).then(|| self.command(call))
    }

    /// The parts of a command line that need approval because of a rule that asks about one of
    /// them. A rule that allows every command does not allow a part.
    fn parts_asked_about(&self, call: &Call) -> Option<String> {
        let line = call.tool_input.get("command")?.as_str()?;
        let parsed = |rules: &[String]| rules.iter().map(|r| Rule::parse(r)).collect::<Vec<_>>();
        let is_whole = |rule: &Rule| rule.is_whole(&call.tool_name, &self.client);
        let ask = parsed(&self.permissions.ask);
        if ask.iter().any(is_whole) {
            return None;
        }
        let mut allow = parsed(&self.permissions.allow);
        allow.retain(|rule| !is_whole(rule));
        let covered = |rules: &[Rule], text: &str| rules.iter().any(|r| r.covers_command(text));
        let parts = shell_parts(line, look(&self.client));
        let open: Vec<&str> = parts
            .iter()
            .filter(|part| {
                covered(&ask, &part.text)
                    || !(part.is_read_only(false) || covered(&allow, &part.text))
            })
            .map(|part| part.text.as_str())
            .collect();
        if parts.len() < 2 || (open.len() < 2 && !is_pipe(line)) {
            return None;
        }
        Some(several_operations(&open))
    }

    /// A command runs when each of its parts only reads or is allowed.
    pub(super) fn command(&self, call: &Call) -> Step {
        let line = call
            .tool_input
            .get("command")
            .and_then(|c| c.as_str())
            .unwrap_or_default();
        let allow: Vec<Rule> = self
            .permissions
            .allow
            .iter()
            .map(|r| Rule::parse(r))
            .collect();
        let parts = shell_parts(line, look(&self.client));
        let oldest = self.client.semantics.merge == Merge::Collected;
        let is_allowed = |text: &str| allow.iter().any(|rule| rule.covers_command(text));
        let open: Vec<_> = parts
            .iter()
            .filter(|part| !part.is_read_only(oldest) && !is_allowed(&part.text))
            .collect();
        if is_allowed(line) || (open.is_empty() && !parts.is_empty()) {
            return Step::Run;
        }
        if let Some(text) = self.unclear(line) {
            return Step::Ask {
                reason: Some(text.to_owned()),
                refusal: text.to_owned(),
            };
        }
        // 2.1.38 names the first part that changes a file, also among others.
        let streamed = self.client.semantics.merge == Merge::Streamed;
        let alone = parts.len() == 1 || (streamed && !is_pipe(line));
        let mut changes = open.iter().filter_map(|part| part.change());
        if let Some(change) = changes.next().filter(|_| alone && !oldest) {
            return Step::Ask {
                reason: None,
                refusal: self.change_text(&change),
            };
        }
        if parts.len() < 2 {
            let text = "This command requires approval".to_owned();
            return Step::Ask {
                reason: Some(text.clone()),
                refusal: text,
            };
        }
        let texts: Vec<&str> = open.iter().map(|part| part.text.as_str()).collect();
        Step::Ask {
            reason: None,
            refusal: several_operations(&texts),
        }
    }

    /// Command lines that the client does not take apart.
    fn unclear(&self, line: &str) -> Option<&'static str> {
        let ranked = self.client.semantics.merge == Merge::Ranked;
        let background = !ranked && is_background(line);
        if line.trim_start().starts_with('(') || background {
            return Some("This command uses shell operators that require approval for safety");
        }
        if line.contains("$(") {
            return Some(match ranked {
                true => "A nested command in this command can't be checked before it runs",
                false => "Command contains $() command substitution",
            });
        }
        if self.client.semantics.merge == Merge::Collected && redirects(line) {
            return Some(
                "Command contains output redirection (>) which could write to arbitrary files",
            );
        }
        let looped = ["for ", "while ", "if "]
            .iter()
            .any(|word| line.starts_with(word));
        (looped && ranked).then_some("This command requires approval")
    }

    fn change_text(&self, change: &Change) -> String {
        let Change { what, file, verb } = change;
        let (file, project) = (self.cwd.join(file), self.project_dir.display());
        let file = file.display();
        match self.client.semantics.merge {
            Merge::Ranked => format!(
                "{what} '{file}' needs approval. The path is inside the working directories for this session ('{project}'), and Claude Code asks before a shell command creates, changes or removes files there."
            ),
            _ => {
                let only = if verb.starts_with("write") {
                    "may only write"
                } else {
                    "may only"
                };
                let verb = verb.strip_prefix("write ").unwrap_or(verb);
                format!(
                    "{what} '{file}' was blocked. For security, Claude Code {only} {verb} the allowed working directories for this session: '{project}'."
                )
            }
        }
    }

    pub(super) fn denied_by_rule(&self, call: &Call) -> String {
        let tool = &call.tool_name;
        match call.tool_input.get("command").and_then(|c| c.as_str()) {
            Some(command) if tool == "Bash" => {
                let part = self.denied_part(command);
                format!("Permission to use Bash with command {part} has been denied.")
            }
            _ => format!("Permission to use {tool} has been denied."),
        }
    }

    /// In a pipe the refused command itself is named, else the whole line.
    fn denied_part(&self, line: &str) -> String {
        let deny: Vec<Rule> = self
            .permissions
            .deny
            .iter()
            .map(|r| Rule::parse(r))
            .collect();
        let piped = is_pipe(line);
        let parts = shell_parts(line, look(&self.client));
        let refused = parts
            .iter()
            .find(|p| deny.iter().any(|r| r.covers_command(&p.text)));
        match refused {
            Some(part) if piped => part.text.clone(),
            _ => line.to_owned(),
        }
    }
}

/// What the model is told of parts of a command line that need approval.
fn several_operations(open: &[&str]) -> String {
    let which = match open {
        [one] => format!("The following part requires approval: {one}"),
        _ => format!("The following parts require approval: {}", open.join(", ")),
    };
    format!("This Bash command contains multiple operations. {which}")
}

/// Whether a command line is one pipe and nothing else.
fn is_pipe(line: &str) -> bool {
    line.contains('|') && !line.contains("||") && !line.contains([';', '&'])
}

/// Whether a command line writes into a file by itself.
fn redirects(line: &str) -> bool {
    let harmless = line
        .replace("2>&1", "")
        .replace(">&2", "")
        .replace(">/dev/null", "");
    harmless.contains('>')
}
