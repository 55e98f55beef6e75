//! Defects in what is checked before a call.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::{Hook, Reference, request, statement};

use crate::Miniature;
use crate::bend::{Asks, Governs, Names, States};
use crate::tools::{cut, first_line, has_text};

/// The arguments that name what an MCP tool is asked to do.
const MCP_ARGUMENTS: [&str; 4] = ["query", "statement", "command", "url"];

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "wrong-connector-type",
        defect: "names the tool without the claude_code prefix",
        breaks: &["connector-names-the-tool"],
        hook: &Names(|call| call.tool.clone()),
    },
    Miniature {
        name: "asks-about-query",
        defect: "asks about the operation `query`",
        breaks: &["operation-is-execute"],
        hook: &Asks(|call| {
            let body = request::check_policy(&call.connector_type(), &Reference.statement(call));
            // The operation is the last argument.
            body.replace(r#""operation":"execute"}}}"#, r#""operation":"query"}}}"#)
        }),
    },
    Miniature {
        name: "skips-background-commands",
        defect: "does not check commands that run in the background",
        breaks: &["bash-is-checked"],
        hook: &Governs(|call, _| call.arguments.flag("run_in_background") != Some(true)),
    },
    Miniature {
        name: "write-without-path",
        defect: "states only the file name of a Write, without its folder",
        breaks: &["write-is-checked"],
        hook: &States(|call| without_folder(call, "Write")),
    },
    Miniature {
        name: "ignores-write",
        defect: "does not check a Write of an empty file",
        breaks: &["write-is-checked"],
        hook: &Governs(|call, _| {
            call.tool != "Write" || call.arguments.text("content").as_deref() != Some("")
        }),
    },
    Miniature {
        name: "edit-without-path",
        defect: "states only the file name of an Edit, without its folder",
        breaks: &["edit-is-checked"],
        hook: &States(|call| without_folder(call, "Edit")),
    },
    Miniature {
        name: "reads-cell-content",
        defect: "reads cell_content of a NotebookEdit, which the host calls new_source",
        breaks: &["notebook-edit-is-checked"],
        hook: &Governs(|call, _| {
            call.tool != "NotebookEdit" || has_text(&call.arguments, "cell_content")
        }),
    },
    Miniature {
        name: "mcp-skips-url",
        defect: "leaves the url of an MCP call out of the statement when nothing else names the request",
        breaks: &["mcp-statement-is-checked"],
        hook: &States(|call| {
            let alone = has_text(&call.arguments, "url")
                && !MCP_ARGUMENTS[..3]
                    .iter()
                    .any(|key| has_text(&call.arguments, key));
            if call.is_mcp() && alone {
                return call.arguments.without(&["url"]).unwrap_or_default();
            }
            Reference.statement(call)
        }),
    },
    Miniature {
        name: "mcp-first-argument-only",
        defect: "states only the first argument of an MCP call",
        breaks: &["mcp-input-is-checked"],
        hook: &States(|call| {
            let named = MCP_ARGUMENTS
                .iter()
                .any(|key| has_text(&call.arguments, key));
            let keys: Vec<&str> = call.arguments.keys().skip(1).collect();
            match call.arguments.without(&keys) {
                Some(first) if call.is_mcp() && !named => first,
                _ => Reference.statement(call),
            }
        }),
    },
    Miniature {
        name: "caches-verdict",
        defect: "remembers that a call was allowed and does not ask again",
        breaks: &["every-call-is-checked"],
        hook: &CachesVerdict,
    },
    Miniature {
        name: "skips-check-in-bypass-mode",
        defect: "does not check calls of sessions that bypass permissions",
        breaks: &["checked-in-every-mode"],
        hook: &Governs(|call, _| {
            call.payload.text("permission_mode").as_deref() != Some("bypassPermissions")
        }),
    },
    Miniature {
        name: "truncates-statement-2000",
        defect: "cuts the statement after 2000 bytes (not of notebooks)",
        breaks: &["statement-is-whole"],
        hook: &States(|call| {
            let most = if call.tool == "NotebookEdit" {
                usize::MAX
            } else {
                2000
            };
            cut(&Reference.statement(call), most)
        }),
    },
    Miniature {
        name: "first-line-only",
        defect: "states only the first line of an MCP query",
        breaks: &["statement-is-whole"],
        hook: &States(|call| match call.arguments.text("query") {
            Some(query) if call.is_mcp() => {
                let rest = call.arguments.without(&["query"]).unwrap_or_default();
                format!("{}\n{rest}", first_line(&query))
            }
            _ => Reference.statement(call),
        }),
    },
    Miniature {
        name: "breaks-on-unicode",
        defect: "replaces every character outside ASCII by a question mark",
        breaks: &["statement-is-verbatim"],
        hook: &States(|call| {
            Reference
                .statement(call)
                .replace(|c: char| !c.is_ascii(), "?")
        }),
    },
    Miniature {
        name: "breaks-on-quotes",
        defect: "loses the rest of a command at the first double quote",
        breaks: &["statement-is-verbatim"],
        hook: &States(|call| {
            let statement = Reference.statement(call);
            match statement.split_once('"') {
                Some((before, _)) if call.tool == "Bash" => before.to_owned(),
                _ => statement,
            }
        }),
    },
    Miniature {
        name: "mcp-query-hides-the-rest",
        defect: "states the query of an MCP call and none of its other arguments",
        breaks: &["mcp-siblings-are-checked"],
        hook: &States(|call| {
            let named = MCP_ARGUMENTS
                .iter()
                .find_map(|key| call.arguments.full_text(key));
            named
                .filter(|_| call.is_mcp())
                .unwrap_or_else(|| Reference.statement(call))
        }),
    },
    Miniature {
        name: "skips-empty-input",
        defect: "does not check calls without arguments",
        breaks: &["empty-input-is-checked"],
        hook: &Governs(|call, _| call.arguments.keys().next().is_some()),
    },
];

fn without_folder(call: &Call<'_>, tool: &str) -> String {
    let path = call.arguments.text("file_path").unwrap_or_default();
    match (statement::written(call), path.rsplit_once('/')) {
        (Some(text), Some((_, name))) if call.tool == tool => format!("{name}\n{text}"),
        _ => Reference.statement(call),
    }
}

struct CachesVerdict;

impl CachesVerdict {
    fn memory(call: &Call<'_>, settings: &Settings) -> Option<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (&call.tool, call.input).hash(&mut hasher);
        Some(
            settings
                .cache
                .as_ref()?
                .join(format!("allowed-{:x}", hasher.finish())),
        )
    }
}

impl Hook for CachesVerdict {
    fn governs(&self, call: &Call<'_>, settings: &Settings) -> bool {
        Self::memory(call, settings).is_none_or(|memory| !memory.exists())
    }

    fn decide(&self, answer: &Answer, call: &Call<'_>, settings: &Settings) -> Decision {
        if let (Answer::Allowed, Some(memory)) = (answer, Self::memory(call, settings)) {
            let _ = memory.parent().map(fs::create_dir_all);
            let _ = fs::write(memory, "");
        }
        Reference.decide(answer, call, settings)
    }
}
