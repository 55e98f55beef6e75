//! Defects in what becomes of a policy's verdict.

use hookproof_reference_hook::answer::{Answer, Denial, NO_REASON};
use hookproof_reference_hook::decide::{Decision, Stopped};
use hookproof_reference_hook::json::Fields;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::Cause;
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::{Hook, Reference, texts};
use serde_json::{Value, json};

use crate::Miniature;
use crate::bend::{Decides, Hears, Writes};
use crate::tools::{off_the_main_path, said, status};

/// What `check_policy` answered at the time of contract 1.6.
const KNOWN: [&str; 12] = [
    "allowed",
    "block_reason",
    "blocked_by",
    "decision_id",
    "dynamic_info",
    "override_available",
    "override_existing_id",
    "policies_evaluated",
    "policy_matches",
    "redacted_statement",
    "requires_redaction",
    "risk_level",
];

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "denies-on-warning",
        defect: "takes the risk level beside an allow for a deny",
        breaks: &["allow-runs"],
        hook: &Hears(|reply, asked| {
            let answer = Reference.answer(reply, asked);
            let text = said(reply, asked).unwrap_or_default();
            let warns =
                Fields::parse(&text).is_some_and(|fields| fields.raw("risk_level").is_some());
            match answer {
                Answer::Allowed if warns => Answer::Denied(Denial::default()),
                answer => answer,
            }
        }),
    },
    Miniature {
        name: "announces-allow",
        defect: "tells the model about every call that the policy allows",
        breaks: &["allow-is-silent"],
        hook: &Writes(|decision, call| {
            if *decision == Decision::default() {
                return Some(json!({"hookSpecificOutput": {
                    "hookEventName": "PreToolUse", "additionalContext": "AxonFlow allowed this call.",
                }}));
            }
            Reference.decision_document(decision, call)
        }),
    },
    Miniature {
        name: "allows-explicitly",
        defect: "answers `allow` instead of leaving the permission to the user",
        breaks: &["allow-grants-nothing"],
        hook: &Writes(|decision, call| {
            if *decision == Decision::default() {
                return Some(json!({"hookSpecificOutput": {
                    "hookEventName": "PreToolUse", "permissionDecision": "allow",
                }}));
            }
            Reference.decision_document(decision, call)
        }),
    },
    Miniature {
        name: "deny-needs-reason",
        defect: "denies only when the agent gives a block reason or a decision id",
        breaks: &["deny-needs-no-details"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::Denied(denial)
                if denial.reason == NO_REASON && denial.decision_id.is_none() =>
            {
                Answer::Allowed
            }
            answer => answer,
        }),
    },
    Miniature {
        name: "chokes-on-new-fields",
        defect: "takes an answer with a field it does not know for unreadable",
        breaks: &["newer-answers-are-understood"],
        hook: &Hears(|reply, asked| {
            let text = said(reply, asked).unwrap_or_default();
            let knows_all = Fields::parse(&text)
                .is_none_or(|fields| fields.keys().all(|key| KNOWN.contains(&key)));
            if knows_all {
                Reference.answer(reply, asked)
            } else {
                Answer::Unusable(Cause::Unreadable)
            }
        }),
    },
    Miniature {
        name: "status-outranks-verdict",
        defect: "takes every answer with another status than 200 for a failure of the server",
        breaks: &["verdict-outranks-status"],
        hook: &Hears(
            |reply, asked| match (Reference.answer(reply, asked), status(reply)) {
                (Answer::Allowed | Answer::Denied(_), Some(status)) if status != 200 => {
                    Answer::Unusable(Cause::Status(status))
                }
                (answer, _) => answer,
            },
        ),
    },
    Miniature {
        name: "denies-only-bash",
        defect: "forgets the policy's deny of anything but a command or a new file",
        breaks: &["deny-is-honoured"],
        hook: &Decides(|answer, call, settings| {
            if off_the_main_path(call) && matches!(answer, Answer::Denied(_)) {
                return Decision::default();
            }
            Reference.decide(answer, call, settings)
        }),
    },
    Miniature {
        name: "allows-on-deny",
        defect: "answers `allow` where the policy denies (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &Writes(|decision, call| {
            bent_deny(decision, call, |specific| {
                specific["permissionDecision"] = json!("allow");
                json!({"hookSpecificOutput": specific})
            })
        }),
    },
    Miniature {
        name: "deny-without-event-name",
        defect: "denies without hookEventName (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &Writes(|decision, call| {
            bent_deny(decision, call, |specific| {
                if let Some(members) = specific.as_object_mut() {
                    members.remove("hookEventName");
                }
                json!({"hookSpecificOutput": specific})
            })
        }),
    },
    Miniature {
        name: "deny-at-top-level",
        defect: "puts the decision beside hookSpecificOutput instead of into it (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &Writes(|decision, call| bent_deny(decision, call, |specific| specific.clone())),
    },
    Miniature {
        name: "deny-with-exit-1",
        defect: "denies with exit code 1 and the reason on stderr (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &DenyWithExit1,
    },
    Miniature {
        name: "deny-on-stderr",
        defect: "prints the deny to stderr instead of stdout (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &Writes(|decision, call| {
            let document = Reference.decision_document(decision, call)?;
            if decision.deny.is_none() || call.is_none_or(|call| !off_the_main_path(call)) {
                return Some(document);
            }
            eprintln!("{document}");
            None
        }),
    },
    Miniature {
        name: "deny-and-noise-on-stdout",
        defect: "prints a line of its own before the deny (not for Bash and Write)",
        breaks: &["deny-is-honoured"],
        hook: &Writes(|decision, call| {
            if decision.deny.is_some() && call.is_some_and(off_the_main_path) {
                println!("[AxonFlow] denied");
            }
            Reference.decision_document(decision, call)
        }),
    },
    Miniature {
        name: "deny-drops-reason",
        defect: "does not say why the policy denies",
        breaks: &["deny-tells-the-reason"],
        hook: &Decides(|answer, call, settings| {
            retold(answer, call, settings, |denial| {
                "blocked".clone_into(&mut denial.reason)
            })
        }),
    },
    Miniature {
        name: "deny-drops-decision-id",
        defect: "does not name the decision id",
        breaks: &["deny-tells-the-decision-id"],
        hook: &Decides(|answer, call, settings| {
            retold(answer, call, settings, |denial| {
                denial.decision_id = denial.decision_id.take().map(|_| "withheld".to_owned());
            })
        }),
    },
    Miniature {
        name: "deny-drops-risk-level",
        defect: "does not name the risk level",
        breaks: &["deny-tells-the-risk-level"],
        hook: &Decides(|answer, call, settings| {
            retold(answer, call, settings, |denial| denial.risk_level = None)
        }),
    },
    Miniature {
        name: "deny-drops-override",
        defect: "does not say that an override is to be had",
        breaks: &["deny-tells-the-override"],
        hook: &Decides(|answer, call, settings| {
            retold(answer, call, settings, |denial| {
                denial.override_available = false
            })
        }),
    },
    Miniature {
        name: "deny-always-offers-override",
        defect: "promises an override where none is to be had",
        breaks: &["deny-tells-the-override"],
        hook: &Decides(|answer, call, settings| {
            retold(answer, call, settings, |denial| {
                denial.override_available = true
            })
        }),
    },
    Miniature {
        name: "own-wording",
        defect: "words the deny in its own way",
        breaks: &["deny-uses-the-known-wording"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if let Some(deny) = &mut decision.deny {
                deny.reason = deny.reason.replace(
                    "AxonFlow policy violation:",
                    "Stopped by your company's rules:",
                );
            }
            decision
        }),
    },
];

