//! Small hooks with exactly one defect each, to prove that the suite notices.

use std::process::ExitCode;

/// One deliberately broken hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miniature {
    /// Its name, as `proven-by` and `--miniature` use it.
    pub name: &'static str,
    /// What is broken, in one line.
    pub defect: &'static str,
}

/// Every miniature, the sound one first.
#[must_use]
pub fn all() -> &'static [Miniature] {
    &[Miniature { name: "sound", defect: "nothing" }]
}

/// Runs the miniature that the first of `args` names, in the role that the last one names.
pub fn main(mut args: impl Iterator<Item = String>) -> ExitCode {
    let _ = args.next();
    hookproof_reference_hook::main(args)
}
