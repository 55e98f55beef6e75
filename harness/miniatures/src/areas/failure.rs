//! Defects in what becomes of a call when the agent cannot be reached or is broken.

use std::fs;

use hookproof_reference_hook::agent::{Failure, Reply};
use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::{Cause, Why};
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Exits, Hears};

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "crashes-on-network-failure",
        defect: "ends with exit code 1 when there was no usable answer",
        breaks: &["fail-open-is-orderly"],
        hook: &Exits(|decision, _| {
            let quiet = decision.stderr.is_empty() && decision.system_message.is_none();
            u8::from(decision.deny.is_none() && !quiet)
        }),
    },
    Miniature {
        name: "gives-up-after-failure",
        defect: "checks nothing any more once there was no usable answer",
        breaks: &["failure-is-forgotten"],
        hook: &GivesUp,
    },
    Miniature {
        name: "closed-on-refused",
        defect: "denies when nobody listens at the endpoint",
        breaks: &["unreachable-agent-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| {
                matches!(cause, Cause::Failed(Failure::Refused(_)))
            })
        }),
    },
    Miniature {
        name: "closed-on-dns",
        defect: "denies when the endpoint's name cannot be resolved",
        breaks: &["unreachable-agent-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| {
                matches!(cause, Cause::Failed(Failure::Unresolved(_)))
            })
        }),
    },
    Miniature {
        name: "closed-on-tls",
        defect: "denies when the agent's certificate is not trusted",
        breaks: &["unreachable-agent-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| {
                matches!(cause, Cause::Failed(Failure::Untrusted(_)))
            })
        }),
    },
    Miniature {
        name: "closed-on-reset",
        defect: "denies when the connection breaks",
        breaks: &["broken-connection-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| {
                matches!(cause, Cause::Failed(Failure::Broken(_)))
            })
        }),
    },
    Miniature {
        name: "closed-on-5xx",
        defect: "denies when the server answers with 5xx",
        breaks: &["server-error-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| matches!(cause, Cause::Status(_)))
        }),
    },
    Miniature {
        name: "closed-on-unreadable",
        defect: "denies when the answer is empty or no JSON",
        breaks: &["unreadable-answer-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| {
                matches!(cause, Cause::Empty | Cause::Unreadable)
            })
        }),
    },
    Miniature {
        name: "closed-on-32603",
        defect: "denies when the agent reports trouble of its own",
        breaks: &["server-side-rpc-error-runs"],
        hook: &Hears(|reply, asked| {
            closed_on(reply, asked, |cause| matches!(cause, Cause::Code { .. }))
        }),
    },
];

/// Takes failures of one kind for an answer that decides nothing, which is denied.
fn closed_on(reply: &Reply, asked: usize, kind: fn(&Cause) -> bool) -> Answer {
    match Reference.answer(reply, asked) {
        Answer::Unusable(cause) if kind(&cause) => Answer::Undecided(Why::NoRpc),
        answer => answer,
    }
}

struct GivesUp;

impl Hook for GivesUp {
    fn governs(&self, _call: &Call<'_>, settings: &Settings) -> bool {
        settings
            .cache
            .as_ref()
            .is_none_or(|cache| !cache.join("gave-up").exists())
    }

    fn decide(&self, answer: &Answer, call: &Call<'_>, settings: &Settings) -> Decision {
        if let (Answer::Unusable(_), Some(cache)) = (answer, &settings.cache) {
            let _ = fs::create_dir_all(cache);
            let _ = fs::write(cache.join("gave-up"), "");
        }
        Reference.decide(answer, call, settings)
    }
}