/// The document of a deny off the main path, made from what belongs into hookSpecificOutput.
fn bent_deny(
    decision: &Decision,
    call: Option<&Call<'_>>,
    bend: fn(&mut Value) -> Value,
) -> Option<Value> {
    let mut document = Reference.decision_document(decision, call)?;
    if decision.deny.is_none() || call.is_none_or(|call| !off_the_main_path(call)) {
        return Some(document);
    }
    Some(bend(&mut document["hookSpecificOutput"]))
}

/// The decision as it would be told of a denial with other particulars; the record is sound.
fn retold(
    answer: &Answer,
    call: &Call<'_>,
    settings: &Settings,
    bend: fn(&mut Denial),
) -> Decision {
    let mut decision = Reference.decide(answer, call, settings);
    if let (Some(deny), Some(Stopped::Blocked(denial))) = (&mut decision.deny, &decision.audit) {
        let mut told = denial.clone();
        bend(&mut told);
        deny.reason = texts::policy_violation(&told);
    }
    decision
}

struct DenyWithExit1;

impl DenyWithExit1 {
    fn concerns(decision: &Decision, call: Option<&Call<'_>>) -> bool {
        decision.deny.is_some() && call.is_some_and(off_the_main_path)
    }
}

impl Hook for DenyWithExit1 {
    fn decision_document(&self, decision: &Decision, call: Option<&Call<'_>>) -> Option<Value> {
        if Self::concerns(decision, call) {
            if let Some(deny) = &decision.deny {
                eprintln!("{}", deny.reason);
            }
            return None;
        }
        Reference.decision_document(decision, call)
    }

    fn decision_code(&self, decision: &Decision, call: Option<&Call<'_>>) -> u8 {
        u8::from(Self::concerns(decision, call))
    }
}
