//! What happens around the model's turns: their end, subagents, events about no tool call.

use serde_json::{Value, json};

use super::Injected;
use super::play::{Play, Turn, calls_of};
use super::tools::Done;
use super::tools::words::words;
use crate::semantics::Merge;
use crate::{Call, Event, ModelText, Outcome};

impl Play<'_> {
    /// Plays a subagent's turns; the text it ends with and the number of its calls.
    pub(super) async fn subagent(&mut self, kind: &str, turns: &[Value]) -> (String, usize) {
        if self.session.client.semantics.merge != Merge::Ranked {
            self.about(Event::SubagentStart, kind).await;
        }
        let done = self.subagent_turns(turns).await;
        self.about(Event::SubagentStop, kind).await;
        done
    }

    async fn subagent_turns(&mut self, turns: &[Value]) -> (String, usize) {
        let mut uses = 0;
        for turn in turns {
            let calls = calls_of(turn);
            if calls.is_empty() {
                let text = turn.get("text").and_then(Value::as_str);
                return (text.unwrap_or_default().to_owned(), uses);
            }
            uses += calls.len();
            if Box::pin(self.turn(&calls, false)).await == Turn::Stopped {
                break;
            }
        }
        (String::new(), uses)
    }

    /// The hooks after all calls of a turn.
    pub(super) async fn after_batch(&mut self) -> Outcome {
        let outcome = self.about(Event::PostToolBatch, "").await;
        self.note(&outcome);
        outcome
    }

    /// Fires an event that is about no tool call.
    pub(super) async fn about(&self, event: Event, about: &str) -> Outcome {
        let call = Call {
            event,
            tool_name: about.to_owned(),
            tool_input: json!({}),
            tool_response: None,
        };
        let stdin = self.session.payload(&call);
        self.session.fire(&call, &stdin).await
    }

    /// The hooks at the end of the model's turn. One that blocks makes the model go on, and the
    /// turn ends once more; the scripted model has nothing left to do then.
    pub(super) async fn end_of_turn(&mut self) {
        const MOST: usize = 8;
        for _ in 0..MOST {
            let outcome = self.about(Event::Stop, "").await;
            self.note(&outcome);
            let feedback = outcome.blocks.iter().map(|block| Injected {
                role: "user".into(),
                text: format!("Stop hook feedback:\n{}", block.text),
            });
            self.observed.injected.extend(feedback);
            if outcome.blocks.is_empty() {
                return;
            }
            let told = outcome.blocks.iter().zip(outcome.to_model);
            let told: Vec<ModelText> = told
                .filter(|(block, _)| block.from_json)
                .map(|(_, told)| told)
                .collect();
            self.inject(told);
        }
    }

    /// Starts a subagent; the newest client lets it run beside the main thread.
    pub(super) async fn delegate(&mut self, call: &Call) -> Done {
        let prompt = call
            .tool_input
            .get("prompt")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let script = prompt.split("SUBSCRIPT:").nth(1).unwrap_or_default();
        let name: String = script
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let turns = self.subscripts.get(&name).cloned().unwrap_or_default();
        let kind = call.tool_input.get("subagent_type").and_then(Value::as_str);
        let kind = kind.unwrap_or("general-purpose").to_owned();
        let done = |text: String| Done {
            text,
            failed: false,
            response: json!({"status": "completed"}),
        };
        match self.session.client.semantics.merge {
            Merge::Ranked => {
                self.about(Event::SubagentStart, &kind).await;
                self.background.push((kind, turns));
                done(words("agent-launched").to_owned())
            }
            Merge::Streamed => {
                let (text, uses) = self.subagent(&kind, &turns).await;
                let told = words("agent-finished").replace("{text}", &text);
                done(told.replace("{uses}", &uses.to_string()))
            }
            Merge::Collected => done(self.subagent(&kind, &turns).await.0),
        }
    }
}
