//! The loaded hooks of a subject: matching and duplicates.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{ConfigError, Settings, entry, plugin};
use crate::semantics::Dedup;
use crate::{Action, Client, Event, Hook, OnFailure, Source, matcher, rules};

/// A file or entry that the client silently leaves out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Where it stands.
    pub source: Source,
    /// Why it is left out.
    pub reason: ConfigError,
}

/// The hooks of a subject in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HookSet {
    /// The hooks.
    pub hooks: Vec<Hook>,
    /// What the client silently leaves out.
    pub dropped: Vec<Dropped>,
}

impl HookSet {
    /// The hooks of a plugin directory (`hooks/hooks.json`, or inline in `plugin.json`).
    ///
    /// # Errors
    /// When the directory or its hooks file is missing or is not JSON. What is JSON but not
    /// understood by the client is in [`HookSet::dropped`].
    pub fn from_plugin(dir: &Path, client: &Client) -> Result<Self, ConfigError> {
        plugin::load(dir, client)
    }

    /// The hooks of a settings file.
    ///
    /// # Errors
    /// When the file is missing or is not JSON. What is JSON but not understood by the client
    /// is in [`HookSet::dropped`].
    pub fn from_settings(file: &Path, client: &Client) -> Result<Self, ConfigError> {
        let source = Source::Project(file.to_owned());
        let text = super::settings::read_text(file)?;
        super::settings::parse_object(&text, file)?;
        let dropped = |reason| Dropped {
            source: source.clone(),
            reason,
        };
        Ok(match Settings::parse(&text, file, &source, client) {
            Ok(settings) => Self {
                hooks: settings.hooks,
                dropped: settings.stripped.into_iter().map(dropped).collect(),
            },
            Err(reason) => Self {
                hooks: Vec::new(),
                dropped: vec![dropped(reason)],
            },
        })
    }

    /// One `PreToolUse` and one `PostToolUse` command with a matcher and a timeout.
    #[must_use]
    pub fn from_commands(
        pre: Option<&str>,
        post: Option<&str>,
        matcher: Option<&str>,
        timeout: Option<Duration>,
    ) -> Self {
        let given = [(Event::PreToolUse, pre), (Event::PostToolUse, post)];
        let hooks = given
            .into_iter()
            .filter_map(|(event, command)| {
                let action = Action::Command {
                    command: command?.to_owned(),
                    args: None,
                };
                Some(direct(event, matcher, action, timeout))
            })
            .collect();
        Self {
            hooks,
            dropped: Vec::new(),
        }
    }

    /// A command of the old shape `CMD "$tool_name" "$input"`, before every tool call.
    #[must_use]
    pub fn from_argv_command(command: &str) -> Self {
        let action = Action::ArgvCommand(command.to_owned());
        Self {
            hooks: vec![direct(Event::PreToolUse, None, action, None)],
            dropped: Vec::new(),
        }
    }

    /// Both sets, this one first.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.hooks.extend(other.hooks);
        self.dropped.extend(other.dropped);
        self
    }

    /// The hooks that run on this event for this tool call, without duplicates, in the order
    /// of the configuration. For an event that is about no tool, `tool_name` is what its
    /// matchers are about (`startup` for `SessionStart`), or empty.
    #[must_use]
    pub fn matching(
        &self,
        event: Event,
        tool_name: &str,
        tool_input: &Value,
        client: &Client,
    ) -> Vec<&Hook> {
        let matched = self.hooks.iter().filter(|hook| {
            hook.event == event
                && (tool_name.is_empty()
                    || matcher::matches(hook.matcher.as_deref(), tool_name, client))
        });
        let mut kept: Vec<&Hook> = Vec::new();
        for hook in matched {
            // The later of two duplicates counts, in the place of the earlier one.
            match kept
                .iter_mut()
                .find(|other| is_duplicate(other, hook, client))
            {
                Some(earlier) => *earlier = hook,
                None => kept.push(hook),
            }
        }
        kept.retain(|hook| {
            let Some(condition) = &hook.condition else {
                return true;
            };
            is_about_a_tool(event)
                && rules::condition_holds(condition, tool_name, tool_input, client)
        });
        kept
    }
}

fn direct(event: Event, matcher: Option<&str>, action: Action, timeout: Option<Duration>) -> Hook {
    let newest = Client::default();
    Hook {
        event,
        matcher: matcher.map(str::to_owned),
        action,
        timeout: timeout
            .unwrap_or_else(|| Duration::from_secs_f64(entry::default_timeout(event, &newest))),
        timeout_declared: timeout.is_some(),
        condition: None,
        is_async: false,
        async_rewake: false,
        on_failure: OnFailure::Continue,
        shell: None,
        status_message: None,
        source: Source::Command,
    }
}

fn is_about_a_tool(event: Event) -> bool {
    matches!(
        event,
        Event::PreToolUse
            | Event::PostToolUse
            | Event::PostToolUseFailure
            | Event::PermissionRequest
            | Event::PermissionDenied
    )
}

/// The shell of a hook; bash when it names none.
fn shell(hook: &Hook) -> &str {
    hook.shell.as_deref().unwrap_or("bash")
}

fn is_duplicate(one: &Hook, other: &Hook, client: &Client) -> bool {
    let same_kind = std::mem::discriminant(&one.action) == std::mem::discriminant(&other.action);
    let same = same_kind && one.label() == other.label();
    match client.semantics.dedup {
        Dedup::Command => same,
        Dedup::CommandConditionPlugin => {
            same && one.action == other.action
                && one.condition == other.condition
                && shell(one) == shell(other)
                && one.source.plugin() == other.source.plugin()
        }
    }
}
