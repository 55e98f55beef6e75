//! Reads and changes files.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::words::words;
use super::{Done, Memory};
use crate::semantics::Merge;
use crate::{Call, PermissionMode, Session};

fn text<'a>(call: &'a Call, name: &str) -> &'a str {
    call.tool_input
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn file_of(call: &Call, session: &Session) -> PathBuf {
    let name = if call.tool_name == "NotebookEdit" {
        "notebook_path"
    } else {
        "file_path"
    };
    session.cwd.join(text(call, name))
}

fn is_edit(call: &Call) -> bool {
    matches!(
        call.tool_name.as_str(),
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit"
    )
}

/// What the tool itself refuses before any hook is asked.
pub(super) fn refuses(call: &Call, session: &Session, memory: &Memory) -> Option<String> {
    let older = session.client.semantics.merge != Merge::Ranked;
    if older && call.tool_name == "Read" && !file_of(call, session).exists() {
        return Some(missing(session));
    }
    if !is_edit(call) {
        return None;
    }
    let newer = session.client.semantics.merge != Merge::Collected;
    if newer && session.is_path_denied(call) {
        return Some("File is in a directory that is denied by your permission settings.".into());
    }
    if session.client.semantics.merge == Merge::Ranked && session.is_tool_denied("Read") {
        return Some(
            "File is covered by a Read deny rule in your permission settings and cannot be written."
                .into(),
        );
    }
    let file = file_of(call, session);
    let edits = edits(call);
    let creates = !edits.is_empty() && edits.iter().any(|(old, _, _)| old.is_empty());
    if call.tool_name != "Write" && !file.exists() && !creates {
        return Some(missing(session));
    }
    let notebook = call.tool_name == "NotebookEdit";
    let newest = session.client.semantics.merge == Merge::Ranked;
    let free = session.mode == PermissionMode::BypassPermissions;
    // The newest client lets files be changed that it has not read, but for notebooks.
    let must_be_read = if newest { notebook && !free } else { !notebook };
    if file.exists() && must_be_read && !memory.read.contains(&file) {
        return Some("File has not been read yet. Read it first before writing to it.".into());
    }
    if call.tool_name != "Edit" {
        return None;
    }
    let content = std::fs::read_to_string(&file).unwrap_or_default();
    let (old, new, all) = edits.first()?;
    if old == new {
        return Some("No changes to make: old_string and new_string are exactly the same.".into());
    }
    match content.matches(old.as_str()).count() {
        _ if old.is_empty() => None,
        0 => Some(format!(
            "String to replace not found in file.\nString: {old}"
        )),
        found if found > 1 && !all => Some(format!(
            "Found {found} matches of the string to replace, but replace_all is false. To replace all occurrences, set replace_all to true. To replace only one occurrence, please provide more context to uniquely identify the instance.\nString: {old}"
        )),
        _ => None,
    }
}

