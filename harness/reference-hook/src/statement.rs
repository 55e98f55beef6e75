//! What the agent must be shown: the statement before the call, the message after it.

use crate::json::{self, Fields};
use crate::payload::Call;

/// The arguments that carry what an MCP tool is asked to do.
const MCP_ARGUMENTS: [&str; 4] = ["query", "statement", "command", "url"];

/// Everything that would take effect if the call ran; never empty.
#[must_use]
pub fn statement(call: &Call<'_>) -> String {
    let arguments = &call.arguments;
    let found = match call.tool.as_str() {
        "Bash" => arguments.text("command"),
        "Write" | "Edit" | "MultiEdit" => written(call).map(|text| {
            let path = arguments.text("file_path").unwrap_or_default();
            format!("{path}\n{text}")
        }),
        "NotebookEdit" => written(call),
        _ if call.is_mcp() => asked(arguments),
        _ => None,
    };
    // An empty statement would be refused by the agent, and says nothing of a deletion.
    found
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| json::compact(call.input))
}

/// The text that must be scanned after the call; `None` when there is none.
#[must_use]
pub fn message(call: &Call<'_>) -> Option<String> {
    if let Some(error) = &call.error {
        return Some(error.clone()).filter(|text| !text.is_empty());
    }
    let text = match call.tool.as_str() {
        "Bash" => printed(call),
        "Write" | "Edit" | "MultiEdit" | "NotebookEdit" => written(call).unwrap_or_default(),
        _ => call.response.map(json::compact).unwrap_or_default(),
    };
    let nothing = ["", "\"\"", "{}", "[]"].contains(&text.as_str());
    (!nothing).then_some(text)
}

/// The text that a file tool puts into the file.
#[must_use]
pub fn written(call: &Call<'_>) -> Option<String> {
    let arguments = &call.arguments;
    match call.tool.as_str() {
        "Write" => arguments.text("content"),
        "Edit" => arguments.text("new_string"),
        "MultiEdit" => {
            let edits = arguments.list("edits")?;
            let texts: Option<Vec<_>> = edits
                .iter()
                .map(|edit| Fields::parse(edit.get())?.text("new_string"))
                .collect();
            texts.map(|texts| texts.join("\n"))
        }
        // Clients that call it `cell_content` were never seen, but documents name it.
        "NotebookEdit" => arguments
            .full_text("new_source")
            .or_else(|| arguments.text("cell_content")),
        _ => None,
    }
}

/// What an MCP tool is asked to do, then whatever else it is told.
fn asked(arguments: &Fields<'_>) -> Option<String> {
    let named: Vec<(&str, String)> = MCP_ARGUMENTS
        .into_iter()
        .filter_map(|key| Some((key, arguments.full_text(key)?)))
        .collect();
    if named.is_empty() {
        return None;
    }
    let keys: Vec<&str> = named.iter().map(|(key, _)| *key).collect();
    let mut parts: Vec<String> = named.into_iter().map(|(_, text)| text).collect();
    parts.extend(arguments.without(&keys));
    Some(parts.join("\n"))
}

