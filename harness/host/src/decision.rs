//! How the verdicts of several hooks become one decision; pure.

use serde_json::Value;

use crate::semantics::{Merge, UpdatedInput};
use crate::texts::Texts;
use crate::verdict::{Behavior, Stop, Verdict};
use crate::{Client, Event, ModelText};

/// One finished hook: its place in the configuration, how texts name it, what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Place in the order of the configuration.
    pub index: usize,
    /// How texts for the model name it.
    pub label: String,
    /// What it says.
    pub verdict: Verdict,
}

/// What the hooks together decide about a tool call.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Decision {
    /// Nothing; the permission flow goes on as without hooks.
    #[default]
    None,
    /// The call may run.
    Allow,
    /// A person decides.
    Ask {
        /// What the person and the model are told.
        reason: String,
    },
    /// The call is set aside.
    Defer,
    /// The call may not run.
    Deny {
        /// What the model is told.
        text: String,
    },
}

/// Everything that `PreToolUse` hooks together say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// The decision.
    pub decision: Decision,
    /// The input that replaces the call's.
    pub input: Option<Value>,
    /// Texts for the model beside the tool's result.
    pub to_model: Vec<ModelText>,
    /// The turn shall stop.
    pub stop: Option<Stop>,
}

/// Checks a rewritten input; `Err` is what the model is told.
pub type InputCheck<'a> = &'a dyn Fn(&Value) -> Result<(), String>;

/// Merges the verdicts on a tool call that is about to run. `finished` is in the order in
/// which the hooks finished.
#[must_use]
pub fn merge_pre(
    finished: &[Finished],
    client: &Client,
    tool: &str,
    check_input: InputCheck<'_>,
) -> Merged {
    match client.semantics.merge {
        Merge::Collected => collected(finished, client, tool),
        Merge::Streamed => streamed(finished, client, tool),
        Merge::Ranked => ranked(finished, client, tool, check_input),
    }
}

/// All are awaited and read in the order of the configuration.
fn collected(finished: &[Finished], client: &Client, tool: &str) -> Merged {
    let mut ordered: Vec<&Finished> = finished.iter().collect();
    ordered.sort_by_key(|f| f.index);
    let mut merged = Merged::default();
    let mut strictest: Option<Behavior> = None;
    let mut rewritten = None;
    let mut blocks = Vec::new();
    for Finished { verdict, .. } in ordered {
        if let Some(stop) = &verdict.stop {
            let older = merged.stop.take().and_then(|s| s.reason);
            merged.stop = Some(Stop {
                reason: stop.reason.clone().or(older),
            });
        }
        blocks.extend(verdict.block.as_ref().map(|b| b.text.clone()));
        strictest = stricter(strictest, verdict.behavior);
        let counts = client.semantics.updated_input != UpdatedInput::Never
            && verdict.behavior == Some(Behavior::Allow);
        if counts && verdict.updated_input.is_some() {
            rewritten.clone_from(&verdict.updated_input);
        }
    }
    merged.decision = if blocks.is_empty() {
        match strictest {
            Some(Behavior::Allow) => {
                merged.input = rewritten;
                Decision::Allow
            }
            Some(Behavior::Ask) => Decision::Ask {
                reason: "Hook requested permission behavior: ask".into(),
            },
            _ => Decision::None,
        }
    } else {
        Decision::Deny {
            text: Texts::new(client).blocked_list(tool, &blocks),
        }
    };
    merged
}

/// Each hook repeats the strictest decision so far under its own name, and the last word wins.
fn streamed(finished: &[Finished], client: &Client, tool: &str) -> Merged {
    let texts = Texts::new(client);
    let mut merged = Merged::default();
    let mut strictest: Option<Behavior> = None;
    let mut rewritten_alone = None;
    let mut rewritten_with = None;
    for Finished { label, verdict, .. } in finished {
        if let Some(block) = &verdict.block {
            merged.decision = Decision::Deny {
                text: texts.hook_error(tool, &block.text),
            };
            rewritten_with = None;
            if block.from_json {
                let told = texts.blocking_error(Event::PreToolUse, tool, label, &block.text);
                merged.to_model.push(told);
            }
        }
        merged.stop = verdict.stop.clone().or(merged.stop);
        if let Some(context) = &verdict.context {
            let told = texts.context(Event::PreToolUse, tool, std::slice::from_ref(context));
            merged.to_model.push(told);
        }
        strictest = stricter(strictest, verdict.behavior);
        let own = verdict
            .updated_input
            .as_ref()
            .filter(|_| matches!(verdict.behavior, Some(Behavior::Allow | Behavior::Ask)));
        match strictest {
            None => {}
            Some(Behavior::Allow) => {
                merged.decision = Decision::Allow;
                rewritten_with = own.cloned();
            }
            Some(behavior) => {
                let reason = verdict
                    .reason
                    .clone()
                    .filter(|r| !r.is_empty())
                    .unwrap_or_else(|| texts.decided(tool, behavior));
                (merged.decision, rewritten_with) = match behavior {
                    Behavior::Ask => (Decision::Ask { reason }, own.cloned()),
                    _ => (Decision::Deny { text: reason }, None),
                };
            }
        }
        if verdict.behavior.is_none() && verdict.updated_input.is_some() {
            rewritten_alone.clone_from(&verdict.updated_input);
        }
    }
    merged.input = rewritten_with.or(rewritten_alone);
    merged
}

