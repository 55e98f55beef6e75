//! The model's turns, one after the other.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::tools::words::words;
use super::tools::{self, Done, Memory, mcp};
use super::{Injected, Observed, ToolObserved};
use crate::rules::tools::Tool;
use crate::semantics::{InjectedAs, Merge};
use crate::{Call, Event, Fate, ModelText, Outcome, PermissionMode, Session, ToolRefusal};

/// What a run has come to so far.
pub(super) struct Play<'a> {
    pub(super) session: Session,
    pub(super) memory: Memory,
    pub(super) subscripts: &'a BTreeMap<String, Vec<Value>>,
    pub(super) observed: Observed,
    /// Loads the settings again, as newer clients do when the files change.
    pub(super) reload: &'a (dyn Fn() -> Option<Session> + Sync),
    /// Turns of subagents that run beside the main thread.
    pub(super) background: Vec<(String, Vec<Value>)>,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    GoesOn,
    Stopped,
}

/// What one call came to.
struct Called {
    result: Option<(String, bool)>,
    to_model: Vec<ModelText>,
    stop: Option<&'static str>,
    ran: bool,
}

impl Play<'_> {
    /// Plays the turns of the main thread and of every subagent.
    pub(super) async fn steps(&mut self, steps: &[Value]) {
        let mut stopped = false;
        for step in steps {
            let calls = calls_of(step);
            if calls.is_empty() || stopped {
                break;
            }
            stopped = self.turn(&calls, true).await == Turn::Stopped;
        }
        self.observed.turn_stopped_after_tool |= stopped;
        if !stopped {
            self.end_of_turn().await;
        }
        let background = std::mem::take(&mut self.background);
        for (kind, turns) in &background {
            self.subagent(kind, turns).await;
        }
        if !stopped && !background.is_empty() {
            // The model is told that its subagents are done, and ends its turn again.
            self.end_of_turn().await;
        }
    }

    pub(super) async fn turn(&mut self, calls: &[(String, Value)], main: bool) -> Turn {
        let first = self.observed.tools.len();
        let mut texts = Vec::new();
        let mut turn = Turn::GoesOn;
        for (name, input) in calls {
            let at = self.observed.tools.len();
            self.observed.tools.push(ToolObserved {
                name: name.clone(),
                result: None,
                result_chars: None,
                is_error: false,
            });
            let called = self.call(name, input).await;
            if let Some(reason) = called.stop {
                turn = Turn::Stopped;
                self.observed.stop = Some(reason.to_owned());
            }
            self.observed.executed = Some(called.ran);
            if let Some((text, is_error)) = called.result {
                let tool = &mut self.observed.tools[at];
                tool.result_chars = Some(text.chars().count());
                tool.result = Some(text);
                tool.is_error = is_error;
            }
            texts.extend(called.to_model);
        }
        if turn == Turn::Stopped {
            self.take_back(first);
            return turn;
        }
        let batch = self.after_batch().await;
        if batch.turn_stopped {
            self.observed.stop = Some("hook_stopped".to_owned());
            self.take_back(first);
            return Turn::Stopped;
        }
        texts.extend(batch.to_model);
        if main {
            self.inject(texts);
        }
        turn
    }

    /// No further request is made, so the results reach nobody.
    fn take_back(&mut self, first: usize) {
        for tool in &mut self.observed.tools[first..] {
            tool.result = None;
            tool.result_chars = None;
            tool.is_error = false;
        }
    }

    /// The newest client sends all texts of a turn as one message.
    pub(super) fn inject(&mut self, texts: Vec<ModelText>) {
        let joined = self.session.client.semantics.injected_as == InjectedAs::System;
        let mut texts: Vec<Injected> = texts
            .into_iter()
            .map(|text| Injected {
                role: text.role,
                text: text.text,
            })
            .collect();
        if joined && texts.len() > 1 {
            let all: Vec<String> = texts.iter().map(|t| t.text.clone()).collect();
            texts.truncate(1);
            texts[0].text = all.join("\n\n");
        }
        self.observed.injected.extend(texts);
    }

    async fn call(&mut self, name: &str, input: &Value) -> Called {
        self.reload_settings();
        if let Some(text) = self.no_such_tool(name) {
            return Called::error(&format!("<tool_use_error>Error: {text}</tool_use_error>"));
        }
        let known = Tool::named(name, &self.session.client);
        let call = Call {
            event: Event::PreToolUse,
            tool_name: known.map_or_else(|| name.to_owned(), |tool| tool.name.clone()),
            tool_input: input.clone(),
            tool_response: None,
        };
        let problem = known.and_then(|tool| {
            tool.input_problem(input, true)
                .or_else(|| tool.hidden_characters(input, &self.session.client))
        });
        if let Some(problem) = problem {
            return Called::error(&format!(
                "<tool_use_error>InputValidationError: {problem}</tool_use_error>"
            ));
        }
        let memory = self.memory.clone();
        self.session.refusal = Some(ToolRefusal::new(move |session, call| {
            tools::refuses(call, session, &memory)
        }));
        if let Some(text) = self.session.refused_by_tool(&call) {
            return Called::error(&format!("<tool_use_error>{text}</tool_use_error>"));
        }
        let stdin = self.session.payload(&call);
        let before = self.session.fire(&call, &stdin).await;
        self.note(&before);
        if !before.fate.runs() {
            return self.not_run(before);
        }
        let mut call = call;
        if let Some(input) = &before.updated_input {
            call.tool_input.clone_from(input);
        }
        let done = self.execute(&call).await;
        self.after(call, before, done).await
    }

    /// The files may have changed since the last call.
    fn reload_settings(&mut self) {
        if !self.session.client.semantics.reloads_settings {
            return;
        }
        if let Some(fresh) = (self.reload)() {
            self.session.hooks = fresh.hooks;
            self.session.permissions = fresh.permissions;
        }
    }

    fn no_such_tool(&self, name: &str) -> Option<String> {
        let client = &self.session.client;
        let newest = client.semantics.merge == Merge::Ranked;
        let is_mcp = name.starts_with("mcp__");
        let base = format!("No such tool available: {name}");
        if newest && (name == "Glob" || name == "Grep") {
            let hint = if name == "Glob" { "no-glob" } else { "no-grep" };
            return Some(format!("{base}. {}", words(hint)));
        }
        let exists = match Tool::named(name, client) {
            Some(_) => true,
            None => is_mcp && mcp::is_known(name, &self.memory),
        };
        if !exists {
            return Some(base);
        }
        if !self.session.is_tool_denied(name) {
            return None;
        }
        Some(match newest && !is_mcp {
            true => format!(
                "{base}. {name} is disabled for this session, in subagents as well as here."
            ),
            false => base,
        })
    }

    fn not_run(&mut self, before: Outcome) -> Called {
        let stop = match before.fate {
            Fate::Deferred => Some("tool_deferred"),
            _ if before.turn_stopped => Some("hook_stopped"),
            _ => None,
        };
        if before.interrupted {
            self.observed.client_rc = 1;
            return Called {
                result: None,
                to_model: Vec::new(),
                stop: Some("aborted_tools"),
                ran: false,
            };
        }
        Called {
            result: before.reason.map(|text| (text, true)),
            to_model: before.to_model,
            stop,
            ran: false,
        }
    }

    async fn execute(&mut self, call: &Call) -> Done {
        if call.tool_name == "Task" || call.tool_name == "Agent" {
            return self.delegate(call).await;
        }
        let mut done = tools::run(call, &mut self.session, &mut self.memory).await;
        let plan = self.session.mode == PermissionMode::Plan;
        if plan && self.session.client.semantics.merge == Merge::Collected && !done.failed {
            done.text.push_str(words("plan-reminder"));
        }
        done
    }

    /// The hooks after the tool, and what the model gets.
    async fn after(&mut self, call: Call, before: Outcome, done: Done) -> Called {
        let knows_failures = self
            .session
            .client
            .semantics
            .events
            .iter()
            .any(|e| e == Event::PostToolUseFailure.name());
        let event = if done.failed {
            Event::PostToolUseFailure
        } else {
            Event::PostToolUse
        };
        let mut texts = before.to_model;
        let mut result = (done.text, done.failed);
        let mut stop = before.turn_stopped;
        if done.failed && self.session.client.semantics.merge != Merge::Ranked {
            // A tool that fails takes what was said before it along.
            stop = false;
            texts.clear();
        }
        if !done.failed || knows_failures {
            let call = Call {
                event,
                tool_response: Some(done.response),
                ..call
            };
            let stdin = self.session.payload(&call);
            let after = self.session.fire(&call, &stdin).await;
            self.note(&after);
            texts.extend(after.to_model);
            if let Some(output) = &after.updated_output {
                match tools::replaced(&call.tool_name, output, &self.session.client) {
                    Some(_) if self.breaks_on(&call, output) => {
                        self.observed.client_rc = 1;
                        self.observed.turn_stopped_after_tool = true;
                        return Called {
                            result: None,
                            to_model: Vec::new(),
                            stop: Some(""),
                            ran: true,
                        };
                    }
                    Some(replaced) => result = (replaced.text, replaced.failed),
                    None => {}
                }
            }
            stop |= after.turn_stopped && !done.failed;
        }
        Called {
            ran: !result.1,
            result: Some(result),
            to_model: texts,
            stop: stop.then_some("hook_stopped"),
        }
    }

    /// An older client fails on an MCP output that is no text and no list of blocks.
    fn breaks_on(&self, call: &Call, output: &Value) -> bool {
        self.session.client.semantics.merge == Merge::Streamed
            && call.tool_name.starts_with("mcp__")
            && output.is_object()
    }

    /// What every fired event leaves to observe.
    pub(super) fn note(&mut self, outcome: &Outcome) {
        self.observed
            .prompted
            .extend(outcome.prompted.iter().cloned());
        self.observed
            .notices
            .extend(outcome.to_user.iter().cloned());
        if !self.session.client.semantics.notices {
            return;
        }
        for run in outcome
            .runs
            .iter()
            .filter(|r| r.hook.event != Event::PermissionRequest)
        {
            self.observed
                .nonblocking_errors
                .extend(run.nonblocking_error.clone());
            self.observed.hook_cancelled += usize::from(run.cancelled);
        }
        let plan = self.session.mode == PermissionMode::Plan;
        let unavailable = outcome
            .reason
            .as_deref()
            .is_some_and(|r| r.starts_with("Auto mode"));
        if plan && unavailable {
            self.observed.notices.push(words("plan-notice").to_owned());
        }
    }

    /// Lets background hooks go on for a while after the last turn.
    pub(super) async fn linger(&self, seconds: f64) {
        let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        tokio::time::sleep(time).await;
    }
}

impl Called {
    fn error(text: &str) -> Self {
        Self {
            result: Some((text.to_owned(), true)),
            to_model: Vec::new(),
            stop: None,
            ran: false,
        }
    }
}

/// The calls of one turn of the model.
pub(super) fn calls_of(step: &Value) -> Vec<(String, Value)> {
    let call = |block: &Value| {
        let tool = block.get("tool")?.as_str()?.to_owned();
        Some((
            tool,
            block.get("input").cloned().unwrap_or_else(|| json!({})),
        ))
    };
    match step.get("blocks").and_then(Value::as_array) {
        Some(blocks) => blocks.iter().filter_map(call).collect(),
        None => call(step).into_iter().collect(),
    }
}
