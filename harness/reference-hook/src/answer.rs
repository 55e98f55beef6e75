//! What `check_policy` answered.

use crate::json::Fields;
use crate::limits::Limit;
use crate::rpc::{Cause, Outcome, Unauthorized, Why};

/// What stands for a block reason that the agent does not give.
pub const NO_REASON: &str = "no reason given";

/// The answer to a policy question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The call may run.
    Allowed,
    /// A policy stops it.
    Denied(Denial),
    /// It may run only without the personal data in it.
    Redacted(Redaction),
    /// See [`Outcome::Unauthorized`].
    Unauthorized(Unauthorized),
    /// See [`Outcome::Misconfigured`].
    Misconfigured {
        /// The JSON-RPC error code.
        code: i64,
        /// The agent's message.
        message: String,
    },
    /// See [`Outcome::Limited`].
    Limited(Limit),
    /// See [`Outcome::Unusable`].
    Unusable(Cause),
    /// See [`Outcome::ServerTimeout`].
    ServerTimeout,
    /// Something came that decides nothing.
    Undecided(Why),
    /// See [`Outcome::NoEndpoint`].
    NoEndpoint,
}

/// A policy's deny.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denial {
    /// `block_reason`.
    pub reason: String,
    /// `policies_evaluated`.
    pub policies_evaluated: Option<i64>,
    /// `decision_id`.
    pub decision_id: Option<String>,
    /// `risk_level`.
    pub risk_level: Option<String>,
    /// `override_available`.
    pub override_available: bool,
    /// `override_existing_id`.
    pub override_id: Option<String>,
}

/// A deny that offers a masked version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// `redacted_statement`.
    pub masked: Option<String>,
    /// `policies_evaluated`.
    pub policies_evaluated: Option<i64>,
    /// `decision_id`.
    pub decision_id: Option<String>,
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Said(text) => said(&text),
            Outcome::Unauthorized(how) => Self::Unauthorized(how),
            Outcome::Misconfigured { code, message } => Self::Misconfigured { code, message },
            Outcome::Limited(limit) => Self::Limited(limit),
            Outcome::Unusable(cause) => Self::Unusable(cause),
            Outcome::ServerTimeout => Self::ServerTimeout,
            Outcome::Undecided(why) => Self::Undecided(why),
            Outcome::NoEndpoint => Self::NoEndpoint,
        }
    }
}

fn said(text: &str) -> Answer {
    let Some(fields) = Fields::parse(text) else {
        return Answer::Undecided(Why::Allowed);
    };
    match fields.flag("allowed") {
        Some(true) if fields.flag("requires_redaction") == Some(true) => {
            Answer::Redacted(Redaction {
                masked: fields.text("redacted_statement"),
                policies_evaluated: count(&fields),
                decision_id: fields.full_text("decision_id"),
            })
        }
        Some(true) => Answer::Allowed,
        Some(false) => Answer::Denied(Denial {
            reason: fields
                .full_text("block_reason")
                .unwrap_or_else(|| NO_REASON.to_owned()),
            policies_evaluated: count(&fields),
            decision_id: fields.full_text("decision_id"),
            risk_level: fields.full_text("risk_level"),
            override_available: fields.flag("override_available") == Some(true),
            override_id: fields.full_text("override_existing_id"),
        }),
        None => Answer::Undecided(Why::Allowed),
    }
}

/// `policies_evaluated`: a number, in some answers the list itself.
pub(crate) fn count(fields: &Fields<'_>) -> Option<i64> {
    let listed = || {
        fields
            .list("policies_evaluated")
            .map(|list| list.len() as i64)
    };
    fields.number("policies_evaluated").or_else(listed)
}