/// Deny beats defer beats ask beats allow; of equals the last to finish counts.
fn ranked(
    finished: &[Finished],
    client: &Client,
    tool: &str,
    check_input: InputCheck<'_>,
) -> Merged {
    let texts = Texts::new(client);
    let mut merged = Merged::default();
    let mut state = Ranked::default();
    let mut contexts = Vec::new();
    for Finished { verdict, .. } in finished {
        merged.stop = verdict.stop.clone().or(merged.stop);
        state.take(verdict, tool, &texts, check_input);
        contexts.extend(verdict.context.clone());
    }
    if !contexts.is_empty() {
        merged
            .to_model
            .push(texts.context(Event::PreToolUse, tool, &contexts));
    }
    merged.decision = match state {
        Ranked {
            deny: Some(text), ..
        } => Decision::Deny { text },
        Ranked {
            refused_rewrite: Some(text),
            ..
        } => Decision::Deny { text },
        Ranked { deferred: true, .. } => Decision::Defer,
        Ranked {
            ask: Some(ref reason),
            ..
        } => Decision::Ask {
            reason: reason.clone(),
        },
        Ranked { allowed: true, .. } => Decision::Allow,
        Ranked { .. } => Decision::None,
    };
    if !matches!(merged.decision, Decision::Deny { .. }) {
        merged.input = state.rewritten;
    }
    merged
}

#[derive(Default)]
struct Ranked {
    strictest: Option<Behavior>,
    deny: Option<String>,
    refused_rewrite: Option<String>,
    deferred: bool,
    ask: Option<String>,
    allowed: bool,
    rewritten: Option<Value>,
}

impl Ranked {
    fn take(&mut self, verdict: &Verdict, tool: &str, texts: &Texts, check: InputCheck<'_>) {
        if let Some(block) = &verdict.block {
            self.strictest = Some(Behavior::Deny);
            self.deny = Some(texts.hook_error(tool, &block.text));
        }
        self.strictest = stricter(self.strictest, verdict.behavior);
        let Some(behavior) = verdict.behavior else {
            if let Some(input) = &verdict.updated_input {
                self.rewrite(input, check);
            }
            return;
        };
        let heard = self.strictest == Some(behavior)
            || (self.strictest == Some(Behavior::Defer) && behavior == Behavior::Ask);
        if !heard {
            return;
        }
        match behavior {
            Behavior::Deny => {}
            Behavior::Defer => self.deferred = true,
            Behavior::Ask | Behavior::Allow => {
                if let Some(input) = &verdict.updated_input
                    && !self.rewrite(input, check)
                {
                    return;
                }
                if behavior == Behavior::Allow {
                    self.allowed = true;
                } else {
                    // A question without a reason keeps the reason of an earlier one.
                    let own = verdict.reason.clone().filter(|r| !r.is_empty());
                    let reason = own.or_else(|| self.ask.take());
                    self.ask = Some(reason.unwrap_or_else(|| texts.decided(tool, behavior)));
                }
            }
        }
    }

    /// Takes in a rewritten input; false when the tool could not take it.
    fn rewrite(&mut self, input: &Value, check: InputCheck<'_>) -> bool {
        match check(input) {
            Ok(()) => {
                self.rewritten = Some(input.clone());
                true
            }
            Err(text) => {
                self.refused_rewrite = Some(text);
                false
            }
        }
    }
}

fn stricter(so_far: Option<Behavior>, next: Option<Behavior>) -> Option<Behavior> {
    so_far.max(next)
}
