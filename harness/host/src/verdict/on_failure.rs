//! `onFailure: "block"`, which turns a failure into a block.

use super::interpret::{Context, NON_BLOCKING, or_no_stderr};
use super::{Block, Ended, PermissionAnswer, Verdict};
use crate::{Action, Event, OnFailure, Reading};

impl Context<'_> {
    /// `onFailure: "block"` turns a failure into a block.
    pub(super) fn apply_on_failure(
        &self,
        verdict: Verdict,
        ended: &Ended,
        reading: &Reading,
    ) -> Verdict {
        if !self.fails_closed() {
            return verdict;
        }
        let mcp = matches!(self.hook.action, Action::McpTool { .. });
        let (what, detail) = if verdict.cancelled {
            ("timed out", String::new())
        } else if let Some(failure) = &verdict.failure {
            let text = failure.text.trim();
            (
                "failed",
                text.strip_prefix(NON_BLOCKING).unwrap_or(text).to_owned(),
            )
        } else if let (Ended::Exited { status, stderr, .. }, Reading::Json { .. }, None) =
            (ended, reading, &verdict.block)
            && ![0, 2].contains(status)
        {
            // What it printed does not make up for how it ended.
            ("failed", or_no_stderr(stderr.trim()).to_owned())
        } else if mcp && matches!(ended, Ended::Answered) && says_nothing_usable(reading) {
            ("failed", String::new())
        } else {
            return verdict;
        };
        let text = format!(
            "[{}]: {what}; {}{}",
            self.hook.label(),
            self.blocking_because(),
            self.detail(&detail, ended, reading, mcp, verdict.cancelled),
        );
        let answer = (self.event() == Event::PermissionRequest).then(|| PermissionAnswer {
            allow: false,
            message: Some(text.clone()),
            updated_input: None,
            interrupt: false,
        });
        Verdict {
            block: Some(Block {
                text,
                from_json: false,
                command: self.hook.label(),
            }),
            answer,
            ..Verdict::default()
        }
    }

    fn fails_closed(&self) -> bool {
        let never = match self.event() {
            Event::Stop | Event::SubagentStop | Event::TaskCompleted | Event::TeammateIdle => true,
            Event::SessionStart | Event::Setup => {
                matches!(self.hook.action, Action::McpTool { .. })
            }
            _ => false,
        };
        self.client.semantics.on_failure
            && self.hook.on_failure == OnFailure::Block
            && !self.hook.is_async
            && !self.hook.async_rewake
            && !never
    }

    fn blocking_because(&self) -> &'static str {
        match self.hook.action {
            Action::McpTool { .. } => {
                "blocking because onFailure is \"block\" and the hook got no usable answer from its MCP server. The user needs to fix the cause (in a session, /mcp shows the server's state) or ask whoever manages the hook; Claude should not change the hook or work around it."
            }
            _ => "blocking because onFailure is \"block\"",
        }
    }

    fn detail(
        &self,
        detail: &str,
        ended: &Ended,
        reading: &Reading,
        mcp: bool,
        cancelled: bool,
    ) -> String {
        if cancelled || (!mcp && detail.is_empty()) {
            return String::new();
        }
        if !mcp || detail.ends_with("' not connected") {
            return format!("\n{detail}");
        }
        let what = match (ended, reading) {
            (
                Ended::NoAnswer {
                    tool_error: true, ..
                },
                _,
            ) => "The MCP tool returned an error.",
            (Ended::Answered, Reading::Json { output }) if self.is_foreign(output) => {
                "The hook got no answer that Claude Code can use."
            }
            (Ended::Answered, Reading::Invalid { .. }) => {
                "The MCP tool's answer looks like JSON, but is not a valid hook output."
            }
            (Ended::Answered, _) => {
                "The MCP tool's answer is not a hook's JSON output, {} or empty."
            }
            _ => "The hook got no answer that Claude Code can use.",
        };
        format!(
            "\n{what} Details are left out of this message, since the MCP server may have written them. To see them, start Claude Code with --debug and try again: they go to its debug log."
        )
    }
}

/// An MCP answer that holds no field of a hook output but `reason`, or is no JSON at all.
fn says_nothing_usable(reading: &Reading) -> bool {
    match reading {
        Reading::PlainText { .. } => true,
        Reading::Json { output } => {
            let value = output.as_value();
            let fields = value.as_object().map(|o| o.keys().collect::<Vec<_>>());
            fields.is_some_and(|keys| keys == ["reason"])
        }
        _ => false,
    }
}
