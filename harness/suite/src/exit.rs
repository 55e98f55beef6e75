//! The exit codes of every command.

use crate::verdict::Counts;
use std::process::ExitCode;

/// What the process exits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Every MUST that was judged holds.
    Conforms = 0,
    /// A MUST failed; with `--strict` also when something was inconclusive.
    Violates = 1,
    /// The command line, a hook configuration or a scenario file is wrong.
    Usage = 2,
    /// The harness itself was in trouble: the verdicts are incomplete.
    Harness = 3,
    /// Nothing was judged.
    NothingRun = 4,
}

impl Exit {
    /// The exit of a run with these counts.
    #[must_use]
    pub fn of(counts: &Counts, strict: bool) -> Self {
        let judged = counts.pass + counts.fail + counts.warn;
        if counts.harness_error > 0 {
            Self::Harness
        } else if counts.fail > 0 || (strict && counts.inconclusive > 0) {
            Self::Violates
        } else if judged == 0 {
            Self::NothingRun
        } else {
            Self::Conforms
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Verdict::{Fail, HarnessError, Inconclusive, NotApplicable, Pass, Warn};

    #[test]
    fn exit_follows_the_worst_verdict() {
        let exit = |verdicts: &[_], strict| Exit::of(&verdicts.iter().copied().collect(), strict);
        assert_eq!(exit(&[Pass, Warn, NotApplicable], true), Exit::Conforms);
        assert_eq!(exit(&[Pass, Inconclusive], false), Exit::Conforms);
        assert_eq!(exit(&[Pass, Inconclusive], true), Exit::Violates);
        assert_eq!(exit(&[Pass, Fail], false), Exit::Violates);
        assert_eq!(exit(&[Pass, Fail, HarnessError], false), Exit::Harness);
        assert_eq!(exit(&[NotApplicable], false), Exit::NothingRun);
        assert_eq!(exit(&[], false), Exit::NothingRun);
    }
}
