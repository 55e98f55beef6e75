//! Permission rules such as `Bash(sh:*)`, `Edit(//**/x)` or `mcp__server`.
//!
//! - `rule`: one rule and what it covers.
//! - `shell`: a command line taken apart into the commands it runs.
//! - `clear`: whether a client can tell what a command line runs.
//! - `path`: patterns of file paths.
//! - `tools`: what kind of permission each built-in tool needs, and its parameters.

mod clear;
mod path;
mod rule;
mod shell;
pub(crate) mod tools;

pub(crate) use rule::{Call, Rule, is_well_formed};
pub(crate) use shell::{Change, Look, is_background, parts as shell_parts};

/// How closely this client looks at command lines.
pub(crate) fn look(client: &Client) -> Look {
    match client.semantics.merge {
        crate::semantics::Merge::Ranked => Look::Close,
        _ => Look::Plain,
    }
}

use crate::Client;

/// Whether a hook's `if` covers a call. It is written as a permission rule of the very tool
/// that is called; a file pattern may start at any folder above the file. A command line that
/// the client cannot check is covered by every pattern of commands.
pub(crate) fn condition_holds(
    condition: &str,
    tool: &str,
    input: &serde_json::Value,
    client: &Client,
) -> bool {
    let parsed = Rule::parse(condition);
    let rule = match parsed.is_about_commands() {
        true => parsed.folded(),
        false => parsed,
    };
    let line = input.get("command").and_then(serde_json::Value::as_str);
    if tool == "Bash" && rule.is_about_commands() && line.is_some_and(clear::is_unclear) {
        return true;
    }
    let known = tools::Tool::named(tool, client);
    let file = known.and_then(|t| t.path_of(input, std::path::Path::new("/")));
    match file {
        None => rule.covers_any_part(
            &Call {
                tool,
                input,
                cwd: std::path::Path::new("/"),
                project: std::path::Path::new("/"),
            },
            client,
        ),
        Some(file) => {
            rule.is_whole(tool, client)
                || file
                    .ancestors()
                    .skip(1)
                    .any(|folder| rule.fits_file(tool, &file, folder))
        }
    }
}
