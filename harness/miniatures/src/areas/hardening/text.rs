//! Defects in how hostile text is taken.

use std::fs;

use hookproof_reference_hook::answer::{Answer, Denial};
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::payload::{Payload, PayloadError};
use hookproof_reference_hook::{Hook, Reference, texts};
use serde_json::Value;

use crate::Miniature;
use crate::bend::{Decides, Prints, States};
use crate::tools::variable;

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "drops-control-characters",
        defect: "states a command without its control characters",
        breaks: &["control-characters-checked"],
        hook: &States(|call| {
            let statement = Reference.statement(call);
            statement.replace(|c: char| c.is_control() && c != '\n', "")
        }),
    },
    Miniature {
        name: "breaks-on-hostile-reason",
        defect: "pastes the block reason into its JSON as it is",
        breaks: &["deny-survives-hostile-text"],
        hook: &Prints(|document| match document {
            Some(document) if document["hookSpecificOutput"]["permissionDecision"] == "deny" => {
                println!("{}", pasted(&document));
            }
            document => Reference.print(document),
        }),
    },
    Miniature {
        name: "escape-codes-through",
        defect: "shows a block reason with its control characters",
        breaks: &["network-text-cleaned"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if let (Some(deny), Answer::Denied(Denial { reason, .. })) =
                (&mut decision.deny, answer)
            {
                deny.reason = deny.reason.replacen(&texts::clean(reason), reason, 1);
            }
            decision
        }),
    },
    Miniature {
        name: "evaluates-text",
        defect: "runs `touch` commands that stand in a statement",
        breaks: &["text-never-executed"],
        hook: &States(|call| {
            let statement = Reference.statement(call);
            evaluate(&statement);
            statement
        }),
    },
    Miniature {
        name: "skips-undecodable-text",
        defect: "lets calls run in silence whose payload has a character that cannot be decoded",
        breaks: &["undecodable-text-not-silent"],
        hook: &SkipsUndecodable,
    },
];
/// The document as string formatting would make it.
fn pasted(document: &Value) -> String {
    let specific = &document["hookSpecificOutput"];
    let reason = specific["permissionDecisionReason"]
        .as_str()
        .unwrap_or_default();
    format!(
        "{{\"hookSpecificOutput\":{{\"hookEventName\":\"PreToolUse\",\
         \"permissionDecision\":\"deny\",\"permissionDecisionReason\":\"{reason}\"}}}}"
    )
}

/// Does what a shell would do with `touch $HOME/NAME` in `text`, and nothing else: the texts of
/// scenarios must never really run.
fn evaluate(text: &str) {
    let Some(home) = variable("HOME").map(std::path::PathBuf::from) else {
        return;
    };
    for part in text.split("touch $HOME/").skip(1) {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let name: String = part.chars().take_while(|c| inner(*c)).collect();
        if !name.is_empty() {
            let _ = fs::write(home.join(name), "");
        }
    }
}

struct SkipsUndecodable;

impl SkipsUndecodable {
    /// Whether a strict reader would give the payload up for its characters.
    fn undecodable(stdin: &[u8]) -> bool {
        let strict =
            std::str::from_utf8(stdin).is_ok() && serde_json::from_slice::<Value>(stdin).is_ok();
        !strict && Payload::read(stdin).is_ok()
    }
}

impl Hook for SkipsUndecodable {
    fn payload(&self, stdin: &[u8]) -> Result<Payload, PayloadError> {
        // A byte order mark is no character of the text.
        let bare = stdin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stdin);
        if Self::undecodable(bare) {
            return Err(PayloadError::Unreadable);
        }
        Reference.payload(stdin)
    }

    fn decide_blind(&self, error: PayloadError, stdin: &[u8]) -> Decision {
        if Self::undecodable(stdin) {
            return Decision::default();
        }
        Reference.decide_blind(error, stdin)
    }
}
