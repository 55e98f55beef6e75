//! The Hookproof command line: parses arguments, calls the harness, prints.
//!
//! - `arguments`: the command line as typed.
//! - `places`: where scenarios, fixtures and reports are.
//! - `embedded`: the built-in subjects as plugin directories.
//! - `progress`: one line that tells how far a run is.
//! - `command`: one file per command.

mod arguments;
mod command;
mod embedded;
mod places;
mod progress;

use arguments::{Cli, Command};
use clap::Parser as _;
use hookproof_suite::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = embedded::dispatch(std::env::args().skip(1)) {
        return code;
    }
    if let Some(code) = command::fuzz::wrapped(std::env::args_os().skip(1)) {
        return code;
    }
    match run(Cli::parse().command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            anstream::eprintln!("{:#}", error.error);
            error.exit.into()
        }
    }
}

/// What a command ends with when it cannot do its work.
struct Failed {
    error: anyhow::Error,
    exit: Exit,
}

impl Failed {
    /// The user can mend it.
    fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            error: error.into(),
            exit: Exit::Usage,
        }
    }

    /// The harness is in trouble.
    fn harness(error: impl Into<anyhow::Error>) -> Self {
        Self {
            error: error.into(),
            exit: Exit::Harness,
        }
    }
}

fn run(command: Command) -> Result<Exit, Failed> {
    match command {
        Command::Conform(arguments) => command::conform::run(&arguments),
        Command::List(arguments) => command::list::run(&arguments),
        Command::Explain(arguments) => command::explain::run(&arguments),
        Command::Prove(arguments) => command::prove::run(&arguments),
        Command::Host(arguments) => command::host::run(&arguments),
        Command::Agent(arguments) => command::agent::run(&arguments),
        Command::Bench(arguments) => command::bench::run(&arguments),
        Command::Fuzz(arguments) => command::fuzz::run(&arguments),
        Command::Policy(arguments) => command::policy::run(&arguments.command),
        Command::Test(arguments) => command::test::run(&arguments),
    }
}
