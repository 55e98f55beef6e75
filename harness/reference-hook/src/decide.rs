//! From the agent's answer to what happens to the call.

use crate::answer::{Answer, Denial, Redaction};
use crate::limits::Limit;
use crate::payload::Call;
use crate::rpc::Unauthorized;
use crate::settings::{Contract, Settings};
use crate::stamps::{AUTH_FAILURE, NewStamp, Stamp};
use crate::texts;

/// What happens to the call, and what is said and done beside it. Without a deny it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The call does not run.
    pub deny: Option<Deny>,
    /// For the user.
    pub system_message: Option<String>,
    /// Lines for stderr.
    pub stderr: Vec<String>,
    /// The attempt to record.
    pub audit: Option<Stopped>,
    /// The back-off to begin.
    pub stamp: Option<NewStamp>,
}

/// Why a call does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    /// For the user and the model.
    pub reason: String,
    /// For the model.
    pub context: Option<String>,
}

/// An attempt that a policy stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// By a deny.
    Blocked(Denial),
    /// Because of personal data.
    Redacted(Redaction),
}

impl Decision {
    /// The call does not run, for `reason`.
    #[must_use]
    pub fn deny(reason: String) -> Self {
        Self {
            deny: Some(Deny {
                reason,
                context: None,
            }),
            ..Self::default()
        }
    }

    /// The call runs, and stderr says why nobody checked it.
    #[must_use]
    pub fn unchecked(line: String) -> Self {
        Self {
            stderr: vec![line],
            ..Self::default()
        }
    }

    fn runs_with_notice(notice: String) -> Self {
        Self {
            stderr: vec![notice.clone()],
            system_message: Some(notice),
            ..Self::default()
        }
    }

    fn and_stamp(mut self, stamp: Option<NewStamp>) -> Self {
        self.stamp = stamp;
        self
    }
}

/// Decides by the contract; `now` is in seconds since 1970.
#[must_use]
pub fn decide(answer: &Answer, settings: &Settings, now: u64) -> Decision {
    let endpoint = settings.endpoint.shown();
    match answer {
        Answer::Allowed => Decision::default(),
        Answer::Denied(denial) => Decision {
            audit: Some(Stopped::Blocked(denial.clone())),
            ..Decision::deny(texts::policy_violation(denial))
        },
        Answer::Redacted(redaction) => Decision {
            deny: Some(Deny {
                reason: texts::redaction_reason(redaction),
                context: redaction.masked.as_deref().map(texts::redaction_context),
            }),
            audit: Some(Stopped::Redacted(redaction.clone())),
            ..Decision::default()
        },
        Answer::Unauthorized(how) => unauthorized(how, settings, now),
        Answer::Misconfigured { code, message } => {
            Decision::deny(texts::config_error(&endpoint, message, *code))
        }
        Answer::Limited(limit) => limited(limit, settings),
        Answer::Unusable(cause) => unusable(&cause.to_string(), settings),
        Answer::ServerTimeout if settings.contract == Contract::FailMode => {
            unusable("HTTP 408", settings)
        }
        Answer::ServerTimeout => Decision::deny(texts::undecided(&endpoint, "HTTP 408")),
        Answer::Undecided(why) => Decision::deny(texts::undecided(&endpoint, &why.to_string())),
        Answer::NoEndpoint => Decision::deny(texts::bad_endpoint(&endpoint)),
    }
}

fn unauthorized(how: &Unauthorized, settings: &Settings, now: u64) -> Decision {
    let endpoint = settings.endpoint.shown();
    let fail_mode = settings.contract == Contract::FailMode;
    // Fail-mode opens only for what JSON-RPC calls an authentication error, and leaves no
    // stamp then: the stamp would close again.
    if settings.break_glass && (how.by_rpc || !fail_mode) {
        let stamp = auth_stamp(how, settings, now).filter(|_| !fail_mode);
        return Decision::runs_with_notice(texts::break_glass(&endpoint)).and_stamp(stamp);
    }
    Decision::deny(texts::auth_error(&endpoint, &how.message))
        .and_stamp(auth_stamp(how, settings, now))
}

