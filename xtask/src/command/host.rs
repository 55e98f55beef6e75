//! `cargo xtask host`: Claude Code by itself.

use super::runtime;
use crate::Failed;
use crate::arguments::{CaseArguments, HostArguments, HostCommand};
use hookproof_suite::Exit;

pub(crate) fn run(arguments: &HostArguments) -> Result<Exit, Failed> {
    let _ = runtime()?;
    match &arguments.command {
        HostCommand::Simulate(cases) | HostCommand::Agree(cases) => later(cases),
    }
}

fn later(_cases: &CaseArguments) -> Result<Exit, Failed> {
    Err(Failed::harness(anyhow::anyhow!("error: the case simulator is being built")))
}
