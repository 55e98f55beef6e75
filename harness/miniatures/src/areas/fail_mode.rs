//! Defects in the posture of `axonflow-fail-mode`.

use hookproof_reference_hook::answer::{Answer, Denial};
use hookproof_reference_hook::decide::{Decision, Stopped};
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::{Unauthorized, Why};
use hookproof_reference_hook::scan::Scan;
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::stamps::{self, AUTH_FAILURE, Stamp};
use hookproof_reference_hook::{Hook, Reference, request, texts};

use crate::Miniature;
use crate::bend::{
    BacksOff, Concludes, Configures, Decides, DecidesAlone, Governs, RecordsAttempts, Stamps,
};
use crate::tools::{begin_over, on_path, variable};

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "no-cooldown",
        defect: "leaves a stamp after a failed authentication that is over at once",
        breaks: &["auth-error-starts-cooldown", "cooldown-denies"],
        hook: &Stamps(|settings, stamp| {
            if stamp.kind == AUTH_FAILURE {
                return begin_over(settings, stamp);
            }
            stamps::begin(settings, stamp)
        }),
    },
    Miniature {
        name: "cooldown-runs",
        defect: "lets calls run during the cooldown",
        breaks: &["cooldown-denies", "break-glass-confined"],
        hook: &DecidesAlone(|stamp, settings| match stamp.kind.as_str() {
            AUTH_FAILURE => noticed("authentication failed a short while ago"),
            _ => Reference.decide_alone(stamp, settings),
        }),
    },
    Miniature {
        name: "cooldown-without-seconds",
        defect: "does not say how long the cooldown lasts",
        breaks: &["cooldown-names-seconds"],
        hook: &DecidesAlone(|stamp, settings| match stamp.kind.as_str() {
            AUTH_FAILURE => Decision::deny(
                "AxonFlow governance blocked: authentication failed a short while ago. \
                 Check AXONFLOW_ENDPOINT and AXONFLOW_AUTH."
                    .to_owned(),
            ),
            _ => Reference.decide_alone(stamp, settings),
        }),
    },
    Miniature {
        name: "break-glass-on-401",
        defect: "lets the break-glass variable open a plain HTTP 401",
        breaks: &["break-glass-confined"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Unauthorized(Unauthorized { by_rpc: false, .. }) if settings.break_glass => {
                noticed("authentication failed")
            }
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "break-glass-on-429",
        defect: "lets the break-glass variable open HTTP 429",
        breaks: &["break-glass-confined"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Undecided(Why::Status(429)) | Answer::Limited(_) if settings.break_glass => {
                noticed("a limit is reached")
            }
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "break-glass-in-cooldown",
        defect: "lets the break-glass variable open the cooldown",
        breaks: &["break-glass-confined"],
        hook: &DecidesAlone(|stamp, settings| match stamp.kind.as_str() {
            AUTH_FAILURE if settings.break_glass => noticed("authentication failed"),
            _ => Reference.decide_alone(stamp, settings),
        }),
    },
    Miniature {
        name: "any-stamp-gates",
        defect: "honours stamps of every type",
        breaks: &["only-known-stamps-gate"],
        hook: &BacksOff(|settings| {
            let path = settings.cache.as_ref()?.join("throttle-until");
            let text = std::fs::read_to_string(path).ok()?;
            let (epoch, kind) = text.trim().split_once(' ')?;
            let until: u64 = epoch.parse().ok()?;
            (until > stamps::now()).then(|| Stamp {
                kind: kind.to_owned(),
                seconds_left: 300,
            })
        }),
    },
    Miniature {
        name: "scan-refusal-silent",
        defect: "says nothing when a scan is refused",
        breaks: &["scan-refusal-told"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Failed { refused: true, .. } => Default::default(),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "scan-unavailable-silent",
        defect: "says nothing when a scan gets no usable answer and the mode is open",
        breaks: &["scan-unavailable-noticed"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Failed { refused: false, .. } if settings.fail_open => Default::default(),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "scan-ignores-fail-mode",
        defect: "concludes from a scan as if the mode were open",
        breaks: &["scan-unavailable-closed"],
        hook: &Concludes(|scan, call, settings| Reference.conclude(scan, call, &opened(settings))),
    },
    Miniature {
        name: "keeps-newlines",
        defect: "shows a block reason with its lines",
        breaks: &["network-text-one-line"],
        hook: &Decides(|answer, call, settings| {
            with_raw(answer, call, settings, |denial, reason| {
                let lines = texts::lines(&denial.reason);
                reason.replacen(&texts::clean(&denial.reason), &lines, 1)
            })
        }),
    },
    Miniature {
        name: "keeps-long-fields",
        defect: "shows a decision id of any length",
        breaks: &["network-fields-capped"],
        hook: &Decides(|answer, call, settings| {
            with_raw(answer, call, settings, |denial, reason| {
                let id = denial.decision_id.as_deref().unwrap_or_default();
                reason.replacen(&texts::short(id), &texts::clean(id), 1)
            })
        }),
    },
    Miniature {
        name: "redaction-runs",
        defect: "records a statement that requires redaction, tells the masked version, and lets it run",
        breaks: &["redaction-denied"],
        hook: &crate::bend::Writes(|decision, call| {
            let mut document = Reference.decision_document(decision, call)?;
            if matches!(decision.audit, Some(Stopped::Redacted(_))) {
                document["hookSpecificOutput"]["permissionDecision"] = "allow".into();
            }
            Some(document)
        }),
    },
    Miniature {
        name: "redaction-without-masked-version",
        defect: "does not tell the masked version",
        breaks: &["redaction-masked-version"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if let Some(deny) = &mut decision.deny {
                deny.context = None;
            }
            decision
        }),
    },
    Miniature {
        name: "redaction-audit-raw",
        defect: "records the raw statement that requires redaction",
        breaks: &["redaction-raw-nowhere"],
        hook: &RecordsAttempts(|call, stopped| {
            let mut record = Reference.blocked_record(call, stopped)?;
            record.input = request::statement_input(&Reference.statement(call));
            Some(record)
        }),
    },
    Miniature {
        name: "redaction-not-audited",
        defect: "does not record a deny because of personal data",
        breaks: &["redaction-audited"],
        hook: &RecordsAttempts(|call, stopped| match stopped {
            Stopped::Redacted(_) => None,
            stopped => Reference.blocked_record(call, stopped),
        }),
    },
    Miniature {
        name: "http-error-noticed-only",
        defect: "lets calls run with a notice on HTTP 3xx and 4xx",
        breaks: &["http-error-denied", "break-glass-confined"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Undecided(Why::Status(_)) => noticed("the agent answered with an HTTP error"),
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "too-large-without-size",
        defect: "does not say that the size is the trouble",
        breaks: &["too-large-names-size"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Undecided(Why::TooLarge { .. }) => {
                Decision::deny("AxonFlow governance blocked: HTTP 413.".to_owned())
            }
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "unknown-code-noticed-only",
        defect: "lets calls run with a notice on an error code it does not know",
        breaks: &["unknown-code-denied"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Undecided(Why::Code { .. }) => noticed("the agent answered with an error"),
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "request-limit-runs",
        defect: "lets calls run when the request limit is reached",
        breaks: &[
            "request-limit-denied",
            "request-limit-text",
            "break-glass-confined",
        ],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Limited(limit) => noticed(&limit.wording),
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "request-limit-without-text",
        defect: "does not say which limit is reached",
        breaks: &["request-limit-text"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if let (Some(deny), Answer::Limited(_)) = (&mut decision.deny, answer) {
                "AxonFlow governance blocked: a limit is reached.".clone_into(&mut deny.reason);
            }
            decision
        }),
    },
    Miniature {
        name: "fails-open-silently",
        defect: "says only on stderr that a call was not checked",
        breaks: &["unavailable-noticed"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if matches!(answer, Answer::Unusable(_) | Answer::ServerTimeout) {
                decision.stderr.extend(decision.system_message.take());
            }
            decision
        }),
    },
    Miniature {
        name: "unavailable-notice-vague",
        defect: "says that something went wrong",
        breaks: &["unavailable-notice-wording"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if decision.system_message.is_some() && matches!(answer, Answer::Unusable(_)) {
                decision.system_message = Some("[AxonFlow] something went wrong".to_owned());
            }
            decision
        }),
    },
    Miniature {
        name: "fail-mode-case-sensitive",
        defect: "takes only `open` in small letters for open",
        breaks: &["fail-mode-open"],
        hook: &Configures(|| Settings {
            fail_open: variable("AXONFLOW_FAIL_MODE").is_none_or(|value| value == "open"),
            ..Reference.settings()
        }),
    },
    Miniature {
        name: "ignores-fail-mode",
        defect: "decides as if the mode were open",
        breaks: &["fail-mode-closed"],
        hook: &Decides(|answer, call, settings| Reference.decide(answer, call, &opened(settings))),
    },
    Miniature {
        name: "missing-helper-silent",
        defect: "checks nothing, in silence, where curl is missing",
        breaks: &["missing-helper-noticed"],
        hook: &Governs(|_, _| on_path("curl")),
    },
];

/// The call runs, and the user is told that it was not checked.
fn noticed(cause: &str) -> Decision {
    Decision {
        system_message: Some(format!("[AxonFlow] {cause}: this call was not checked.")),
        ..Decision::default()
    }
}

fn opened(settings: &Settings) -> Settings {
    Settings {
        fail_open: true,
        ..settings.clone()
    }
}

/// The sound decision, the text of a policy's deny bent.
fn with_raw(
    answer: &Answer,
    call: &Call<'_>,
    settings: &Settings,
    bend: fn(&Denial, &str) -> String,
) -> Decision {
    let mut decision = Reference.decide(answer, call, settings);
    if let (Some(deny), Answer::Denied(denial)) = (&mut decision.deny, answer) {
        deny.reason = bend(denial, &deny.reason);
    }
    decision
}