/// The back-off that a failed authentication begins.
#[must_use]
pub fn auth_stamp(how: &Unauthorized, settings: &Settings, now: u64) -> Option<NewStamp> {
    let begins = how.by_status || settings.contract == Contract::FailMode;
    let status = if how.by_status { " (HTTP 401)" } else { "" };
    begins.then(|| NewStamp {
        until: now + settings.cooldown.as_secs(),
        kind: AUTH_FAILURE.to_owned(),
        lines: vec![
            format!(
                "[AxonFlow] Authentication failed{status} at {}",
                settings.endpoint.shown()
            ),
            "[AxonFlow] Refresh your credentials: https://getaxonflow.com/dashboard".to_owned(),
        ],
    })
}

/// The back-off that a plan's limit begins.
#[must_use]
pub fn limit_stamp(limit: &Limit) -> Option<NewStamp> {
    let mut lines = vec![format!("[AxonFlow] {}", limit.wording)];
    if let Some(url) = &limit.buy_url {
        lines.push(format!("[AxonFlow] Upgrade: {url}"));
    }
    limit.until.map(|until| NewStamp {
        until,
        kind: limit.kind.clone(),
        lines,
    })
}

fn limited(limit: &Limit, settings: &Settings) -> Decision {
    let decision = match settings.contract {
        Contract::Axonflow16 => Decision {
            system_message: Some(texts::limit_notice(&limit.kind)),
            ..Decision::default()
        },
        Contract::FailMode => Decision::deny(texts::limit_reason(limit)),
    };
    decision.and_stamp(limit_stamp(limit))
}

fn unusable(cause: &str, settings: &Settings) -> Decision {
    let endpoint = settings.endpoint.shown();
    match (settings.contract, settings.fail_open) {
        (Contract::Axonflow16, _) => Decision::unchecked(format!(
            "[AxonFlow] {} at {endpoint}: this call was not checked.",
            texts::clean(cause)
        )),
        (Contract::FailMode, true) => Decision {
            system_message: Some(texts::unavailable(&endpoint, cause)),
            ..Decision::default()
        },
        (Contract::FailMode, false) => Decision::deny(texts::unavailable_closed(&endpoint, cause)),
    }
}

/// Decides without asking the agent, while a back-off is in force.
#[must_use]
pub fn while_stamped(stamp: &Stamp, settings: &Settings) -> Decision {
    let endpoint = settings.endpoint.shown();
    let fail_mode = settings.contract == Contract::FailMode;
    let seconds = stamp.seconds_left;
    if stamp.kind == AUTH_FAILURE {
        if settings.break_glass && !fail_mode {
            return Decision::runs_with_notice(texts::break_glass(&endpoint));
        }
        return Decision::deny(texts::cooling_down(&endpoint, seconds));
    }
    if fail_mode {
        return Decision::deny(format!(
            "AxonFlow plan limit reached ({}); the agent is asked again in {seconds} s.",
            texts::short(&stamp.kind)
        ));
    }
    Decision {
        system_message: Some(texts::limit_notice(&stamp.kind)),
        ..Decision::default()
    }
}

/// A masked statement begins with the path where the statement did; what the model is to use
/// is the text alone.
#[must_use]
pub fn without_path_line(mut decision: Decision, call: &Call<'_>) -> Decision {
    if !matches!(call.tool.as_str(), "Write" | "Edit" | "MultiEdit") {
        return decision;
    }
    if let (Some(deny), Some(Stopped::Redacted(redaction))) = (&mut decision.deny, &decision.audit)
        && let Some((_, text)) = redaction
            .masked
            .as_deref()
            .and_then(|text| text.split_once('\n'))
    {
        deny.context = Some(texts::redaction_context(text));
    }
    decision
}
