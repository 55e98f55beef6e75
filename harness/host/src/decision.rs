//! How the verdicts of several hooks become one decision; pure.

use serde_json::Value;

use crate::semantics::{Merge, UpdatedInput};
use crate::texts::Texts;
use crate::verdict::{Behavior, Stop, Verdict};
use crate::{Client, Event, ModelText};

/// One finished hook: its place in the configuration and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    /// Place in the order of the configuration.
    pub index: usize,
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
    for Finished { verdict, .. } in finished {
        if let Some(block) = &verdict.block {
            merged.decision = Decision::Deny {
                text: texts.hook_error(tool, &block.text),
            };
            rewritten_with = None;
            if block.from_json {
                let told =
                    texts.blocking_error(Event::PreToolUse, tool, &block.command, &block.text);
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

/// Deny beats defer beats ask beats allow; the last deny to finish counts, and the first ask.
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
    let refused = state.deny.is_none() && state.refused_rewrite.is_some();
    if !contexts.is_empty() && !refused {
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
                    // Of several questions the first is asked.
                    let own = verdict.reason.clone().filter(|r| !r.is_empty());
                    let words = || own.unwrap_or_else(|| texts.decided(tool, behavior));
                    self.ask.get_or_insert_with(words);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientVersion;
    use crate::verdict::Block;
    use proptest::prelude::*;
    use serde_json::json;

    const OLDEST: ClientVersion = Client::MEASURED[0];
    const OLDER: ClientVersion = Client::MEASURED[2];
    const NEWEST: ClientVersion = Client::MEASURED[3];

    fn block(text: &str, from_json: bool) -> Option<Block> {
        Some(Block {
            text: text.to_owned(),
            from_json,
            command: "hook".to_owned(),
        })
    }

    fn says(behavior: Behavior, reason: &str) -> Verdict {
        Verdict {
            behavior: Some(behavior),
            reason: Some(reason.to_owned()),
            block: block(reason, true).filter(|_| behavior == Behavior::Deny),
            ..Verdict::default()
        }
    }

    fn exit2(text: &str) -> Verdict {
        Verdict {
            block: block(text, false),
            ..Verdict::default()
        }
    }

    fn rewrites(behavior: Option<Behavior>, command: &str) -> Verdict {
        Verdict {
            behavior,
            updated_input: Some(json!({"command": command})),
            ..Verdict::default()
        }
    }

    fn merge(version: ClientVersion, verdicts: &[Verdict]) -> Merged {
        let finished: Vec<Finished> = verdicts
            .iter()
            .enumerate()
            .map(|(index, verdict)| Finished {
                index,
                verdict: verdict.clone(),
            })
            .collect();
        merge_pre(&finished, &Client::at(version), "Bash", &|_| Ok(()))
    }

    fn denied(merged: &Merged) -> &str {
        match &merged.decision {
            Decision::Deny { text } => text,
            other => panic!("not denied but {other:?}"),
        }
    }

    #[test]
    fn the_deny_that_finished_last_is_told() {
        let two = [says(Behavior::Deny, "R1"), says(Behavior::Deny, "R2")];
        assert_eq!(
            denied(&merge(NEWEST, &two)),
            "PreToolUse:Bash hook error: R2"
        );
        assert_eq!(denied(&merge(OLDER, &two)), "R2");
        assert_eq!(
            denied(&merge(OLDEST, &two)),
            "Bash operation blocked by hook:\n- R1\n- R2"
        );
    }

    #[test]
    fn a_silent_hook_after_a_deny_takes_its_reason_away_in_between() {
        let verdicts = [says(Behavior::Deny, "R"), Verdict::default()];
        assert_eq!(
            denied(&merge(OLDER, &verdicts)),
            "Hook PreToolUse:Bash denied this tool"
        );
        assert_eq!(
            denied(&merge(NEWEST, &verdicts)),
            "PreToolUse:Bash hook error: R"
        );
    }

    #[test]
    fn exit_code_2_beats_an_allow_but_for_one_version() {
        let verdicts = [exit2("E"), says(Behavior::Allow, "A")];
        assert_eq!(merge(OLDER, &verdicts).decision, Decision::Allow);
        for version in [OLDEST, NEWEST] {
            assert!(matches!(
                merge(version, &verdicts).decision,
                Decision::Deny { .. }
            ));
        }
    }

    #[test]
    fn whose_rewritten_input_counts() {
        let allow = Some(Behavior::Allow);
        let two = [rewrites(allow, "a"), rewrites(allow, "b")];
        assert_eq!(merge(NEWEST, &two).input, Some(json!({"command": "b"})));
        assert_eq!(merge(OLDEST, &two).input, None);
        let alone = [rewrites(None, "a")];
        assert_eq!(merge(Client::MEASURED[1], &alone).input, None);
        assert_eq!(merge(OLDER, &alone).input, Some(json!({"command": "a"})));
        let then_silent = [rewrites(allow, "a"), Verdict::default()];
        assert_eq!(merge(OLDER, &then_silent).input, None);
    }

    #[test]
    fn the_first_of_several_questions_is_asked() {
        let two = [says(Behavior::Ask, "Q1"), says(Behavior::Ask, "Q2")];
        let Decision::Ask { reason } = merge(NEWEST, &two).decision else {
            panic!("nobody asks");
        };
        assert_eq!(reason, "Q1");
    }

    #[test]
    fn a_rewritten_input_that_the_tool_cannot_take_denies() {
        let finished = [Finished {
            index: 0,
            verdict: rewrites(Some(Behavior::Allow), "x"),
        }];
        let check = |_: &Value| Err("does not fit".to_owned());
        let merged = merge_pre(&finished, &Client::at(NEWEST), "Bash", &check);
        assert_eq!(denied(&merged), "does not fit");
    }

    fn any_verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::default()),
            Just(exit2("E")),
            Just(says(Behavior::Allow, "A")),
            Just(says(Behavior::Ask, "Q")),
            Just(says(Behavior::Defer, "D")),
            Just(says(Behavior::Deny, "X")),
            Just(rewrites(Some(Behavior::Allow), "u")),
        ]
    }

    fn verdicts_in_two_orders() -> impl Strategy<Value = (Vec<Verdict>, Vec<Verdict>)> {
        prop::collection::vec(any_verdict(), 0..6)
            .prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle()))
    }

    proptest! {
        #[test]
        fn the_kind_of_decision_does_not_depend_on_who_finishes_first(
            (one, other) in verdicts_in_two_orders()
        ) {
            for version in Client::MEASURED {
                let kinds = [&one, &other].map(|v| std::mem::discriminant(&merge(version, v).decision));
                prop_assert_eq!(kinds[0], kinds[1], "{}", version);
            }
        }

        #[test]
        fn a_deny_always_wins(verdicts in prop::collection::vec(any_verdict(), 0..5), at in 0..5_usize) {
            let mut verdicts = verdicts;
            verdicts.insert(at.min(verdicts.len()), says(Behavior::Deny, "X"));
            for version in Client::MEASURED {
                let merged = merge(version, &verdicts);
                prop_assert!(matches!(merged.decision, Decision::Deny { .. }), "{}", version);
                prop_assert_eq!(merged.input, None);
            }
        }

        #[test]
        fn the_oldest_merge_only_knows_the_order_of_the_configuration(
            (one, other) in verdicts_in_two_orders()
        ) {
            let client = Client::at(OLDEST);
            let place = |v: &Verdict| one.iter().position(|o| o == v).unwrap_or_default();
            let finished = |order: &[Verdict]| -> Vec<Finished> {
                order.iter().map(|v| Finished { index: place(v), verdict: v.clone() }).collect()
            };
            let merged = [&one, &other].map(|v| merge_pre(&finished(v), &client, "Bash", &|_| Ok(())));
            prop_assert_eq!(&merged[0], &merged[1]);
        }
    }
}
