//! One event from its hooks to its outcome.

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::Session;
use super::flow::Step;
use super::hooks::Heard;
use crate::decision::{Decision, Merged, merge_pre};
use crate::post::merge_post;
use crate::rules::tools::Tool;
use crate::semantics::{Merge, StopBesideDeny};
use crate::texts::Texts;
use crate::verdict::{PermissionAnswer, Stop};
use crate::{Call, Event, Fate, Outcome, Ungoverned, Why};

const ABORTED: &str = "The user doesn't want to take this action right now. STOP what you are doing and wait for the user to tell you how to proceed.";

impl Session {
    /// Fires one event: runs every matching hook with these very bytes on stdin, and says what
    /// comes of it. `PreToolUse` includes the permission flow.
    pub async fn fire(&self, call: &Call, stdin: &[u8]) -> Outcome {
        let hooks = self.matching(call);
        if self.breaks_timer(&hooks) {
            return self.aborted(call);
        }
        let mut heard = self.hear(&hooks, call, stdin).await;
        if call.event == Event::PostToolUse {
            heard.end_at_stop();
        }
        let mut outcome = self.outcome(call, &heard);
        match call.event {
            Event::PreToolUse => self.before_tool(call, &heard, &mut outcome).await,
            Event::UserPromptSubmit | Event::UserPromptExpansion => {
                self.before_prompt(&heard, &mut outcome);
            }
            event => {
                let mcp = call.tool_name.starts_with("mcp__");
                let merged = merge_post(&heard.finished, &self.client, event, &call.tool_name, mcp);
                outcome.to_model = merged.to_model;
                outcome.updated_output = merged.output;
                let blocked = heard.finished.iter().any(|f| f.verdict.block.is_some());
                outcome.turn_stopped =
                    merged.stop.is_some() || (blocked && event == Event::PostToolBatch);
            }
        }
        let asked = std::mem::take(&mut outcome.runs);
        outcome.runs = heard.runs;
        outcome.runs.extend(asked);
        outcome
    }

    fn aborted(&self, call: &Call) -> Outcome {
        let mut outcome = self.outcome(call, &Heard::default());
        if call.event == Event::PreToolUse {
            outcome.fate = Fate::Aborted;
            outcome.reason = Some(ABORTED.to_owned());
        }
        outcome
    }

    /// What holds for every event: notices, and hooks without a verdict.
    fn outcome(&self, call: &Call, heard: &Heard) -> Outcome {
        let texts = Texts::new(&self.client);
        let mut to_user = Vec::new();
        if self.client.semantics.notices {
            for finished in &heard.finished {
                let said = finished.verdict.system_message.as_deref();
                let tool = Some(call.tool_name.as_str()).filter(|name| !name.is_empty());
                to_user.extend(said.map(|m| texts.says(call.event, tool, m)));
            }
        }
        to_user.extend(self.notices(heard));
        Outcome {
            fate: Fate::Continues,
            reason: None,
            to_model: Vec::new(),
            to_user,
            prompted: Vec::new(),
            updated_input: None,
            updated_output: None,
            turn_stopped: false,
            blocks: heard
                .finished
                .iter()
                .filter_map(|f| f.verdict.block.clone())
                .collect(),
            interrupted: false,
            ungoverned: ungoverned(heard),
            runs: Vec::new(),
        }
    }

    async fn before_tool(&self, call: &Call, heard: &Heard, outcome: &mut Outcome) {
        let check = |input: &Value| self.check_rewrite(call, input);
        let merged = merge_pre(&heard.finished, &self.client, &call.tool_name, &check);
        outcome.to_model.clone_from(&merged.to_model);
        outcome.updated_input.clone_from(&merged.input);
        if let Decision::Deny { text } = &merged.decision {
            outcome.fate = Fate::Blocked;
            outcome.reason = Some(self.denied(text, merged.stop.as_ref()));
            outcome.turn_stopped = merged.stop.is_some()
                && self.client.semantics.stop_beside_deny == StopBesideDeny::Stops;
            return;
        }
        if merged.decision == Decision::Defer {
            outcome.fate = Fate::Deferred;
            outcome.turn_stopped = true;
            return;
        }
        self.ask_rules_and_people(call, &merged, outcome).await;
        if outcome.fate.runs() {
            outcome.turn_stopped |= merged.stop.is_some();
        }
    }

    fn denied(&self, text: &str, stop: Option<&Stop>) -> String {
        match (stop, self.client.semantics.stop_beside_deny) {
            (Some(stop), StopBesideDeny::StopText) => {
                let reason = stop
                    .reason
                    .as_ref()
                    .map_or_else(String::new, |r| format!(": {r}"));
                format!("Execution stopped by PreToolUse hook{reason}")
            }
            _ => text.to_owned(),
        }
    }

    /// Newer clients check a rewritten input before they use it.
    fn check_rewrite(&self, call: &Call, input: &Value) -> Result<(), String> {
        if !self.client.semantics.updated_input_validated {
            return Ok(());
        }
        let tool = &call.tool_name;
        let told = |how: String| {
            format!(
                "PreToolUse hook for {tool} returned updatedInput that {how}\nThe tool input from the model was valid; the hook's rewrite of it was not."
            )
        };
        let known = Tool::named(tool, &self.client);
        if let Some(problem) = known.and_then(|t| t.input_problem(input, false)) {
            return Err(told(format!("failed schema validation: {problem}")));
        }
        let rewritten = Call {
            tool_input: input.clone(),
            ..call.clone()
        };
        match self.refused_by_tool(&rewritten) {
            None => Ok(()),
            Some(text) => Err(told(format!("the tool refused: {text}"))),
        }
    }

