//! `cargo xtask test`: all tests of the workspace.

use crate::arguments::TestArguments;
use crate::{Failed, places};
use hookproof_suite::Exit;
use std::process::Command;

pub(crate) fn run(arguments: &TestArguments) -> Result<Exit, Failed> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--workspace"])
        .args(&arguments.rest)
        .current_dir(places::workspace())
        .status()
        .map_err(Failed::harness)?;
    Ok(if status.success() {
        Exit::Conforms
    } else {
        Exit::Violates
    })
}
