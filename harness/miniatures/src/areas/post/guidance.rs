//! Defects in what is said after a scan.

use hookproof_reference_hook::conclude::Conclusion;
use hookproof_reference_hook::scan::Scan;
use hookproof_reference_hook::{Hook, Reference};
use serde_json::json;

use crate::Miniature;
use crate::bend::{Concludes, ExitsAfter, WritesAfter};
use crate::tools::{cut, telling};

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "post-blocks",
        defect: "blocks when the scan finds something",
        breaks: &["post-never-blocks"],
        hook: &WritesAfter(|conclusion, call| {
            let mut document = Reference.conclusion_document(conclusion, call)?;
            if let Some(context) = &conclusion.context {
                document["decision"] = json!("block");
                document["reason"] = json!(context);
            }
            Some(document)
        }),
    },
    Miniature {
        name: "post-exits-1",
        defect: "ends with exit code 1 when the scan fails",
        breaks: &["post-exit-zero"],
        hook: &ExitsAfter(|_, scan| u8::from(matches!(scan, Some(Scan::Failed { .. })))),
    },
    Miniature {
        name: "post-noisy-on-failure",
        defect: "prints a message when the scan fails",
        breaks: &["post-failure-silent"],
        hook: &Concludes(|scan, call, settings| {
            let mut conclusion = Reference.conclude(scan, call, settings);
            if matches!(scan, Scan::Failed { .. }) {
                conclusion.system_message = Some("[AxonFlow] the scan failed".to_owned());
            }
            conclusion
        }),
    },
    Miniature {
        name: "redaction-truncated",
        defect: "tells the model only the first 500 bytes of a masked text",
        breaks: &["redaction-told"],
        hook: &Concludes(|scan, call, settings| {
            let mut scan = scan.clone();
            if let Scan::Masked { text, .. } = &mut scan {
                *text = cut(text, 500);
            }
            Reference.conclude(&scan, call, settings)
        }),
    },
    Miniature {
        name: "redaction-ignored",
        defect: "does not tell the model about a masked text",
        breaks: &["redaction-told", "redaction-instructs", "guidance-wording"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Masked { .. } => Conclusion::default(),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "redaction-without-instruction",
        defect: "tells the model a masked text and not what it is for",
        breaks: &["redaction-instructs", "guidance-wording"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Masked { text, .. } => telling(format!("GOVERNANCE ALERT: {text}")),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "leaks-raw-in-context",
        defect: "quotes the raw output in its guidance",
        breaks: &["redaction-hides-raw"],
        hook: &Concludes(|scan, call, settings| {
            let mut conclusion = Reference.conclude(scan, call, settings);
            if let (Some(context), Some(raw)) = (&mut conclusion.context, Reference.message(call)) {
                *context += &format!("\n\nThe original was: {raw}");
            }
            conclusion
        }),
    },
    Miniature {
        name: "ignores-blocked-output",
        defect: "does not tell the model that an output is blocked",
        breaks: &["output-block-told", "guidance-wording"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Blocked(_) => Conclusion::default(),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "noisy-when-clean",
        defect: "tells the model that nothing was found",
        breaks: &["clean-output-silent"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Clean => telling("AxonFlow found nothing in this output.".to_owned()),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "guidance-reworded",
        defect: "words its guidance in its own way",
        breaks: &["guidance-wording"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Masked { text, .. } => telling(format!("Please use this masked text: {text}")),
            Scan::Blocked(reason) => telling(format!("Please forget this output: {reason}")),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
];
