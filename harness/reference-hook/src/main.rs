//! `reference-hook pre|post`: reads the host's payload on stdin, answers on stdout.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookproof_reference_hook::main(std::env::args().skip(1))
}
