//! Defects in what is recorded of a call.

use std::io;

use hookproof_reference_hook::background::{self, Streams};
use hookproof_reference_hook::decide::Stopped;
use hookproof_reference_hook::event::Event;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::request::{self, Audit, Output};
use hookproof_reference_hook::scan::Scan;
use hookproof_reference_hook::{Hook, Reference};
use serde_json::value::RawValue;

use crate::Miniature;
use crate::bend::{Delivers, Records, RecordsAttempts};
use crate::tools::deliver_in_foreground;

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "no-audit",
        defect: "records no call that went well",
        breaks: &["post-audit"],
        hook: &Records(|call, scan| Reference.tool_record(call, scan).filter(|_| failed(call))),
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
