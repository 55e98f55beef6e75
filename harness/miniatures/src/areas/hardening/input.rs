//! Defects in how odd and large payloads are taken.

use std::thread::sleep;
use std::time::Duration;

use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::rpc::{AGENT_LIMIT, Why};
use hookproof_reference_hook::statement::written;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Decides, DecidesBlind, Governs, Hears, Listens, Records, Scans, States};
use crate::tools::cut;

/// One argument of a program holds no more.
const ARGUMENT: usize = 128 * 1024;
/// Members of a payload that clients up to 2.1.330 send.
const MEMBERS: [&str; 18] = [
    "agent_id",
    "agent_type",
    "cwd",
    "duration_ms",
    "effort",
    "error",
    "hook_event_name",
    "is_interrupt",
    "mcp_server",
    "permission_mode",
    "prompt_id",
    "session_id",
    "stop_hook_active",
    "tool_input",
    "tool_name",
    "tool_response",
    "tool_use_id",
    "transcript_path",
];

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "fails-on-unknown-field",
        defect: "checks nothing when the payload has a field that it does not know",
        breaks: &["unknown-fields-tolerated"],
        hook: &Governs(|call, _| call.payload.keys().all(|key| MEMBERS.contains(&key))),
    },
    Miniature {
        name: "ignores-unknown-tools",
        defect: "does not check tools that it does not know",
        breaks: &["unknown-tool-checked"],
        hook: &Governs(|call, _| {
            let known = ["Bash", "Write", "Edit", "MultiEdit", "NotebookEdit"];
            call.is_mcp() || known.contains(&call.tool.as_str())
        }),
    },
    Miniature {
        name: "ignores-odd-input",
        defect: "does not check an input whose text is no text",
        breaks: &["odd-input-checked"],
        hook: &Governs(|call, _| match call.tool.as_str() {
            "Bash" => call.arguments.text("command").is_some(),
            "Write" | "Edit" | "NotebookEdit" => written(call).is_some(),
            _ => true,
        }),
    },
    Miniature {
        name: "checks-top-level-only",
        defect: "states of an MCP input only what stands at its top level",
        breaks: &["nested-input-checked"],
        hook: &States(|call| {
            let nests = |key: &&str| {
                let value = call.arguments.raw(key);
                value.is_some_and(|value| value.get().starts_with(['{', '[']))
            };
            let nested: Vec<&str> = call.arguments.keys().filter(nests).collect();
            if call.is_mcp() && !nested.is_empty() {
                return call
                    .arguments
                    .without(&nested)
                    .unwrap_or_else(|| "{}".to_owned());
            }
            Reference.statement(call)
        }),
    },
    Miniature {
        name: "denies-empty-input",
        defect: "denies calls without arguments",
        breaks: &["empty-input-runs"],
        hook: &Decides(|answer, call, settings| {
            if call.arguments.keys().next().is_none() && call.input == "{}" {
                return Decision::deny("AxonFlow: there is nothing to check.".to_owned());
            }
            Reference.decide(answer, call, settings)
        }),
    },
    Miniature {
        name: "truncates-at-64k",
        defect: "cuts the statement after 64 KiB (not one that no agent accepts)",
        breaks: &["large-statement-checked"],
        hook: &States(|call| {
            let statement = Reference.statement(call);
            if statement.len() > AGENT_LIMIT {
                return statement;
            }
            cut(&statement, 64 * 1024)
        }),
    },
    Miniature {
        name: "dies-on-large-input",
        defect: "checks nothing that does not fit into one argument of a program (unless no agent accepts it)",
        breaks: &["large-statement-checked"],
        hook: &Governs(|call, _| !(ARGUMENT..=AGENT_LIMIT).contains(&call.input.len())),
    },
    Miniature {
        name: "waves-oversize-through",
        defect: "lets calls run in silence that are larger than the agent accepts",
        breaks: &["oversize-statement-not-silent"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::Undecided(Why::TooLarge { bytes, .. }) if bytes > AGENT_LIMIT => {
                Answer::Allowed
            }
            answer => answer,
        }),
    },
    Miniature {
        name: "scans-64k",
        defect: "scans only the first 64 KiB",
        breaks: &["large-output-scanned"],
        hook: &Scans(|call| Reference.message(call).map(|text| cut(&text, 64 * 1024))),
    },
    Miniature {
        name: "drops-large-records",
        defect: "records no call with more than 64 KiB on either side",
        breaks: &["large-call-recorded"],
        hook: &Records(|call, scan| {
            let response = call.response.unwrap_or_default();
            let large = call.input.len().max(response.len()) > 64 * 1024;
            Reference.tool_record(call, scan).filter(|_| !large)
        }),
    },
    Miniature {
        name: "reads-first-line-of-stdin",
        defect: "reads the payload up to its first line end",
        breaks: &["json-forms-read"],
        hook: &Listens(|| {
            let mut stdin = Reference.stdin();
            if let Some(end) = stdin.iter().position(|byte| *byte == b'\n') {
                stdin.truncate(end);
            }
            stdin
        }),
    },
    Miniature {
        name: "runs-on-broken-stdin",
        defect: "lets calls run in silence whose payload it cannot read",
        breaks: &["broken-stdin-not-silent"],
        hook: &DecidesBlind(|_, _| Decision::default()),
    },
    Miniature {
        name: "hangs-on-broken-stdin",
        defect: "waits for ever for a payload that it can read",
        breaks: &["broken-stdin-answered", "broken-stdin-not-silent"],
        hook: &DecidesBlind(|error, stdin| {
            sleep(Duration::from_secs(60));
            Reference.decide_blind(error, stdin)
        }),
    },
];
