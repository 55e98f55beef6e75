//! Proof that a command keeps its effect: original and variant run in a sealed shell.
//!
//! The shell sees a root of its own in which nothing real is but bash, a plain `sh` and programs
//! that only run others; every other program only writes down that it ran. It has no network, no
//! processes but its own and no file of the machine, so that absolute paths, redirections to
//! devices and patterns are run as they are written.
//!
//! - `root`: the files of that root.
//! - `trace`: what ran, so written that two ways to say the same are the same.

mod root;
mod trace;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use hookproof_process::{Exit, Limits, Program};
use tokio::runtime::Runtime;

use crate::change::shell;
use root::{CWD, HOME, Root};
use trace::{Trace, traces};

/// What a run showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The same programs ran with the same arguments and input, and wrote into the same files.
    Same,
    /// Something else ran.
    Differs,
    /// Nothing ran that could be compared, or it was not tried.
    Unproven,
}

/// Why nothing can be proven on this machine.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// A program is missing.
    #[error("`{0}` is not installed")]
    Missing(&'static str),
    /// A shell cannot be shut in.
    #[error("no sealed shell: {0}")]
    Seal(String),
    /// Files cannot be written.
    #[error("no root for a sealed shell: {0}")]
    Io(#[from] io::Error),
}

/// A sealed shell, and what it has shown so far.
pub struct Prover {
    root: Root,
    runtime: Runtime,
    known: Mutex<HashMap<(String, String), Outcome>>,
}

/// For all variants of one original.
const PATIENCE: Duration = Duration::from_secs(180);

/// Cases of one run.
const BATCH: usize = 200;

impl Prover {
    /// Builds the root and tries it.
    ///
    /// # Errors
    /// [`Unavailable`] where the machine has no bash or allows no namespaces.
    pub fn new() -> Result<Self, Unavailable> {
        let prover = Self {
            root: Root::new()?,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            known: Mutex::default(),
        };
        prover.check()?;
        Ok(prover)
    }

    /// What each variant shows against its original, in the order given.
    #[must_use]
    pub fn prove(&self, pairs: &[(&str, &str)]) -> Vec<Outcome> {
        let Ok(mut known) = self.known.lock() else {
            return vec![Outcome::Unproven; pairs.len()];
        };
        let key =
            |(original, variant): &(&str, &str)| ((*original).to_owned(), (*variant).to_owned());
        let mut by_original: Vec<(&str, Vec<&str>)> = Vec::new();
        for pair in pairs.iter().filter(|pair| !known.contains_key(&key(pair))) {
            match by_original
                .iter_mut()
                .find(|(original, _)| *original == pair.0)
            {
                Some((_, variants)) => variants.push(pair.1),
                None => by_original.push((pair.0, vec![pair.1])),
            }
        }
        for (original, variants) in by_original {
            for variants in variants.chunks(BATCH) {
                let outcomes = self.compare(original, variants);
                known.extend(
                    variants
                        .iter()
                        .zip(outcomes)
                        .map(|(variant, outcome)| (key(&(original, variant)), outcome)),
                );
            }
        }
        pairs
            .iter()
            .map(|pair| known.get(&key(pair)).copied().unwrap_or(Outcome::Unproven))
            .collect()
    }

    fn compare(&self, original: &str, variants: &[&str]) -> Vec<Outcome> {
        // A function that calls itself would eat the machine's processes.
        if original.contains("()") || self.root.place(original).is_err() {
            return vec![Outcome::Unproven; variants.len()];
        }
        let cases: Vec<&str> = std::iter::once(original)
            .chain(variants.iter().copied())
            .collect();
        let traces = self.run(&cases).unwrap_or_default();
        let Some(wanted) = traces.first().filter(|trace| !trace.is_empty()) else {
            return vec![Outcome::Unproven; variants.len()];
        };
        let outcome = |(index, variant): (usize, &&str)| match traces.get(index + 1) {
            Some(trace) if trace == wanted => Outcome::Same,
            Some(_) if !self.root.lacks_program_of(variant) => Outcome::Differs,
            _ => Outcome::Unproven,
        };
        variants.iter().enumerate().map(outcome).collect()
    }

    /// What the cases did; those that were not reached are missing at the end.
    fn run(&self, cases: &[&str]) -> Result<Vec<Trace>, Unavailable> {
        self.root.write_cases(cases)?;
        let words = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "--net",
            "--pid",
            "--ipc",
            "--uts",
            "--fork",
            "--kill-child",
        ];
        let mut argv: Vec<OsString> = words.iter().map(OsString::from).collect();
        let mut root = OsString::from("--root=");
        root.push(self.root.path());
        argv.extend([root, format!("--wd={CWD}").into()]);
        argv.extend(["/bin/bash", "--noprofile", "--norc", "/driver"].map(OsString::from));
        argv.push(cases.len().to_string().into());
        let mut program = Program::new(argv, self.root.path());
        program.env = [
            ("PATH", "/usr/bin:/bin"),
            ("HOME", HOME),
            ("LC_ALL", "C.UTF-8"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .to_vec();
        program.limits = Limits {
            patience: Some(PATIENCE),
            stdout_bytes: 1 << 16,
            stderr_bytes: 1 << 16,
            ..Limits::default()
        };
        let finished = self
            .runtime
            .block_on(hookproof_process::run(program))
            .map_err(|error| Unavailable::Seal(error.to_string()))?;
        let log = fs::read(self.root.log())?;
        if finished.exit != Exit::Code(0) && log.is_empty() {
            return Err(Unavailable::Seal(
                String::from_utf8_lossy(&finished.stderr.bytes)
                    .trim()
                    .to_owned(),
            ));
        }
        Ok(traces(&String::from_utf8_lossy(&log)))
    }

    /// That programs are written down, and that nothing of the machine is in sight.
    fn check(&self) -> Result<(), Unavailable> {
        let outside = self.root.path();
        let sealed = format!("[ -e '{}' ] || ran sealed", outside.display());
        self.root.place("ran sealed")?;
        let traces = self.run(&["ran sealed", &sealed, "ran 'open'"])?;
        match traces.as_slice() {
            [wanted, seen, other] if !wanted.is_empty() && wanted == seen && wanted != other => {
                Ok(())
            }
            _ => Err(Unavailable::Seal(
                "programs do not write down that they ran".to_owned(),
            )),
        }
    }
}

/// Words of a command line without their quotes, as far as they are simple.
fn bare_words(text: &str) -> Vec<Vec<String>> {
    let bare = |word: String| word.replace(['\'', '"', '\\'], "");
    shell::commands(text)
        .into_iter()
        .map(|words| words.into_iter().map(bare).collect())
        .collect()
}
