//! `cargo xtask policy cost`: which statements cost the most.

use super::pack;
use crate::Failed;
use crate::arguments::{CostArguments, SearchFormat};
use hookproof_evasion::{CostSearch, Costly};
use hookproof_policy::Engine;
use hookproof_suite::Exit;
use std::time::Duration;

pub(crate) fn run(arguments: &CostArguments) -> Result<Exit, Failed> {
    let engine = Engine::new(pack(&arguments.pack)?);
    let search = CostSearch {
        engine: &engine,
        seed: arguments.seed,
        time: Duration::from_secs(arguments.seconds),
    };
    let report = search.run();
    match arguments.format {
        SearchFormat::Pretty => anstream::print!("{}", report.pretty()),
        SearchFormat::Json => anstream::println!(
            "{}",
            serde_json::to_string_pretty(&report).map_err(Failed::harness)?
        ),
    }
    Ok(if report.worst.iter().any(Costly::is_beyond) {
        Exit::Violates
    } else {
        Exit::Conforms
    })
}
