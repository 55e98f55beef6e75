//! The command line as a user meets it.
//!
//! - `exits`: every exit code.
//! - `mistakes`: every kind of bad input.
//! - `policy`: policy packs.
//! - `reports`: what is written where.
//! - `untrusted`: hooks that misbehave.

mod exits;
mod mistakes;
mod policy;
mod reports;
mod untrusted;

use assert_cmd::Command;
use std::path::Path;

/// The program, with reports in `out` and nothing of the caller's environment that matters.
fn xtask(out: &Path) -> Command {
    let mut command = Command::cargo_bin("xtask").expect("the program is built");
    command
        .env("NO_COLOR", "1")
        .env("TMPDIR", out)
        .arg("conform")
        .arg("--out")
        .arg(out.join("out"));
    command
}

/// Any other command.
fn bare() -> Command {
    let mut command = Command::cargo_bin("xtask").expect("the program is built");
    command.env("NO_COLOR", "1");
    command
}

fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a scratch folder")
}

fn stdout(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}
