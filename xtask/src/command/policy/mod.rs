//! `cargo xtask policy`: work with policy packs.
//!
//! - `check`: does a pack keep what it promises?
//! - `eval`: decisions on statements from stdin.
//! - `snapshot`: decisions on a corpus, compared with the last ones.
//! - `report`: precision and recall on a corpus.
//! - `import`: a pack from a live agent.
//! - `evade`: what a pack must catch and does not.
//! - `cost`: which statements cost the most.

mod check;
mod cost;
mod evade;
mod eval;
mod import;
mod report;
mod snapshot;

use crate::arguments::PolicyCommand;
use crate::{Failed, places};
use anyhow::anyhow;
use hookproof_corpus::Corpus;
use hookproof_policy::{Engine, Pack, PackError};
use hookproof_suite::Exit;
use std::path::Path;

pub(crate) fn run(command: &PolicyCommand) -> Result<Exit, Failed> {
    match command {
        PolicyCommand::Check(arguments) => check::run(arguments),
        PolicyCommand::Eval(arguments) => eval::run(arguments),
        PolicyCommand::Snapshot(arguments) => snapshot::run(arguments),
        PolicyCommand::Report(arguments) => report::run(arguments),
        PolicyCommand::Import(arguments) => import::run(arguments),
        PolicyCommand::Evade(arguments) => evade::run(arguments),
        PolicyCommand::Cost(arguments) => cost::run(arguments),
    }
}

/// A pack by its id or file.
fn pack(name: &str) -> Result<Pack, Failed> {
    Pack::open(name).map_err(refused)
}

/// A pack that cannot be had is the user's to mend.
pub(super) fn refused(error: PackError) -> Failed {
    Failed::usage(described(error))
}

/// Diagnostics begin with `error:` themselves.
fn described(error: PackError) -> anyhow::Error {
    match error {
        PackError::Invalid(mistakes) => anyhow!("{mistakes}"),
        other => anyhow!("error: {other}"),
    }
}

/// Engines of the named packs, or of all that ship.
fn engines(names: &[String]) -> Result<Vec<Engine>, Failed> {
    let shipped: Vec<String> = Pack::shipped_ids().map(str::to_owned).collect();
    let names = if names.is_empty() { &shipped } else { names };
    names
        .iter()
        .map(|name| pack(name).map(Engine::new))
        .collect()
}

/// The statements in `folder`, or the ones that ship.
fn corpus(folder: Option<&Path>) -> Result<Corpus, Failed> {
    let folder = folder.map_or_else(places::corpora, Path::to_owned);
    Corpus::load(&folder).map_err(|error| Failed::usage(anyhow!("error: {error}")))
}
