//! What `check_output` answered.

use crate::answer::{NO_REASON, count};
use crate::json::{self, Fields};
use crate::limits::Limit;
use crate::rpc::{Outcome, Unauthorized};

/// The answer to a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// Nothing was found.
    Clean,
    /// This masked text stands for the output.
    Masked {
        /// `redacted_message`, whole.
        text: String,
        /// `policies_evaluated`.
        policies_evaluated: Option<i64>,
    },
    /// The output must not be used.
    Blocked(String),
    /// The scan did not happen.
    Failed {
        /// Why.
        cause: String,
        /// Whether the agent refused; else no usable answer came.
        refused: bool,
        /// What the failure asks the next calls to do.
        back_off: BackOff,
    },
}

/// What a failure asks the next calls to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackOff {
    /// Nothing.
    No,
    /// Wait after a failed authentication.
    Auth(Unauthorized),
    /// Wait for a plan's limit.
    Limit(Limit),
}

impl From<Outcome> for Scan {
    fn from(outcome: Outcome) -> Self {
        let (cause, refused, back_off) = match outcome {
            Outcome::Said(text) => match said(&text) {
                Some(scan) => return scan,
                None => ("the answer decides nothing".to_owned(), true, BackOff::No),
            },
            Outcome::Unauthorized(how) => {
                ("authentication failed".to_owned(), true, BackOff::Auth(how))
            }
            Outcome::Misconfigured { code, message } => {
                (format!("{message}, code {code}"), true, BackOff::No)
            }
            Outcome::Limited(limit) => (limit.wording.clone(), true, BackOff::Limit(limit)),
            Outcome::Undecided(why) => (why.to_string(), true, BackOff::No),
            Outcome::NoEndpoint => (
                "AXONFLOW_ENDPOINT is not an address".to_owned(),
                true,
                BackOff::No,
            ),
            Outcome::Unusable(cause) => (cause.to_string(), false, BackOff::No),
            Outcome::ServerTimeout => ("HTTP 408".to_owned(), false, BackOff::No),
        };
        Self::Failed {
            cause,
            refused,
            back_off,
        }
    }
}

fn said(text: &str) -> Option<Scan> {
    let fields = Fields::parse(text)?;
    let rows =
        || Some(json::compact(fields.raw("redacted_data")?.get())).filter(|rows| rows != "[]");
    if let Some(text) = fields.full_text("redacted_message").or_else(rows) {
        return Some(Scan::Masked {
            text,
            policies_evaluated: count(&fields),
        });
    }
    Some(if fields.flag("allowed")? {
        Scan::Clean
    } else {
        let reason = fields.full_text("block_reason");
        Scan::Blocked(reason.unwrap_or_else(|| NO_REASON.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_answer() {
        let scan = |text: &str| Scan::from(Outcome::Said(text.to_owned()));
        assert_eq!(scan(r#"{"allowed":true}"#), Scan::Clean);
        assert_eq!(
            scan(r#"{"allowed":false,"block_reason":"no"}"#),
            Scan::Blocked("no".to_owned())
        );
        let masked = |text: &str, policies_evaluated| Scan::Masked {
            text: text.to_owned(),
            policies_evaluated,
        };
        assert_eq!(
            scan(r#"{"allowed":true,"redacted_message":"***","policies_evaluated":3}"#),
            masked("***", Some(3))
        );
        assert_eq!(
            scan(r#"{"allowed":true,"redacted_data":[{"a": "*"}]}"#),
            masked(r#"[{"a":"*"}]"#, None)
        );
        let nothing = r#"{"allowed":true,"redacted_message":"","redacted_data":[]}"#;
        assert_eq!(scan(nothing), Scan::Clean);
        assert!(matches!(scan("{}"), Scan::Failed { .. }));
        assert!(matches!(scan("7"), Scan::Failed { .. }));
    }
}