/// What a Bash call printed; the command itself when all of it went into a file.
fn printed(call: &Call<'_>) -> String {
    let response = call.response.unwrap_or_default();
    let Some(fields) = Fields::parse(response) else {
        return serde_json::from_str(response).unwrap_or_default();
    };
    let stdout = fields.text("stdout").unwrap_or_default();
    let stderr = fields.text("stderr").unwrap_or_default();
    let command = call.arguments.text("command").unwrap_or_default();
    let first = if stdout.is_empty() && redirects(&command) {
        command
    } else {
        stdout
    };
    [first, stderr]
        .iter()
        .filter(|text| !text.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether a shell command writes into a file: an unquoted `>` whose target is neither a
/// descriptor nor `/dev/null`.
fn redirects(command: &str) -> bool {
    let mut quote = None;
    let mut letters = command.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None | Some('"'), '\\') => {
                letters.next();
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => {
                let target = command[at + 1..].trim_start_matches(['>', '|', ' ']);
                let descriptor = target.strip_prefix('&').is_some_and(|target| {
                    target.starts_with(|c: char| c.is_ascii_digit() || c == '-')
                });
                let nowhere = target.starts_with("/dev/null");
                if !descriptor && !nowhere && !target.is_empty() {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;

    fn statement_of(tool: &str, input: &str) -> String {
        let text = format!(r#"{{"tool_name":"{tool}","tool_input":{input}}}"#);
        statement(&Payload::read(text.as_bytes()).unwrap().call())
    }

    fn message_of(rest: &str) -> Option<String> {
        message(
            &Payload::read(format!("{{{rest}}}").as_bytes())
                .unwrap()
                .call(),
        )
    }

    #[test]
    fn each_tool_shows_what_takes_effect() {
        for (tool, input, expected) in [
            ("Bash", r#"{"command":"a\nb","timeout":5}"#, "a\nb"),
            ("Write", r#"{"file_path":"/f","content":"c"}"#, "/f\nc"),
            (
                "Edit",
                r#"{"file_path":"/f","old_string":"o","new_string":"n"}"#,
                "/f\nn",
            ),
            (
                "MultiEdit",
                r#"{"file_path":"/f","edits":[{"new_string":"1"},{"new_string":"2"}]}"#,
                "/f\n1\n2",
            ),
            ("NotebookEdit", r#"{"new_source":"s","cell_id":"c"}"#, "s"),
            ("NotebookEdit", r#"{"cell_content":"s"}"#, "s"),
            ("mcp__db__q", r#"{"query":"SELECT 1"}"#, "SELECT 1"),
            ("mcp__db__q", r#"{ "n": 1 }"#, r#"{"n":1}"#),
            ("Read", r#"{ "file_path": "/f" }"#, r#"{"file_path":"/f"}"#),
        ] {
            assert_eq!(statement_of(tool, input), expected, "{tool} {input}");
        }
    }

    #[test]
    fn nothing_hides_beside_a_named_argument() {
        let statement = statement_of(
            "mcp__db__q",
            r#"{"query":"SELECT 1","url":"http://x/","also":{"drop":true}}"#,
        );
        assert_eq!(statement, "SELECT 1\nhttp://x/\n{\"also\":{\"drop\":true}}");
    }

    #[test]
    fn odd_input_is_shown_whole() {
        for (tool, input) in [
            ("Bash", r#"{"command":""}"#),
            ("Bash", r#"{"command":["rm"]}"#),
            ("Bash", r#"{}"#),
            ("Write", r#"{"file_path":"/f"}"#),
            (
                "NotebookEdit",
                r#"{"notebook_path":"/n","new_source":"","edit_mode":"delete"}"#,
            ),
            ("MultiEdit", r#"{"edits":[{"new_string":1}]}"#),
            ("mcp__a__b", r#"[1,2]"#),
        ] {
            assert_eq!(statement_of(tool, input), input, "{tool}");
        }
    }

    #[test]
    fn each_tool_is_scanned_for_what_it_put_out() {
        for (payload, expected) in [
            (
                r#""tool_name":"Bash","tool_input":{"command":"x"},"tool_response":{"stdout":"o","stderr":"e"}"#,
                Some("o\ne"),
            ),
            (
                r#""tool_name":"Bash","tool_input":{"command":"echo 1 > f"},"tool_response":{"stdout":"","stderr":""}"#,
                Some("echo 1 > f"),
            ),
            (
                r#""tool_name":"Bash","tool_input":{"command":"true"},"tool_response":{"stdout":"","stderr":""}"#,
                None,
            ),
            (
                r#""tool_name":"Write","tool_input":{"content":"c"},"tool_response":{}"#,
                Some("c"),
            ),
            (
                r#""tool_name":"mcp__m__s","tool_input":{},"tool_response":[{"type": "text"}]"#,
                Some(r#"[{"type":"text"}]"#),
            ),
            (
                r#""tool_name":"mcp__m__s","tool_input":{},"tool_response":"" "#,
                None,
            ),
            (
                r#""tool_name":"Bash","tool_input":{"command":"x"},"error":"Exit code 3""#,
                Some("Exit code 3"),
            ),
            (r#""tool_name":"Bash""#, None),
        ] {
            assert_eq!(message_of(payload).as_deref(), expected, "{payload}");
        }
    }

    #[test]
    fn only_files_count_as_redirection() {
        for command in [
            "a >f",
            "a >> f",
            "a &> f",
            "a 2>f",
            "a >& f",
            "cat <<E >f\nx\nE",
        ] {
            assert!(redirects(command), "{command}");
        }
        for command in [
            "a 2>&1",
            "a >/dev/null",
            "echo 'a > b'",
            "echo \"a > b\"",
            "echo a \\> b",
            "a >&-",
        ] {
            assert!(!redirects(command), "{command}");
        }
    }
}
