//! The reference hook as a program.

use std::process::ExitCode;

use crate::hook::Reference;
use crate::run::run;

/// Runs the reference hook in the role that the last of `args` names: `pre` or `post`.
///
/// Another program may call this to be the hook itself. It then starts itself again, with the
/// same arguments but the last, to deliver audit records: what leads it here must stand before
/// that last argument.
pub fn main(args: impl Iterator<Item = String>) -> ExitCode {
    run(&Reference, args)
}
