//! Defects in what happens after a call: record, scan, guidance.

use std::io;

use hookproof_reference_hook::background::{self, Streams};
use hookproof_reference_hook::conclude::Conclusion;
use hookproof_reference_hook::decide::Stopped;
use hookproof_reference_hook::event::Event;
use hookproof_reference_hook::json::{self, Fields};
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::request::{self, Audit, Output};
use hookproof_reference_hook::scan::Scan;
use hookproof_reference_hook::statement::written;
use hookproof_reference_hook::{Hook, Reference};
use serde_json::json;
use serde_json::value::RawValue;

use crate::Miniature;
use crate::bend::{
    AsksForScan, Concludes, Delivers, ExitsAfter, Records, RecordsAttempts, Scans, WritesAfter,
};
use crate::tools::{cut, deliver_in_foreground, first_line, telling};

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "no-audit",
        defect: "records commands only",
        breaks: &["post-audit"],
        hook: &Records(|call, scan| {
            Reference
                .tool_record(call, scan)
                .filter(|_| call.tool == "Bash" || failed(call))
        }),
    },
    Miniature {
        name: "audit-names-wrong-tool",
        defect: "records every call as one of claude_code",
        breaks: &["post-audit-tool-name"],
        hook: &Records(|call, scan| {
            record(call, scan, |record| {
                "claude_code".clone_into(&mut record.tool_name)
            })
        }),
    },
    Miniature {
        name: "audit-without-input",
        defect: "records calls without what went in",
        breaks: &["post-audit-input"],
        hook: &Records(|call, scan| {
            record(call, scan, |record| {
                record.input = RawValue::NULL.to_owned()
            })
        }),
    },
    Miniature {
        name: "audit-without-output",
        defect: "records calls without what came back",
        breaks: &["post-audit-output"],
        hook: &Records(|call, scan| {
            record(call, scan, |record| record.output = summary("withheld"))
        }),
    },
    Miniature {
        name: "audit-carries-whole-output",
        defect: "records the whole response",
        breaks: &["post-audit-summary"],
        hook: &Records(|call, scan| {
            let mut record = Reference.tool_record(call, scan)?;
            if let (Some(response), Some(Scan::Clean)) = (call.response, scan) {
                record.output = summary(response);
            }
            Some(record)
        }),
    },
    Miniature {
        name: "audit-says-failure",
        defect: "records calls that went well as failed",
        breaks: &["post-audit-success"],
        hook: &Records(|call, scan| record(call, scan, |record| record.success = false)),
    },
    Miniature {
        name: "audit-in-foreground",
        defect: "waits for the answer to a record",
        breaks: &["post-audit-background"],
        hook: &Delivers(|event, record| delivered(event, record, Event::Post, in_foreground)),
    },
    Miniature {
        name: "audit-holds-stdout",
        defect: "leaves its output open to the process that delivers a record",
        breaks: &["audit-releases-output"],
        hook: &Delivers(|event, record| delivered(event, record, Event::Post, with_streams)),
    },
    Miniature {
        name: "blocked-audit-holds-stdout",
        defect: "leaves its output open to the process that delivers a stopped call's record",
        breaks: &["audit-releases-output"],
        hook: &Delivers(|event, record| delivered(event, record, Event::Pre, with_streams)),
    },
    Miniature {
        name: "no-audit-on-deny",
        defect: "does not record what policy stopped",
        breaks: &["blocked-audit"],
        hook: &RecordsAttempts(|_, _| None),
    },
    Miniature {
        name: "blocked-audit-without-statement",
        defect: "records a stopped call without what was attempted",
        breaks: &["blocked-audit-statement"],
        hook: &RecordsAttempts(|call, stopped| {
            attempt(call, stopped, |record| {
                record.input = request::statement_input("withheld")
            })
        }),
    },
    Miniature {
        name: "blocked-audit-without-reason",
        defect: "records a stopped call without the block reason",
        breaks: &["blocked-audit-reason"],
        hook: &RecordsAttempts(|call, stopped| {
            attempt(call, stopped, |record| {
                record.error_message = Some("Blocked by policy".to_owned());
                if let Output::Stopped { block_reason, .. } = &mut record.output {
                    block_reason.clear();
                }
            })
        }),
    },
    Miniature {
        name: "blocked-audit-says-success",
        defect: "records a stopped call as one that went well",
        breaks: &["blocked-audit-outcome"],
        hook: &RecordsAttempts(|call, stopped| {
            attempt(call, stopped, |record| record.success = true)
        }),
    },
    Miniature {
        name: "blocked-audit-in-foreground",
        defect: "waits for the answer to the record of a stopped call",
        breaks: &["blocked-audit-background"],
        hook: &Delivers(|event, record| delivered(event, record, Event::Pre, in_foreground)),
    },
    Miniature {
        name: "no-audit-on-failure",
        defect: "does not record calls that failed",
        breaks: &["failed-call-audited"],
        hook: &Records(|call, scan| Reference.tool_record(call, scan).filter(|_| !failed(call))),
    },
    Miniature {
        name: "failed-audit-says-success",
        defect: "records calls that failed as gone well",
        breaks: &["failed-call-outcome"],
        hook: &Records(|call, scan| record(call, scan, |record| record.success = true)),
    },
    Miniature {
        name: "failed-audit-without-error",
        defect: "records calls that failed without the error",
        breaks: &["failed-call-error"],
        hook: &Records(|call, scan| {
            let mut record = Reference.tool_record(call, scan)?;
            if failed(call) {
                record.error_message = None;
                record.output = summary("withheld");
            }
            Some(record)
        }),
    },
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
        breaks: &["redaction-told", "redaction-instructs"],
        hook: &Concludes(|scan, call, settings| match scan {
            Scan::Masked { .. } => Conclusion::default(),
            scan => Reference.conclude(scan, call, settings),
        }),
    },
    Miniature {
        name: "redaction-without-instruction",
        defect: "tells the model a masked text and not what it is for",
        breaks: &["redaction-instructs"],
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
        breaks: &["output-block-told"],
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
    Miniature {
        name: "scans-first-line",
        defect: "scans only the first line that a command prints",
        breaks: &["scan-bash"],
        hook: &Scans(|call| {
            let message = Reference.message(call);
            message.map(|text| {
                if call.tool == "Bash" {
                    first_line(&text)
                } else {
                    text
                }
            })
        }),
    },
    Miniature {
        name: "no-scan",
        defect: "scans nothing",
        breaks: &[
            "scan-bash",
            "scan-bash-redirect",
            "scan-write",
            "scan-edit",
            "scan-notebook",
            "scan-mcp",
        ],
        hook: &Scans(|_| None),
    },
    Miniature {
        name: "scans-no-redirects",
        defect: "scans nothing when a command writes into a file",
        breaks: &["scan-bash-redirect"],
        hook: &Scans(|call| {
            let command = call.arguments.text("command");
            Reference
                .message(call)
                .filter(|text| Some(text) != command.as_ref())
        }),
    },
    Miniature {
        name: "scans-path-of-write",
        defect: "scans the path and the first line of what is written",
        breaks: &["scan-write"],
        hook: &Scans(|call| match (call.tool.as_str(), written(call)) {
            ("Write", Some(text)) if !text.is_empty() => {
                let path = call.arguments.text("file_path").unwrap_or_default();
                Some(format!("{path}\n{}", first_line(&text)))
            }
            _ => Reference.message(call),
        }),
    },
    Miniature {
        name: "scans-old-text-of-edit",
        defect: "scans the old text and the first line of the new one",
        breaks: &["scan-edit"],
        hook: &Scans(|call| match (call.tool.as_str(), written(call)) {
            ("Edit", Some(text)) if !text.is_empty() => {
                let old = call.arguments.text("old_string").unwrap_or_default();
                Some(format!("{old}\n{}", first_line(&text)))
            }
            _ => Reference.message(call),
        }),
    },
    Miniature {
        name: "scans-cell-content",
        defect: "scans cell_content, and where it is missing the first line of a cell",
        breaks: &["scan-notebook"],
        hook: &Scans(|call| match (call.tool.as_str(), Reference.message(call)) {
            ("NotebookEdit", Some(text)) => Some(
                call.arguments
                    .text("cell_content")
                    .unwrap_or_else(|| first_line(&text)),
            ),
            (_, message) => message,
        }),
    },
    Miniature {
        name: "scans-first-mcp-block",
        defect: "scans only the first block of an MCP response",
        breaks: &["scan-mcp"],
        hook: &Scans(|call| {
            let response = call.response.unwrap_or_default();
            let wrapped = format!("{{\"blocks\":{response}}}");
            let blocks = Fields::parse(&wrapped).and_then(|fields| fields.list("blocks"));
            match blocks.unwrap_or_default().first() {
                Some(block) if call.is_mcp() => Some(json::compact(block.get())),
                _ => Reference.message(call),
            }
        }),
    },
    Miniature {
        name: "scan-names-wrong-connector",
        defect: "does not name the tool in a scan",
        breaks: &["scan-connector"],
        hook: &AsksForScan(|_, message| request::check_output("claude_code", message)),
    },
    Miniature {
        name: "scans-empty-output",
        defect: "asks for a scan of nothing",
        breaks: &["scan-nothing"],
        hook: &Scans(|call| Some(Reference.message(call).unwrap_or_default())),
    },
];

