//! Everything observed in one run of a scenario. It judges nothing.

use crate::verdict::Provenance;
use hookproof_agent::{Attempt, Entry};
use hookproof_host::{Call, Outcome};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What was observed in one scenario.
#[derive(Debug)]
pub struct Evidence {
    /// The nonce the mock put into its answers.
    pub nonce: String,
    /// The agent's base URL.
    pub endpoint: String,
    /// The scratch HOME.
    pub home: PathBuf,
    /// One per step.
    pub steps: Vec<StepEvidence>,
    /// Command lines of processes of the hook while the agent had their requests.
    pub command_lines: Vec<String>,
    /// The bounds that hold for this subject on this machine.
    pub bounds: Bounds,
}

impl Evidence {
    /// `text` with what is fresh in every run replaced by its placeholder, so that two runs read
    /// alike.
    #[must_use]
    pub fn stable(&self, text: &str) -> String {
        let home = self.home.display().to_string();
        let scratch = self
            .home
            .parent()
            .map(|p| p.display().to_string())
            .unwrap_or_default();
        let mut stable = text
            .replace(&self.nonce, "{nonce}")
            .replace(&self.endpoint, "{endpoint}");
        for (fresh, name) in [(home, "{home}"), (scratch, "{scratch}")] {
            if !fresh.is_empty() {
                stable = stable.replace(&fresh, name);
            }
        }
        stable
    }
}

/// What was observed in one step.
#[derive(Debug)]
pub struct StepEvidence {
    /// The call.
    pub call: Call,
    /// The bytes on stdin.
    pub stdin: Vec<u8>,
    /// Where the payload comes from.
    pub provenance: Provenance,
    /// What the host made of it, one per concurrent event.
    pub outcomes: Vec<Outcome>,
    /// When the first hook was started.
    pub started: Instant,
    /// When the host went on, after the last of them.
    pub went_on: Instant,
    /// Requests and connections at the agent during this step.
    pub wire: Vec<Entry>,
    /// Connections outside loopback that were asked for.
    pub outside: Vec<Attempt>,
    /// Processes that stayed although their requests were answered or had run out of time; or why
    /// they could not be looked for.
    pub leftovers: Result<Vec<String>, String>,
    /// Files below HOME and TMPDIR afterwards.
    pub files: Vec<FileSeen>,
}

impl StepEvidence {
    /// How many bytes of output were too many to keep.
    #[must_use]
    pub fn bytes_unseen(&self) -> u64 {
        let runs = self.outcomes.iter().flat_map(|o| &o.runs);
        let streams = runs
            .filter_map(|r| r.finished.as_ref())
            .flat_map(|f| [&f.stdout, &f.stderr]);
        streams
            .map(|s| s.total.saturating_sub(s.bytes.len() as u64))
            .sum()
    }

    /// Time from the start of the first hook until the host went on.
    #[must_use]
    pub fn foreground(&self) -> Duration {
        self.went_on.saturating_duration_since(self.started)
    }
}

/// A file of the scratch HOME.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSeen {
    /// As `~/…` or `$TMPDIR/…`.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Content, the first mebibyte.
    pub content: Vec<u8>,
    /// Whether the scenario put it there.
    pub arranged: bool,
}

/// Bounds from the subject's own measured floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// What one event costs this subject on this machine when nothing is slow.
    pub floor: Duration,
    /// The subject did not even answer when probed: nobody need wait long for it again.
    pub stuck: bool,
}

impl Bounds {
    /// How much earlier than promised a request may be given up: the client's clock starts before
    /// the agent has the request.
    #[must_use]
    pub fn early(&self) -> Duration {
        Duration::from_millis(500) + self.floor
    }

    /// How much later than promised a request may be given up.
    #[must_use]
    pub fn late(&self) -> Duration {
        Duration::from_secs(1) + self.floor
    }

    /// How long, beyond what is promised, the harness waits for anything before it calls a hook
    /// stuck. Only a broken hook makes anybody wait so long, so it is generous: other scenarios, and
    /// whatever else the machine does, share the cores.
    #[must_use]
    pub fn slack(&self) -> Duration {
        if self.stuck {
            return Duration::from_secs(1);
        }
        Duration::from_secs(5) + self.floor * 10
    }

    /// How long an answer is kept back from a hook that should not wait for it: longer than the rest
    /// of a conforming hook takes, shorter than [`Bounds::patience`].
    #[must_use]
    pub fn hold(&self) -> Duration {
        (Duration::from_secs(4) + self.floor * 8).min(Duration::from_secs(8))
    }

    /// How long a hook may run where a conforming one makes us wait `waits`. A hook may try again
    /// within the eight seconds it has, whatever the scenario does to it.
    #[must_use]
    pub fn patience(&self, waits: Duration) -> Duration {
        let own = if self.stuck {
            Duration::ZERO
        } else {
            Duration::from_secs(10)
        };
        own.max(waits + self.slack())
    }
}
