//! Defects in what becomes of answers that decide nothing.

use hookproof_reference_hook::agent::{self, Conduct};
use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::rpc::Why;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Hears, Sends};
use crate::tools::said;

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "allowed-null-runs",
        defect: "takes a missing or odd `allowed` for true",
        breaks: &["undecided-allowed"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            // An answer that is no object belongs to another requirement.
            Answer::Undecided(Why::Allowed)
                if said(reply, asked).is_some_and(|text| text.starts_with('{')) =>
            {
                Answer::Allowed
            }
            answer => answer,
        }),
    },
    Miniature {
        name: "is-error-runs",
        defect: "takes a tool error for an allow",
        breaks: &["undecided-is-error"],
        hook: &Hears(|reply, asked| {
            allowed_if(Reference.answer(reply, asked), |why| {
                matches!(why, Why::ToolError(_))
            })
        }),
    },
    Miniature {
        name: "no-content-runs",
        defect: "takes a result without content for an allow",
        breaks: &["undecided-content"],
        hook: &Hears(|reply, asked| {
            allowed_if(Reference.answer(reply, asked), |why| {
                matches!(why, Why::Content)
            })
        }),
    },
    Miniature {
        name: "first-document-wins",
        defect: "takes two documents for an allow",
        breaks: &["undecided-two-documents"],
        hook: &Hears(|reply, asked| {
            allowed_if(Reference.answer(reply, asked), |why| {
                matches!(why, Why::Documents)
            })
        }),
    },
    Miniature {
        name: "plain-4xx-runs",
        defect: "lets calls run in silence on HTTP 4xx",
        breaks: &["undecided-status"],
        hook: &Hears(|reply, asked| {
            allowed_if(Reference.answer(reply, asked), |why| {
                matches!(why, Why::Status(400..=499))
            })
        }),
    },
    Miniature {
        name: "unknown-code-runs",
        defect: "lets calls run in silence on an error code it does not know",
        breaks: &["undecided-error-code"],
        hook: &Hears(|reply, asked| {
            allowed_if(Reference.answer(reply, asked), |why| {
                matches!(why, Why::Code { .. })
            })
        }),
    },
    Miniature {
        name: "follows-redirects",
        defect: "follows redirects to other hosts",
        breaks: &["redirect-not-followed"],
        hook: &Sends(|settings, purpose, body, limit| {
            let conduct = Conduct {
                redirects: 5,
                ..Conduct::within(limit)
            };
            agent::post(
                settings,
                &Reference.headers(settings, purpose),
                body,
                conduct,
            )
        }),
    },
];
fn allowed_if(answer: Answer, why: fn(&Why) -> bool) -> Answer {
    match answer {
        Answer::Undecided(reason) if why(&reason) => Answer::Allowed,
        answer => answer,
    }
}
