//! `cargo xtask policy evade`: what a pack must catch and does not.

use super::pack;
use crate::Failed;
use crate::arguments::{EvadeArguments, SearchFormat};
use crate::command::publish;
use crate::progress::bar;
use anyhow::anyhow;
use hookproof_evasion::{Prover, Search};
use hookproof_policy::Engine;
use hookproof_suite::Exit;
use std::time::Duration;

pub(crate) fn run(arguments: &EvadeArguments) -> Result<Exit, Failed> {
    let engine = Engine::new(pack(&arguments.pack)?);
    let prover = if arguments.prove {
        let unproven = |why| {
            Failed::harness(anyhow!(
                "error: nothing can be proven on this machine: {why}"
            ))
        };
        Some(Prover::new().map_err(unproven)?)
    } else {
        None
    };
    let search = Search {
        engine: &engine,
        policies: arguments.policy.clone(),
        seed: arguments.seed,
        pairs: arguments.pairs,
        time: arguments.seconds.map(Duration::from_secs),
        prover: prover.as_ref(),
    };
    let progress = bar("policies");
    let report = search
        .run(|at| {
            progress.set_length(at.all as u64);
            progress.set_position(at.done as u64);
            progress.set_message(at.policy.clone());
        })
        .map_err(|error| Failed::usage(anyhow!("error: {error}")))?;
    progress.finish_and_clear();
    if let Some(file) = &arguments.out {
        publish(&report.markdown(), file)?;
    }
    match arguments.format {
        SearchFormat::Pretty => anstream::print!("{}", report.pretty()),
        SearchFormat::Json => {
            anstream::println!(
                "{}",
                serde_json::to_string_pretty(&report).map_err(Failed::harness)?
            );
        }
    }
    Ok(
        if report.total.single.variants + report.total.pairs.variants == 0 {
            Exit::NothingRun
        } else {
            Exit::Conforms
        },
    )
}