/// The replacements of a call: old, new, all.
fn edits(call: &Call) -> Vec<(String, String, bool)> {
    let one = |edit: &Value| {
        let text = |name: &str| {
            edit.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let all = edit.get("replace_all") == Some(&Value::Bool(true));
        (text("old_string"), text("new_string"), all)
    };
    match call.tool_name.as_str() {
        "Edit" => vec![one(&call.tool_input)],
        "MultiEdit" => {
            let edits = call.tool_input.get("edits").and_then(Value::as_array);
            edits.into_iter().flatten().map(one).collect()
        }
        _ => Vec::new(),
    }
}

pub(super) fn run(call: &Call, session: &Session, memory: &mut Memory) -> Done {
    let file = file_of(call, session);
    match call.tool_name.as_str() {
        "Read" => read(&file, session, memory),
        "Write" => write(call, &file, session, memory),
        "Edit" | "MultiEdit" => edit(call, &file, session, memory),
        "NotebookEdit" => Done::good(
            format!("Inserted cell cell-0 with {}", text(call, "new_source")),
            json!({"new_source": text(call, "new_source")}),
        ),
        _ => Done::good("", json!({})),
    }
}

/// The result for an output that a hook gave, when it has the tool's shape.
pub(super) fn result_of(tool: &str, output: &Value) -> Option<String> {
    let text = |name: &str| output.get(name).and_then(Value::as_str);
    match tool {
        "Read" => {
            let content = output.get("file")?.get("content")?.as_str()?;
            text("type")
                .filter(|t| *t == "text")
                .map(|_| numbered(content, true))
        }
        "Write" => {
            let path = text("filePath")?;
            text("content")?;
            let current = words("current");
            match text("type")? {
                "create" => Some(format!("File created successfully at: {path}{current}")),
                "update" => Some(format!(
                    "The file {path} has been updated successfully.{current}"
                )),
                _ => None,
            }
        }
        "Edit" => {
            let path = text("filePath")?;
            for name in ["oldString", "newString"] {
                text(name)?;
            }
            output.get("structuredPatch")?.as_array()?;
            output.get("userModified")?.as_bool()?;
            let current = words("current");
            Some(match output.get("replaceAll")?.as_bool()? {
                true => format!(
                    "The file {path} has been updated. All occurrences were successfully replaced.{current}"
                ),
                false => format!("The file {path} has been updated successfully.{current}"),
            })
        }
        _ => None,
    }
}

/// Lines with their numbers.
fn numbered(content: &str, newest: bool) -> String {
    let lines: Vec<String> = content
        .split('\n')
        .enumerate()
        .map(|(index, line)| match newest {
            true => format!("{}\t{line}", index + 1),
            false => format!("{:>6}→{line}", index + 1),
        })
        .collect();
    lines.join("\n")
}

fn read(file: &Path, session: &Session, memory: &mut Memory) -> Done {
    let Ok(content) = std::fs::read_to_string(file) else {
        return Done::failed(missing(session));
    };
    memory.read.insert(file.to_owned());
    let response = json!({"type": "text", "file": {
        "filePath": file, "content": content, "numLines": content.split('\n').count(),
        "startLine": 1, "totalLines": content.split('\n').count(),
    }});
    let newest = session.client.semantics.merge == Merge::Ranked;
    let numbered = numbered(&content, newest);
    let reminder = match session.client.semantics.merge {
        Merge::Ranked => "",
        Merge::Streamed => words("read-reminder"),
        Merge::Collected => words("read-reminder-oldest"),
    };
    Done::good(format!("{numbered}{reminder}"), response)
}

fn missing(session: &Session) -> String {
    match session.client.semantics.merge {
        Merge::Ranked => format!(
            "File does not exist. Note: your current working directory is {}.",
            session.cwd.display()
        ),
        _ => "File does not exist.".to_owned(),
    }
}

/// What an older client's tool says about an input that only a hook can have made: the tool's
/// own checks were on the input before.
fn stumbles(call: &Call, file: &Path, session: &Session, memory: &Memory) -> Option<Done> {
    if session.client.semantics.merge == Merge::Ranked {
        return None;
    }
    if file.exists() && !memory.read.contains(file) {
        return Some(Done::failed(
            "File has been unexpectedly modified. Read it again before attempting to write it.",
        ));
    }
    if call.tool_name == "Write" {
        let given = call.tool_input.get("content");
        return given.is_none_or(|c| !c.is_string()).then(|| {
            Done::failed(format!(
                "The \"data\" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received {}",
                received(given)
            ))
        });
    }
    let content = std::fs::read_to_string(file).unwrap_or_default();
    let same = edits(call)
        .iter()
        .all(|(old, new, _)| old == new || (!old.is_empty() && !content.contains(old.as_str())));
    same.then(|| Done::failed("String not found in file. Failed to apply edit."))
}

/// A value as the client's runtime names it.
fn received(value: Option<&Value>) -> String {
    match value {
        None => "undefined".to_owned(),
        Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(value)) => format!("type boolean ({value})"),
        Some(Value::Number(value)) => format!("type number ({value})"),
        Some(Value::Array(_)) => "an instance of Array".to_owned(),
        Some(_) => "an instance of Object".to_owned(),
    }
}

/// What newer clients add to the result of a change.
fn current(session: &Session) -> &'static str {
    match session.client.semantics.merge {
        Merge::Ranked => words("current"),
        _ => "",
    }
}

fn write(call: &Call, file: &Path, session: &Session, memory: &mut Memory) -> Done {
    if let Some(done) = stumbles(call, file, session, memory) {
        return done;
    }
    let content = text(call, "content");
    let existed = file.exists();
    if let Some(folder) = file.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    if let Err(error) = std::fs::write(file, content) {
        return Done::failed(error.to_string());
    }
    memory.read.insert(file.to_owned());
    let response = json!({
        "type": if existed { "update" } else { "create" },
        "filePath": file, "content": content, "structuredPatch": [],
    });
    let path = file.display();
    let current = current(session);
    let told = if existed {
        format!("The file {path} has been updated successfully.{current}")
    } else {
        format!("File created successfully at: {path}{current}")
    };
    Done::good(told, response)
}

fn edit(call: &Call, file: &Path, session: &Session, memory: &Memory) -> Done {
    if let Some(done) = stumbles(call, file, session, memory) {
        return done;
    }
    let known = memory.read.contains(file);
    let current = if known { current(session) } else { "" };
    let mut content = std::fs::read_to_string(file).unwrap_or_default();
    for (old, new, all) in edits(call) {
        content = if old.is_empty() {
            new
        } else if all {
            content.replace(&old, &new)
        } else {
            content.replacen(&old, &new, 1)
        };
    }
    if let Err(error) = std::fs::write(file, &content) {
        return Done::failed(error.to_string());
    }
    let path = file.display();
    let told = match session.client.semantics.merge {
        Merge::Collected => {
            format!(
                "The file {path} has been updated. Here's the result of running `cat -n` on a snippet of the edited file:\n{}",
                numbered(&content, false)
            )
        }
        _ if edits(call).iter().any(|(_, _, all)| *all) => format!(
            "The file {path} has been updated. All occurrences were successfully replaced.{current}"
        ),
        _ => format!("The file {path} has been updated successfully.{current}"),
    };
    Done::good(told, json!({"filePath": file}))
}
