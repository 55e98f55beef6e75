//! The words in which a client tells the model and the person what hooks said.

use crate::output::text::{length, prefix};
use crate::semantics::{BlockText, InjectedAs};
use crate::verdict::Behavior;
use crate::{Client, Event, ModelText};

/// A client's words.
pub(crate) struct Texts<'a> {
    client: &'a Client,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// All reasons of a block in one text.
    pub(crate) fn blocked_list(&self, tool: &str, reasons: &[String]) -> String {
        format!("{tool} operation blocked by hook:\n{}", list(reasons))
    }

    /// One reason of a block.
    pub(crate) fn hook_error(&self, tool: &str, reason: &str) -> String {
        match self.client.semantics.block_text {
            BlockText::OperationBlockedList => self.blocked_list(tool, &[reason.to_owned()]),
            BlockText::BareReason | BlockText::HookError => {
                format!("PreToolUse:{tool} hook error: {reason}")
            }
        }
    }

    /// A decision without a reason.
    pub(crate) fn decided(&self, tool: &str, behavior: Behavior) -> String {
        let word = match behavior {
            Behavior::Allow => "allowed",
            Behavior::Ask => "asked for confirmation for",
            Behavior::Defer => "deferred",
            Behavior::Deny => "denied",
        };
        format!("Hook PreToolUse:{tool} {word} this tool")
    }

    /// A hook's `additionalContext`.
    pub(crate) fn context(&self, event: Event, tool: &str, contexts: &[String]) -> ModelText {
        if self.client.semantics.injected_as == InjectedAs::PostToolUseHook {
            let text = contexts.join("\n\n");
            return user(format!("<post-tool-use-hook>{text}</post-tool-use-hook>"));
        }
        let shown: Vec<String> = contexts
            .iter()
            .map(|text| self.shortened(text, event, "additionalContext"))
            .collect();
        let about = about(event, tool);
        self.injected(format!(
            "{about} hook additional context: {}",
            shown.join("\n")
        ))
    }

    /// A hook's block of something that cannot be undone.
    pub(crate) fn blocking_error(
        &self,
        event: Event,
        tool: &str,
        label: &str,
        text: &str,
    ) -> ModelText {
        let about = about(event, tool);
        self.injected(format!(
            "{about} hook blocking error from command: \"{label}\": {text}"
        ))
    }

    /// The blocks of `PostToolUse` hooks in one text, as the oldest clients tell them.
    pub(crate) fn feedback(&self, tool: &str, reasons: &[String]) -> ModelText {
        user(format!("{tool} operation feedback:\n{}", list(reasons)))
    }

    /// A hook's `systemMessage` for the person.
    pub(crate) fn says(&self, event: Event, tool: Option<&str>, message: &str) -> String {
        let message = self.shortened(message, event, "systemMessage");
        let about = about(event, tool.unwrap_or_default());
        let lines: Vec<String> = message
            .split('\n')
            .map(|line| format!("{about} says: {line}"))
            .collect();
        lines.join("\n")
    }

    /// The notice that a hook did not check the action.
    pub(crate) fn no_verdict(&self, plugin: Option<&str>, timed_out: bool) -> String {
        let of = plugin.map_or_else(String::new, |name| format!(" of the \"{name}\" plugin"));
        let what = if timed_out {
            "didn't answer in time"
        } else {
            "gave no usable answer"
        };
        format!("A hook{of} {what}, so it didn't check this action.")
    }

    fn injected(&self, text: String) -> ModelText {
        match self.client.semantics.injected_as {
            InjectedAs::System => ModelText {
                role: "system".into(),
                text,
            },
            InjectedAs::SystemReminder | InjectedAs::PostToolUseHook => {
                user(format!("<system-reminder>\n{text}\n</system-reminder>"))
            }
        }
    }

    /// Long texts are moved into a file, and only their beginning is told.
    fn shortened(&self, text: &str, event: Event, field: &str) -> String {
        let limit = self.client.semantics.large_text_limit;
        if limit == 0 || length(text) <= limit {
            return text.to_owned();
        }
        persisted(
            text,
            &format!("hook-toolu_X-{event}-00000000000000000000000000000000-{field}.txt"),
        )
    }
}

/// What the model gets of a text that was moved into a file of this name.
pub(crate) fn persisted(text: &str, name: &str) -> String {
    let preview = prefix(text, 2000);
    format!(
        "<persisted-output>\nOutput too large ({}). Full output saved to: {{home}}/.claude/projects/{{proj-slug}}/00000000-0000-0000-0000-000000000000/tool-results/{name}\n\nPreview (first 2KB):\n{preview}\n...\n</persisted-output>",
        size(length(text)),
    )
}

/// An event, with its tool when it has one.
fn about(event: Event, tool: &str) -> String {
    match tool {
        "" => event.name().to_owned(),
        tool => format!("{event}:{tool}"),
    }
}

fn list(reasons: &[String]) -> String {
    let lines: Vec<String> = reasons.iter().map(|r| format!("- {r}")).collect();
    lines.join("\n")
}

fn user(text: String) -> ModelText {
    ModelText {
        role: "user".into(),
        text,
    }
}

/// A size as the client writes it: `19.5KB`. It counts UTF-16 units and calls them bytes.
fn size(bytes: usize) -> String {
    #[allow(
        clippy::cast_precision_loss,
        reason = "sizes of texts are far below 2^52"
    )]
    let kilobytes = bytes as f64 / 1024.0;
    let (value, unit) = if kilobytes < 1024.0 {
        (kilobytes, "KB")
    } else {
        (kilobytes / 1024.0, "MB")
    };
    let rounded = format!("{value:.1}");
    format!("{}{unit}", rounded.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_one_digit_and_no_zero() {
        assert_eq!(size(20_003), "19.5KB");
        assert_eq!(size(11_003), "10.7KB");
        assert_eq!(size(10_240), "10KB");
    }
}
