//! `cargo xtask policy`: work with policy packs.
//!
//! - `evade`: what a pack must catch and does not.

mod evade;

use crate::Failed;
use crate::arguments::PolicyCommand;
use anyhow::anyhow;
use hookproof_policy::Pack;
use hookproof_suite::Exit;
use std::path::Path;

pub(crate) fn run(command: &PolicyCommand) -> Result<Exit, Failed> {
    match command {
        PolicyCommand::Evade(arguments) => evade::run(arguments),
    }
}

/// A pack by its id or file.
fn pack(name: &str) -> Result<Pack, Failed> {
    let parsed = match Pack::shipped(name) {
        Some(parsed) => parsed,
        None => {
            let source = std::fs::read_to_string(name).map_err(|error| {
                let ids: Vec<_> = Pack::shipped_ids().collect();
                Failed::usage(anyhow!(
                    "error: no pack `{name}`: {error}\n  help: name a file or one of {}",
                    ids.join(", ")
                ))
            })?;
            Pack::parse(Path::new(name), source)
        }
    };
    parsed.map_err(|mistakes| Failed::usage(anyhow!("{mistakes}")))
}
