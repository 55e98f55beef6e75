//! `miniature NAME pre|post`: the hook with the defect of that name.

use std::process::ExitCode;

fn main() -> ExitCode {
    hookproof_miniatures::main(std::env::args().skip(1))
}
