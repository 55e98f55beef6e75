//! From exit and output to a verdict.

use serde_json::Value;

use super::{Behavior, Block, Ended, Failure, PermissionAnswer, Stop, Verdict};
use crate::output::text::pretty;
use crate::semantics::{Exit2WithJson, InvalidOutput};
use crate::{Client, Event, Hook, HookOutput, Reading, Why};

pub(super) const NON_BLOCKING: &str = "Failed with non-blocking status code: ";
/// How failures on the client's own side begin.
const THROWN: &str = "Failed to run: ";

/// What the finished hook says; pure.
#[must_use]
pub fn interpret(
    hook: &Hook,
    label: &str,
    ended: &Ended,
    reading: &Reading,
    client: &Client,
) -> Verdict {
    let context = Context {
        hook,
        label,
        client,
    };
    let verdict = context.verdict(ended, reading);
    context.apply_on_failure(verdict, ended, reading)
}

pub(super) struct Context<'a> {
    pub(super) hook: &'a Hook,
    label: &'a str,
    pub(super) client: &'a Client,
}

impl Context<'_> {
    pub(super) fn event(&self) -> Event {
        self.hook.event
    }

    /// The name that a person sees: the status message where there is one.
    fn shown(&self) -> String {
        let newest = self.client.semantics.invalid_output == InvalidOutput::Reported;
        let status = self
            .hook
            .status_message
            .clone()
            .filter(|s| newest && !s.is_empty());
        status.unwrap_or_else(|| self.hook.label())
    }

    fn verdict(&self, ended: &Ended, reading: &Reading) -> Verdict {
        match ended {
            Ended::TimedOut => Verdict {
                cancelled: true,
                ..Verdict::default()
            },
            Ended::NotStarted(text) => failed(
                format!("{NON_BLOCKING}{}", or_no_stderr(text.trim())),
                Why::DidNotRun,
                true,
            ),
            Ended::Thrown(text) => failed(format!("{THROWN}{text}"), Why::DidNotRun, true),
            Ended::NoAnswer { text, .. } => failed(text.clone(), Why::NoAnswer, true),
            Ended::Answered => match reading {
                Reading::Invalid { why } => failed(why.clone(), Why::Invalid, true),
                Reading::Json { output } => self.process(output, 0),
                _ => Verdict::default(),
            },
            Ended::Exited {
                status,
                normally,
                stderr,
            } => self.exited(*status, *normally, stderr, reading),
        }
    }

    fn exited(&self, status: i32, normally: bool, stderr: &str, reading: &Reading) -> Verdict {
        let blocks = self.client.semantics.exit2_with_json == Exit2WithJson::Blocks;
        match reading {
            Reading::Invalid { why } if status != 2 || !blocks => {
                let told = stderr.trim();
                let text = if status != 0 && !told.is_empty() {
                    format!("{why}\n\nHook exited {status} with stderr:\n{told}")
                } else {
                    why.clone()
                };
                failed(text, Why::Invalid, true)
            }
            Reading::Json { output } => {
                let mut verdict = self.process(output, status);
                if status == 2 && blocks && verdict.block.is_none() && verdict.failure.is_none() {
                    verdict.block = Some(self.exit2_block(stderr));
                }
                verdict
            }
            // Once announced, the hook is in the background, and how it ends decides nothing.
            Reading::Async => Verdict::default(),
            _ if status == 2 => Verdict {
                block: Some(self.exit2_block(stderr)),
                ..Verdict::default()
            },
            _ if status == 0 => Verdict::default(),
            _ => failed(
                format!("{NON_BLOCKING}{}", or_no_stderr(stderr.trim())),
                if ran_by_contract(status, normally) {
                    Why::ExitCode
                } else {
                    Why::DidNotRun
                },
                !ran_by_contract(status, normally),
            ),
        }
    }

    fn exit2_block(&self, stderr: &str) -> Block {
        let mut text = format!("[{}]: {}", self.label, or_no_stderr(stderr));
        if let (Some((name, _)), InvalidOutput::Reported) = (
            self.hook.source.plugin(),
            self.client.semantics.invalid_output,
        ) {
            text.push_str(&format!("\nThis hook comes from the {name}@inline plugin."));
        }
        Block {
            text,
            from_json: false,
            command: self.label.to_owned(),
        }
    }

    /// What a valid hook output says on this event.
    fn process(&self, output: &HookOutput, status: i32) -> Verdict {
        let event = self.event();
        let foreign = self.is_foreign(output);
        let newest = self.client.semantics.invalid_output == InvalidOutput::Reported;
        let block = output.text("decision") == Some("block");
        if foreign && block && newest && event != Event::PermissionRequest {
            return self.process(&output.without_specific(), status);
        }
        if foreign {
            return self.wrong_event(output, status);
        }
        let mut verdict = Verdict {
            stop: output.is("continue", false).then(|| Stop {
                reason: output.text("stopReason").map(str::to_owned),
            }),
            system_message: output.text("systemMessage").map(str::to_owned),
            ..Verdict::default()
        };
        match output.text("decision") {
            Some("approve") => verdict.behavior = Some(Behavior::Allow),
            Some("block") => {
                verdict.behavior = Some(Behavior::Deny);
                verdict.block = Some(Block {
                    text: output
                        .text("reason")
                        .unwrap_or("Blocked by hook")
                        .to_owned(),
                    from_json: true,
                    command: self.shown(),
                });
            }
            _ => {}
        }
        self.take_specific(output, &mut verdict);
        verdict
    }

    pub(super) fn is_foreign(&self, output: &HookOutput) -> bool {
        output
            .event_name()
            .is_some_and(|name| name != self.event().name())
    }

    fn take_specific(&self, output: &HookOutput, verdict: &mut Verdict) {
        let event = self.event();
        let reason = output.text("reason").map(str::to_owned);
        if verdict.behavior.is_some() {
            verdict.reason.clone_from(&reason);
        }
        if output.event_name().is_none() {
            return;
        }
        verdict.context = output.specific_text("additionalContext").map(str::to_owned);
        match event {
            Event::PreToolUse => {
                let own = output
                    .specific_text("permissionDecisionReason")
                    .map(str::to_owned);
                match output.specific_text("permissionDecision") {
                    Some("allow") => verdict.behavior = Some(Behavior::Allow),
                    Some("ask") => verdict.behavior = Some(Behavior::Ask),
                    Some("defer") => verdict.behavior = Some(Behavior::Defer),
                    Some("deny") => {
                        verdict.behavior = Some(Behavior::Deny);
                        let text = own.clone().or(reason);
                        verdict.block = Some(Block {
                            text: text.unwrap_or_else(|| "Blocked by hook".to_owned()),
                            from_json: true,
                            command: self.shown(),
                        });
                    }
                    _ => {}
                }
                verdict.reason = own;
                verdict.updated_input = output.specific("updatedInput").cloned();
            }
            Event::PostToolUse => {
                verdict.updated_output = output.specific("updatedToolOutput").cloned();
                verdict.updated_mcp_output = output
                    .specific("updatedMCPToolOutput")
                    .filter(|v| is_truthy(v))
                    .cloned();
            }
            Event::PermissionRequest => self.take_answer(output, verdict),
            _ => {}
        }
    }

    fn take_answer(&self, output: &HookOutput, verdict: &mut Verdict) {
        let Some(decision) = output.specific("decision") else {
            return;
        };
        let allow = decision.get("behavior").and_then(Value::as_str) == Some("allow");
        verdict.behavior = Some(if allow {
            Behavior::Allow
        } else {
            Behavior::Deny
        });
        verdict.answer = Some(PermissionAnswer {
            allow,
            message: decision
                .get("message")
                .and_then(Value::as_str)
                .map(str::to_owned),
            updated_input: decision.get("updatedInput").filter(|_| allow).cloned(),
            interrupt: decision.get("interrupt") == Some(&Value::Bool(true)),
        });
    }

    fn wrong_event(&self, output: &HookOutput, status: i32) -> Verdict {
        let event = self.event();
        let guards = matches!(event, Event::PreToolUse | Event::PermissionRequest);
        let blocks = self.client.semantics.exit2_with_json == Exit2WithJson::Blocks;
        if status == 2 && guards && blocks {
            return Verdict {
                block: Some(Block {
                    text: format!(
                        "[{}]: blocked (exit 2); its output could not be processed",
                        self.label
                    ),
                    from_json: false,
                    command: self.label.to_owned(),
                }),
                ..Verdict::default()
            };
        }
        failed(
            format!(
                "{THROWN}Hook returned incorrect event name: expected '{event}' but got '{}'. Full stdout: {}",
                output.event_name().unwrap_or_default(),
                pretty(&output.as_value()),
            ),
            Why::Invalid,
            true,
        )
    }
}

fn failed(text: String, why: Why, no_verdict: bool) -> Verdict {
    let once = text.starts_with(THROWN);
    Verdict {
        failure: Some(Failure {
            text,
            why,
            no_verdict,
            once,
        }),
        ..Verdict::default()
    }
}

/// Whether the hook itself ended with a status that means "no opinion".
fn ran_by_contract(status: i32, normally: bool) -> bool {
    normally && status <= 128 && status != 126 && status != 127
}

pub(super) fn or_no_stderr(stderr: &str) -> &str {
    if stderr.is_empty() {
        "No stderr output"
    } else {
        stderr
    }
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    }
}
