//! `cargo xtask prove`: does every requirement have a hook that breaks it, and it alone?

use super::{catalog, client, runtime};
use crate::Failed;
use crate::arguments::ProveArguments;
use crate::progress::bar;
use anyhow::anyhow;
use futures::{StreamExt as _, TryStreamExt as _};
use hookproof_suite::prove::{Broken, Flaw, SOUND, flaws};
use hookproof_suite::verdict::CheckResult;
use hookproof_suite::{Catalog, Exit};
use indicatif::ProgressBar;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Instant;
use tempfile::TempDir;

pub(crate) fn run(arguments: &ProveArguments) -> Result<Exit, Failed> {
    let catalog = catalog(arguments.scenarios.as_deref())?;
    client(&arguments.client)?;
    for name in &arguments.miniature {
        super::list::known_miniature(name)?;
    }
    let contracts = contracts(&catalog, arguments)?;
    let begun = Instant::now();
    let proving = Proving {
        catalog,
        progress: bar("miniatures"),
        arguments,
    };
    let mut found = 0;
    let mut miniatures = 0;
    for (n, contract) in contracts.iter().enumerate() {
        let (ran, flaws) = runtime()?.block_on(proving.contract(contract, &contracts[..n]))?;
        miniatures += ran;
        proving.progress.suspend(|| {
            for flaw in &flaws {
                anstream::println!("{contract}: {flaw}");
            }
        });
        found += flaws.len();
    }
    proving.progress.finish_and_clear();
    let took = begun.elapsed().as_secs_f64();
    let verdict = if found == 0 {
        "every alarm is proven".to_owned()
    } else {
        format!("{found} flaws")
    };
    anstream::println!("{miniatures} miniature runs in {took:.1} s: {verdict}");
    Ok(if found == 0 {
        Exit::Conforms
    } else {
        Exit::Violates
    })
}

fn contracts(catalog: &Catalog, arguments: &ProveArguments) -> Result<Vec<String>, Failed> {
    let all: Vec<_> = catalog.contracts.iter().map(|c| c.id.to_string()).collect();
    match &arguments.contract {
        None => Ok(all),
        Some(one) if all.contains(one) => Ok(vec![one.clone()]),
        Some(one) => Err(Failed::usage(anyhow!(
            "error: there is no contract `{one}`; there are {}",
            all.join(", ")
        ))),
    }
}

/// Miniatures under way at the same time.
const SIDE_BY_SIDE: usize = 6;

struct Proving<'a> {
    catalog: Catalog,
    progress: ProgressBar,
    arguments: &'a ProveArguments,
}

impl Proving<'_> {
    /// Proves the requirements that `contract` holds and `earlier` ones do not.
    async fn contract(
        &self,
        contract: &str,
        earlier: &[String],
    ) -> Result<(usize, BTreeSet<Flaw>), Failed> {
        let mut narrowed = self.catalog.clone();
        narrowed.requirements.retain(|r| {
            r.item.level_in(contract).is_some()
                && !earlier.iter().any(|e| r.item.level_in(e).is_some())
        });
        let wanted = |name: &str| {
            self.arguments.miniature.is_empty()
                || self.arguments.miniature.iter().any(|m| m == name)
        };
        if !self.arguments.miniature.is_empty() {
            narrowed
                .requirements
                .retain(|r| r.item.proven_by.iter().any(|p| wanted(p)));
            for placed in &mut narrowed.requirements {
                placed.item.proven_by.retain(|p| wanted(p));
            }
        }
        let known: Vec<&str> = hookproof_miniatures::all().iter().map(|m| m.name).collect();
        let runs = known
            .iter()
            .map(|name| (name, self.areas(&narrowed, name)))
            .filter(|(name, areas)| (!areas.is_empty() || **name == SOUND) && wanted(name))
            .map(|(name, areas)| self.miniature(name, contract, areas));
        let runs: Vec<_> = runs.collect();
        self.progress.inc_length(runs.len() as u64);
        // Miniatures that make us wait cost no core meanwhile, so several are run side by side.
        let broken: Vec<Broken> = futures::stream::iter(runs)
            .buffer_unordered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        Ok((broken.len(), flaws(&narrowed, contract, &known, &broken)))
    }

    /// The areas in which a miniature proves something; the sound one is shown everything.
    fn areas(&self, narrowed: &Catalog, name: &str) -> Vec<String> {
        let proven = narrowed
            .requirements
            .iter()
            .filter(|r| r.item.proven_by.iter().any(|p| p == name));
        let areas: BTreeSet<String> = proven.map(|r| r.area.clone()).collect();
        areas.into_iter().collect()
    }

    /// Runs one miniature as a command of its own: a small process starts hooks faster than one
    /// that has grown with the results of all the others.
    async fn miniature(
        &self,
        name: &str,
        contract: &str,
        areas: Vec<String>,
    ) -> Result<Broken, Failed> {
        let out = TempDir::with_prefix("hookproof-prove-").map_err(Failed::harness)?;
        let mut command =
            tokio::process::Command::new(std::env::current_exe().map_err(Failed::harness)?);
        let jobs = self.arguments.jobs.map_or(2, usize::from).to_string();
        command
            .args([
                "conform",
                "--miniature",
                name,
                "--contract",
                contract,
                "--jobs",
                &jobs,
            ])
            .args([
                "--client",
                &self.arguments.client,
                "--format",
                "json",
                "--out",
            ])
            .arg(out.path());
        if let Some(folder) = &self.arguments.scenarios {
            command.arg("--scenarios").arg(folder);
        }
        if !self.arguments.all && name != SOUND {
            command.arg("--filter").args(areas);
        }
        let ran = finish(command).await?;
        self.progress.inc(1);
        let results = std::fs::read(out.path().join("results.json"))
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok(serde_json::from_slice::<Outcome>(&text)?));
        match results {
            Ok(outcome) => Ok(Broken::of(name, &outcome.results)),
            Err(_) => Err(Failed::harness(anyhow!(
                "error: the run of `{name}` came to nothing\n{}",
                String::from_utf8_lossy(&ran.stderr)
            ))),
        }
    }
}

/// Waits for the run of a miniature. If this one is to end, so is that one first, since only it
/// knows what its hooks left.
async fn finish(mut command: tokio::process::Command) -> Result<std::process::Output, Failed> {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Failed::harness)?;
    let pid = child
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let ran = child.wait_with_output();
    tokio::pin!(ran);
    tokio::select! {
        ran = &mut ran => ran.map_err(Failed::harness),
        () = super::interrupted() => {
            let _ = pid.map(|pid| kill_process(pid, Signal::TERM));
            let _ = ran.await;
            Err(Failed::harness(anyhow!("interrupted: nothing was proven")))
        }
    }
}

/// What is needed of a run's `results.json`.
#[derive(serde::Deserialize)]
struct Outcome {
    results: Vec<CheckResult>,
}
