//! All hooks of one event, side by side.

use std::time::Instant;

use futures::stream::{FuturesUnordered, StreamExt};

use super::Session;
use super::command::expand_plugin_root;
use crate::decision::Finished;
use crate::output::read;
use crate::semantics::InvalidOutput;
use crate::verdict::{Ended, Verdict, interpret};
use crate::{Action, Call, Event, Hook, HookRun, Reading, Source};

/// What all hooks of one event said, in the order in which they finished.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) finished: Vec<Finished>,
    pub(super) runs: Vec<HookRun>,
}

impl Heard {
    /// After a tool ran, nothing that comes after a stop is taken in.
    pub(super) fn end_at_stop(&mut self) {
        let stop = self.finished.iter().position(|f| f.verdict.stop.is_some());
        if let Some(at) = stop {
            self.finished.truncate(at + 1);
        }
    }
}

struct One {
    index: usize,
    run: HookRun,
    verdict: Verdict,
}

impl Session {
    /// The hooks that run for this call.
    pub(super) fn matching(&self, call: &Call) -> Vec<&Hook> {
        self.hooks
            .matching(call.event, &call.tool_name, &call.tool_input, &self.client)
    }

    /// Whether a declared time limit is one that the client cannot even count.
    pub(super) fn breaks_timer(&self, hooks: &[&Hook]) -> bool {
        let longest = self.client.semantics.longest_timeout_seconds;
        hooks.iter().any(|h| h.timeout.as_secs_f64() > longest)
    }

    /// Runs all these hooks and waits for those that are waited for.
    pub(super) async fn hear(&self, hooks: &[&Hook], call: &Call, stdin: &[u8]) -> Heard {
        let mut running: FuturesUnordered<_> = hooks
            .iter()
            .enumerate()
            .map(|(index, hook)| self.run_one(index, hook, call, stdin))
            .collect();
        let mut ended: Vec<(Instant, One)> = Vec::new();
        while let Some(one) = running.next().await {
            ended.push((Instant::now(), one));
        }
        self.order_ties(&mut ended);
        let mut heard = Heard::default();
        for (_, one) in ended {
            heard.finished.push(Finished {
                index: one.index,
                verdict: one.verdict,
            });
            heard.runs.push(one.run);
        }
        heard
    }

    /// Hooks that finish at practically the same time are taken in the order of the
    /// configuration, so that the same hooks always give the same outcome.
    fn order_ties(&self, ended: &mut [(Instant, One)]) {
        let mut from = 0;
        for at in 1..=ended.len() {
            let apart = at == ended.len()
                || ended[at].0.duration_since(ended[at - 1].0) > self.simultaneous;
            if apart {
                ended[from..at].sort_by_key(|(_, one)| one.index);
                if self.ties_reversed {
                    ended[from..at].reverse();
                }
                from = at;
            }
        }
    }

    async fn run_one(&self, index: usize, hook: &Hook, call: &Call, stdin: &[u8]) -> One {
        let mut run = HookRun {
            hook: hook.clone(),
            command: hook.label(),
            finished: None,
            reading: Reading::Nothing,
            cancelled: false,
            gave_up: false,
            nonblocking_error: None,
        };
        if hook.is_async && matches!(hook.action, Action::Command { .. }) {
            self.start_in_background(hook, call, stdin);
            return One {
                index,
                run,
                verdict: Verdict::default(),
            };
        }
        let ended = match &hook.action {
            Action::Command { .. } | Action::ArgvCommand(_) => {
                let ran = self.run_command(hook, call, stdin).await;
                run.command = ran.command;
                run.gave_up = ran.gave_up;
                if let (Some(finished), Ended::Exited { .. }) = (&ran.finished, &ran.ended) {
                    run.reading = read(&finished.stdout.bytes, &self.client);
                }
                run.finished = ran.finished;
                ran.ended
            }
            Action::Http {
                url,
                headers,
                allowed_env,
            } => {
                let answer = self.post(hook, url, headers, allowed_env, stdin).await;
                run.reading = answer.reading;
                answer.ended
            }
            Action::McpTool {
                server,
                tool,
                input,
            } => {
                let (ended, reading) = self.ask_tool(server, tool, input, call);
                run.reading = reading;
                ended
            }
            Action::NeedsModel(kind) => {
                Ended::Thrown(format!("a hook of type {kind} needs a model"))
            }
        };
        let verdict = interpret(hook, &self.label(hook), &ended, &run.reading, &self.client);
        run.cancelled = verdict.cancelled;
        run.nonblocking_error = verdict.failure.as_ref().and_then(|failure| {
            let key = format!("failed {} {}", hook.event, hook.label());
            let told = !failure.once || self.first_time(key);
            told.then(|| failure.text.clone())
        });
        // Nothing can be blocked when a session starts; the newest client notes it as an error.
        let start = hook.event == Event::SessionStart
            && self.client.semantics.invalid_output == InvalidOutput::Reported;
        if let Some(block) = verdict.block.as_ref().filter(|_| start) {
            run.nonblocking_error = Some(block.text.clone());
        }
        One {
            index,
            run,
            verdict,
        }
    }

    /// How the client's own messages name the hook.
    fn label(&self, hook: &Hook) -> String {
        match self.client.semantics.invalid_output {
            InvalidOutput::Reported => expand_plugin_root(hook, &hook.label()),
            InvalidOutput::Silent => hook.label(),
        }
    }

    fn start_in_background(&self, hook: &Hook, call: &Call, stdin: &[u8]) {
        let (session, hook) = (self.clone(), hook.clone());
        let (call, stdin) = (call.clone(), stdin.to_vec());
        tokio::spawn(async move {
            session.run_command(&hook, &call, &stdin).await;
        });
    }

    /// What a person is told of hooks that gave no verdict; once per hook and session.
    pub(super) fn notices(&self, heard: &Heard) -> Vec<String> {
        if !self.client.semantics.notices {
            return Vec::new();
        }
        let texts = crate::texts::Texts::new(&self.client);
        let mut notices = Vec::new();
        for (run, finished) in heard.runs.iter().zip(&heard.finished) {
            let verdict = &finished.verdict;
            let failed = verdict.failure.as_ref().is_some_and(|f| f.no_verdict);
            let event = run.hook.event;
            let silent = event == crate::Event::PreToolUse && (verdict.cancelled || failed);
            let key = format!("{:?} {}", run.hook.source, run.hook.label());
            if silent && self.first_time(key) {
                let plugin = match &run.hook.source {
                    Source::Plugin { name, .. } => Some(name.as_str()),
                    _ => None,
                };
                notices.push(texts.no_verdict(plugin, verdict.cancelled));
            }
        }
        notices
    }
}