fn failed(call: &Call<'_>) -> bool {
    call.event == "PostToolUseFailure"
}

fn summary(text: &str) -> Output {
    Output::Ran {
        summary: text.to_owned(),
    }
}

/// The sound record of a call that ran, bent.
fn record(call: &Call<'_>, scan: Option<&Scan>, bend: fn(&mut Audit)) -> Option<Audit> {
    let mut record = Reference.tool_record(call, scan)?;
    bend(&mut record);
    Some(record)
}

fn attempt(call: &Call<'_>, stopped: &Stopped, bend: fn(&mut Audit)) -> Option<Audit> {
    let mut record = Reference.blocked_record(call, stopped)?;
    bend(&mut record);
    Some(record)
}

/// Delivers as `bend` does for one event, soundly for the other.
fn delivered(
    event: Event,
    record: &str,
    bent: Event,
    bend: fn(Event, &str) -> io::Result<()>,
) -> io::Result<()> {
    if event == bent {
        bend(event, record)
    } else {
        Reference.deliver(event, record)
    }
}

fn in_foreground(event: Event, record: &str) -> io::Result<()> {
    deliver_in_foreground(event, record);
    Ok(())
}

fn with_streams(event: Event, record: &str) -> io::Result<()> {
    background::hand_over(event, record, Streams::Kept)
}
