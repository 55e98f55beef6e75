//! The program: a name, then the role.

use std::process::ExitCode;

use crate::areas::all;
use crate::tools::LINGER;

/// Exit code for a name that no miniature has.
const USAGE: u8 = 64;

/// Runs the miniature that the first of `args` names, in the role that the last names.
pub fn main(args: impl Iterator<Item = String>) -> ExitCode {
    let args: Vec<String> = args.collect();
    let name = args.first().map(String::as_str).unwrap_or_default();
    let Some(miniature) = all().iter().find(|miniature| miniature.name == name) else {
        eprintln!("there is no miniature `{name}`; there are:");
        for miniature in all() {
            eprintln!("  {}", miniature.name);
        }
        return ExitCode::from(USAGE);
    };
    if args.get(1).is_some_and(|word| word == LINGER) {
        return crate::tools::linger(args.get(2).map(String::as_str));
    }
    hookproof_reference_hook::run(miniature.hook, args.into_iter())
}