    async fn ask_rules_and_people(&self, call: &Call, merged: &Merged, outcome: &mut Outcome) {
        let mut about = call.clone();
        if let Some(input) = &merged.input {
            about.tool_input = input.clone();
        }
        match self.permission(&about, &merged.decision) {
            Step::Run => outcome.fate = Fate::Runs,
            Step::Refuse(text) => {
                outcome.fate = Fate::Refused;
                outcome.reason = Some(text);
            }
            Step::Ask { reason, refusal } => {
                let by_hook = matches!(merged.decision, Decision::Ask { .. });
                let asked = self.ask(&about, reason, refusal, by_hook, outcome).await;
                outcome.fate = if asked {
                    Fate::RunsAfterPrompt
                } else {
                    Fate::Refused
                };
            }
        }
    }

    /// Asks `PermissionRequest` hooks and the person; whether the tool may run.
    async fn ask(
        &self,
        call: &Call,
        reason: Option<String>,
        refusal: String,
        by_hook: bool,
        outcome: &mut Outcome,
    ) -> bool {
        let request = Call {
            event: Event::PermissionRequest,
            ..call.clone()
        };
        let stdin = self.payload(&request);
        let Some(person) = &self.prompter else {
            // A hook's own question is not handed to other hooks when nobody can be asked.
            let alone = self.client.semantics.permission_request_without_prompter && !by_hook;
            let answer = match alone {
                true => self.permission_hooks(&request, &stdin, outcome).await,
                false => None,
            };
            return self.take(answer, refusal, outcome);
        };
        if self.client.semantics.merge != Merge::Ranked {
            let answer = self.permission_hooks(&request, &stdin, outcome).await;
            if answer.is_some() {
                return self.take(answer, refusal, outcome);
            }
            outcome.prompted.push(reason);
            sleep(person.delay).await;
        } else {
            // Both are asked at once, and the first answer counts.
            outcome.prompted.push(reason);
            let asked = Instant::now();
            let answer = self.permission_hooks(&request, &stdin, outcome).await;
            if answer.is_some() && asked.elapsed() < person.delay {
                return self.take(answer, refusal, outcome);
            }
            sleep(person.delay.saturating_sub(asked.elapsed())).await;
        }
        if !person.allow {
            outcome.reason = Some(person.message.clone());
        }
        person.allow
    }

    fn take(
        &self,
        answer: Option<PermissionAnswer>,
        refusal: String,
        outcome: &mut Outcome,
    ) -> bool {
        match answer {
            Some(PermissionAnswer {
                allow: true,
                updated_input,
                ..
            }) => {
                if updated_input.is_some() {
                    outcome.updated_input = updated_input;
                }
                true
            }
            Some(PermissionAnswer {
                message, interrupt, ..
            }) => {
                let asked = if self.prompter.is_some() {
                    "PermissionRequest "
                } else {
                    ""
                };
                let text = message.filter(|m| !m.is_empty());
                outcome.reason =
                    Some(text.unwrap_or_else(|| format!("Permission denied by {asked}hook")));
                let ends = interrupt && self.client.semantics.merge == Merge::Ranked;
                outcome.interrupted = ends;
                outcome.turn_stopped |= ends;
                false
            }
            None => {
                outcome.reason = Some(refusal);
                false
            }
        }
    }

    async fn permission_hooks(
        &self,
        request: &Call,
        stdin: &[u8],
        outcome: &mut Outcome,
    ) -> Option<PermissionAnswer> {
        if !self.client.semantics.permission_request {
            return None;
        }
        let hooks = self.matching(request);
        let heard = self.hear(&hooks, request, stdin).await;
        outcome.ungoverned.extend(ungoverned(&heard));
        outcome.runs.extend(heard.runs);
        heard.finished.into_iter().find_map(|f| f.verdict.answer)
    }

    fn before_prompt(&self, heard: &Heard, outcome: &mut Outcome) {
        let block = heard.finished.iter().find_map(|f| f.verdict.block.as_ref());
        let stop = heard.finished.iter().find_map(|f| f.verdict.stop.as_ref());
        outcome.turn_stopped = stop.is_some();
        if let Some(stop) = stop
            && self.client.semantics.notices
        {
            let reason = stop
                .reason
                .as_ref()
                .map_or_else(String::new, |r| format!(": {r}"));
            outcome
                .to_user
                .push(format!("Operation stopped by hook{reason}"));
        }
        if let Some(block) = block {
            outcome.fate = Fate::Blocked;
            outcome.turn_stopped = true;
            outcome.reason = Some(format!(
                "UserPromptSubmit operation blocked by hook:\n{}",
                block.text
            ));
        }
    }
}

fn ungoverned(heard: &Heard) -> Vec<Ungoverned> {
    let mut found = Vec::new();
    for (run, finished) in heard.runs.iter().zip(&heard.finished) {
        let hook = run.hook.label();
        if finished.verdict.cancelled {
            found.push(Ungoverned {
                hook,
                why: Why::TimedOut,
                detail: format!("stopped after {} s", run.hook.timeout.as_secs_f64()),
            });
        } else if let Some(failure) = &finished.verdict.failure {
            found.push(Ungoverned {
                hook,
                why: failure.why,
                detail: failure.text.clone(),
            });
        }
    }
    found
}
