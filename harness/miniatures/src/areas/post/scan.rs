//! Defects in what is scanned after a call.

use hookproof_reference_hook::json::{self, Fields};
use hookproof_reference_hook::request::{self};
use hookproof_reference_hook::statement::written;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{AsksForScan, Scans};
use crate::tools::first_line;

pub(super) const MINIATURES: &[Miniature] = &[
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
            "redaction-told",
            "redaction-instructs",
            "output-block-told",
            "guidance-wording",
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
