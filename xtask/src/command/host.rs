//! `cargo xtask host`: Claude Code by itself.

use super::runtime;
use crate::arguments::{CaseArguments, HostArguments, HostCommand};
use crate::{Failed, places};
use hookproof_host::ClientVersion;
use hookproof_host::oracle::{OracleError, host_agree, host_simulate};
use hookproof_suite::Exit;
use std::io::Write as _;

pub(crate) fn run(arguments: &HostArguments) -> Result<Exit, Failed> {
    match &arguments.command {
        HostCommand::Simulate(cases) => simulate(cases),
        HostCommand::Agree(cases) => agree(cases),
    }
}

fn simulate(cases: &CaseArguments) -> Result<Exit, Failed> {
    let version = version(cases)?;
    let mut lines = Vec::new();
    runtime()?
        .block_on(host_simulate(&cases.files, version, &mut lines))
        .map_err(failed)?;
    anstream::stdout()
        .write_all(&lines)
        .map_err(Failed::harness)?;
    Ok(Exit::Conforms)
}

/// Exits 1 on a difference that the list of unreached cases does not hold.
fn agree(cases: &CaseArguments) -> Result<Exit, Failed> {
    let version = version(cases)?;
    let unreached = places::unreached();
    let report = runtime()?
        .block_on(host_agree(&cases.files, version, &unreached))
        .map_err(failed)?;
    anstream::print!("{report}");
    if report.compared.is_empty() {
        return Ok(Exit::NothingRun);
    }
    Ok(if report.unlisted().is_empty() {
        Exit::Conforms
    } else {
        Exit::Violates
    })
}

fn version(cases: &CaseArguments) -> Result<Option<ClientVersion>, Failed> {
    cases
        .client
        .as_deref()
        .map(|v| super::client(v).map(|c| c.version))
        .transpose()
}

fn failed(error: OracleError) -> Failed {
    let text = anyhow::anyhow!("error: {error}");
    match error {
        OracleError::Case(_) => Failed::usage(text),
        _ => Failed::harness(text),
    }
}
