//! Defects in what no document spells out: odd values, hostile text, sizes, a busy machine.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use hookproof_reference_hook::agent::{self, Conduct};
use hookproof_reference_hook::answer::{Answer, Denial};
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::payload::{Call, Payload, PayloadError};
use hookproof_reference_hook::rpc::{AGENT_LIMIT, Why};
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::statement::written;
use hookproof_reference_hook::{Hook, Reference, texts};
use serde_json::Value;

use crate::Miniature;
use crate::bend::{
    Configures, Decides, DecidesBlind, Finishes, Governs, Hears, Listens, Prints, Scans, Sends,
    States, Waits,
};
use crate::tools::{VERSION_CHECK, again, companion, cut, on_path, said, variable};

const TIMEOUT: &str = "AXONFLOW_TIMEOUT_SECONDS";
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
        name: "odd-timeout-disables-check",
        defect: "checks nothing when the timeout is no number",
        breaks: &["odd-timeout-governs"],
        hook: &Governs(|_, _| {
            variable(TIMEOUT).is_none_or(|value| {
                value
                    .trim()
                    .parse::<f64>()
                    .is_ok_and(|seconds| !seconds.is_nan())
            })
        }),
    },
    Miniature {
        name: "odd-timeout-waits-forever",
        defect: "takes a timeout of zero and less for none",
        breaks: &["odd-timeout-bounded"],
        hook: &Waits(|settings, event, purpose, spent| {
            let odd = variable(TIMEOUT).and_then(|value| value.trim().parse::<f64>().ok());
            if odd.is_some_and(|seconds| seconds <= 0.0) {
                return Duration::from_secs(3600);
            }
            Reference.limit(settings, event, purpose, spent)
        }),
    },
    Miniature {
        name: "doubles-the-slash",
        defect: "does not mind a slash at the end of the endpoint",
        breaks: &["endpoint-trailing-slash"],
        hook: &Configures(|| {
            let mut settings = Reference.settings();
            if variable("AXONFLOW_ENDPOINT").is_some_and(|value| value.ends_with('/')) {
                settings.endpoint.base.push('/');
            }
            settings
        }),
    },
    Miniature {
        name: "bad-endpoint-runs",
        defect: "lets calls run in silence when the endpoint is no address",
        breaks: &["bad-endpoint-not-silent"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::NoEndpoint => Answer::Allowed,
            answer => answer,
        }),
    },
    Miniature {
        name: "missing-helper-closed",
        defect: "denies everything where flock is missing",
        breaks: &["missing-helper-runs"],
        hook: &Hears(|reply, asked| {
            if on_path("flock") {
                return Reference.answer(reply, asked);
            }
            Answer::Undecided(Why::NoRpc)
        }),
    },
    Miniature {
        name: "races-on-shared-home",
        defect: "checks nothing while another hook of the same user is at work",
        breaks: &["concurrent-calls-checked"],
        hook: &Races,
    },
    Miniature {
        name: "needs-writable-home",
        defect: "checks nothing where it cannot keep a file",
        breaks: &["unusable-home-governs"],
        hook: &Governs(|_, settings| {
            settings.cache.as_ref().is_some_and(|cache| {
                fs::create_dir_all(cache).is_ok() && fs::write(cache.join("seen"), "").is_ok()
            })
        }),
    },
    Miniature {
        name: "garbage-stamp-disables-check",
        defect: "checks nothing while there is a stamp that it cannot read",
        breaks: &["garbage-stamp-governs"],
        hook: &Governs(|_, settings| {
            let Some(path) = settings
                .cache
                .as_ref()
                .map(|cache| cache.join("throttle-until"))
            else {
                return true;
            };
            let text = fs::read_to_string(&path).unwrap_or_default();
            let readable = text
                .split_once(' ')
                .is_some_and(|(epoch, _)| epoch.parse::<u64>().is_ok());
            readable || !path.exists()
        }),
    },
    Miniature {
        name: "version-check-holds-stdout",
        defect: "leaves its output open to its version check",
        breaks: &["background-releases-output"],
        hook: &Finishes(|event, _, _| {
            let wanted = variable("AXONFLOW_PLUGIN_VERSION_CHECK").as_deref() != Some("off");
            if event == Event::Pre && wanted {
                let _ = again().and_then(|mut command| {
                    command.arg(VERSION_CHECK).stdin(Stdio::null()).spawn()
                });
            }
        }),
    },
    Miniature {
        name: "text-on-command-line",
        defect: "hands the text under check to a helper on its command line",
        breaks: &["text-off-command-lines"],
        hook: &Sends(|settings, purpose, body, limit| {
            let helper = (purpose == Purpose::Policy).then(|| companion(body));
            let reply = Reference.send(settings, purpose, body, limit);
            if let Some(Ok(mut helper)) = helper {
                drop(helper.stdin.take());
                let _ = helper.wait();
            }
            reply
        }),
    },
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
            Answer::Undecided(Why::TooLarge { .. }) => Answer::Allowed,
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
        breaks: &["broken-stdin-answered"],
        hook: &DecidesBlind(|error, stdin| {
            sleep(Duration::from_secs(60));
            Reference.decide_blind(error, stdin)
        }),
    },
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

struct Races;

impl Races {
    fn lock(settings: &Settings) -> Option<std::path::PathBuf> {
        Some(settings.cache.as_ref()?.join("miniature.lock"))
    }
}

impl Hook for Races {
    fn governs(&self, _call: &Call<'_>, settings: &Settings) -> bool {
        let Some(lock) = Self::lock(settings) else {
            return true;
        };
        let _ = lock.parent().map(fs::create_dir_all);
        fs::File::create_new(lock).is_ok()
    }

    fn finish(&self, event: Event, settings: &Settings, _call: &Call<'_>) {
        if event == Event::Pre {
            // Long enough for hooks that were started together to meet.
            sleep(Duration::from_millis(300));
            let _ = Self::lock(settings).map(fs::remove_file);
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
