//! One line that tells how far a run is; nothing where stderr is no terminal.

use hookproof_suite::event::Event;
use hookproof_suite::verdict::Verdict;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::time::Duration;

/// A progress line that counts `what`.
pub(crate) fn bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = format!("{{spinner}} {{pos}}/{{len}} {what} {{wide_msg}} {{elapsed}}");
    let style = ProgressStyle::with_template(&template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Folds the event stream into a progress line.
pub(crate) struct Progress {
    bar: ProgressBar,
    running: BTreeSet<String>,
    broken: usize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = bar("scenarios");
        Self {
            bar,
            running: BTreeSet::new(),
            broken: 0,
        }
    }

    pub(crate) fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted(head) => self.bar.set_length(head.scenarios as u64),
            Event::ScenarioStarted { scenario } => {
                self.running.insert(scenario.clone());
            }
            Event::ScenarioFinished(end) => {
                self.running.remove(&end.scenario);
                self.broken += end
                    .checks
                    .iter()
                    .filter(|c| c.verdict == Verdict::Fail)
                    .count();
                self.bar.inc(1);
            }
            Event::RunFinished(_) => self.bar.finish_and_clear(),
        }
        let waiting = self.running.iter().next().cloned().unwrap_or_default();
        self.bar.set_message(match self.broken {
            0 => waiting,
            n => format!("{n} failed · {waiting}"),
        });
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
