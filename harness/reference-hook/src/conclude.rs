//! From a scan to what the model is told about the output. Nothing here can block.

use crate::decide::{auth_stamp, limit_stamp};
use crate::scan::{BackOff, Scan};
use crate::settings::{Contract, Settings};
use crate::stamps::NewStamp;
use crate::texts;

/// What is said and done after a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// For the model.
    pub context: Option<String>,
    /// For the user.
    pub system_message: Option<String>,
    /// Lines for stderr.
    pub stderr: Vec<String>,
    /// The back-off to begin.
    pub stamp: Option<NewStamp>,
}

/// Concludes by the contract; `now` is in seconds since 1970.
#[must_use]
pub fn conclude(scan: &Scan, settings: &Settings, now: u64) -> Conclusion {
    match scan {
        Scan::Clean => Conclusion::default(),
        Scan::Masked {
            text,
            policies_evaluated,
        } => Conclusion {
            context: Some(texts::masked_output(text, *policies_evaluated)),
            ..Conclusion::default()
        },
        Scan::Blocked(reason) => Conclusion {
            context: Some(texts::blocked_output(reason)),
            ..Conclusion::default()
        },
        Scan::Failed {
            cause,
            refused,
            back_off,
        } => Conclusion {
            stamp: match back_off {
                BackOff::No => None,
                BackOff::Auth(how) => auth_stamp(how, settings, now),
                BackOff::Limit(limit) => limit_stamp(limit),
            },
            ..failed(cause, *refused, settings)
        },
    }
}

fn failed(cause: &str, refused: bool, settings: &Settings) -> Conclusion {
    let closed = refused || !settings.fail_open;
    match settings.contract {
        Contract::Axonflow16 => Conclusion {
            stderr: vec![texts::unchecked_notice(cause)],
            ..Conclusion::default()
        },
        Contract::FailMode if closed => Conclusion {
            context: Some(texts::unchecked_output(cause)),
            ..Conclusion::default()
        },
        Contract::FailMode => Conclusion {
            system_message: Some(texts::unchecked_notice(cause)),
            ..Conclusion::default()
        },
    }
}
