//! Runs a command line and keeps the current directory.

use std::path::PathBuf;
use std::time::Duration;

use hookproof_process::{Exit, Program, Stdio, Wait, run as run_program};
use serde_json::{Value, json};

use super::Done;
use crate::output::text::{length, prefix};
use crate::semantics::Merge;
use crate::texts::persisted;
use crate::{Call, Session};

const NO_OUTPUT: &str = "(Bash completed with no output)";
/// The longest output that the model gets as it is, in UTF-16 units.
const LONGEST: usize = 30_000;
/// The longest failure that the model gets as it is, in UTF-16 units.
const LONGEST_FAILURE: usize = 10_000;
/// Notes the directory in which the command line ended.
const WRAPPER: &str = "trap 'pwd -P > \"$2\"' EXIT; eval \"$1\"";

pub(super) async fn run(call: &Call, session: &mut Session) -> Done {
    let Some(line) = call.tool_input.get("command").and_then(Value::as_str) else {
        return wrong_command(&call.tool_input, session);
    };
    let Ok(note) = tempfile::NamedTempFile::new() else {
        return Done::failed("no temporary file");
    };
    let mixed = session.client.semantics.merge == Merge::Ranked;
    let wrapper = if mixed {
        format!("exec 2>&1; {WRAPPER}")
    } else {
        WRAPPER.to_owned()
    };
    let place = note.path().to_string_lossy().into_owned();
    let argv = ["/bin/bash", "-c", &wrapper, "/bin/bash", line, &place];
    let mut program = Program::new(argv, session.cwd.clone());
    program.env = session.env.clone();
    program.stdio = Stdio::Pipes;
    program.wait = Wait::Exit {
        grace: Duration::from_millis(200),
    };
    let finished = match run_program(program).await {
        Ok(finished) => finished,
        Err(error) => return Done::failed(error.to_string()),
    };
    let ended_in = std::fs::read_to_string(note.path()).unwrap_or_default();
    if !ended_in.trim().is_empty() {
        session.cwd = PathBuf::from(ended_in.trim_end_matches('\n'));
    }
    let code = match finished.exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => 128 + signal,
        Exit::Unknown => 1,
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&finished.stdout.bytes), text(&finished.stderr.bytes));
    if code != 0 && !is_an_answer(line, code) {
        return Done::failed(failure(code, &stdout, &stderr, session));
    }
    let both = [kept(&stdout), stderr.trim_end()];
    let both: Vec<&str> = both.into_iter().filter(|t| !t.is_empty()).collect();
    let shown = both.join("\n");
    let response = json!({
        "stdout": shown, "stderr": "", "interrupted": false, "isImage": false,
    });
    if shown.is_empty() && mixed {
        return Done::good(NO_OUTPUT, response);
    }
    Done::good(limited(shown, session.client.semantics.merge), response)
}

/// What older clients say when a hook rewrote the command into something else.
fn wrong_command(input: &Value, session: &Session) -> Done {
    let newer = session.client.semantics.merge == Merge::Streamed;
    Done::failed(if input.get("command").is_some() {
        let name = if newer { "y" } else { "O" };
        format!(
            "<tool_use_error>Error calling tool (Bash): {name}.command.trim is not a function</tool_use_error>"
        )
    } else {
        "Cannot read properties of undefined (reading 'includes')".to_owned()
    })
}

/// Programs whose exit code 1 is an answer, not a failure.
fn is_an_answer(line: &str, code: i32) -> bool {
    let last = line.rsplit(['|', ';', '&']).next().unwrap_or(line);
    let program = last.split_whitespace().next().unwrap_or_default();
    code == 1 && ["grep", "rg", "find", "diff", "test", "["].contains(&program)
}

fn failure(code: i32, stdout: &str, stderr: &str, session: &Session) -> String {
    let parts = match session.client.semantics.merge {
        Merge::Ranked => vec![format!("Exit code {code}"), stdout.trim_end().to_owned()],
        Merge::Streamed => vec![
            format!("Exit code {code}"),
            stderr.to_owned(),
            stdout.trim_end().to_owned(),
        ],
        Merge::Collected => vec![stderr.to_owned(), stdout.to_owned()],
    };
    let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let text = parts.join("\n").trim().to_owned();
    if text.is_empty() {
        return "Error".to_owned();
    }
    let told = ends(&text);
    // The newest client cuts nothing when that makes the text longer.
    let longer = length(&told) >= length(&text);
    if session.client.semantics.merge == Merge::Ranked && longer {
        return text;
    }
    told
}

/// The beginning and the end of a long failure.
fn ends(text: &str) -> String {
    let whole = length(text);
    if whole <= LONGEST_FAILURE {
        return text.to_owned();
    }
    let half = LONGEST_FAILURE / 2;
    let first = prefix(text, half);
    let last = &text[prefix(text, whole - half).len()..];
    let left = whole - LONGEST_FAILURE;
    format!("{first}\n\n... [{left} characters truncated] ...\n\n{last}")
}

/// The result for an output that a hook gave, when it has the tool's shape.
pub(super) fn result_of(output: &Value) -> Option<Done> {
    let text = |name: &str| output.get(name)?.as_str();
    let interrupted = output.get("interrupted")?.as_bool()?;
    if output.get("isImage").is_some_and(|i| !i.is_boolean()) {
        return None;
    }
    let stdout = kept(text("stdout")?);
    let aborted = "<error>Command was aborted before completion</error>";
    let parts = [
        stdout,
        text("stderr")?.trim(),
        if interrupted { aborted } else { "" },
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    let told = match parts.join("\n") {
        told if told.is_empty() => NO_OUTPUT.to_owned(),
        told => limited(told, Merge::Ranked),
    };
    Some(Done {
        failed: interrupted,
        ..Done::good(told, output.clone())
    })
}

/// Standard output as the model gets it: without empty lines before and space after it.
fn kept(stdout: &str) -> &str {
    let first = stdout
        .find(|c: char| !c.is_whitespace())
        .unwrap_or(stdout.len());
    let line = stdout[..first].rfind('\n').map_or(0, |at| at + 1);
    stdout[line..].trim_end()
}

/// A long output goes into a file; the oldest clients cut it.
fn limited(told: String, merge: Merge) -> String {
    if length(&told) <= LONGEST {
        return told;
    }
    if merge == Merge::Collected {
        let kept = prefix(&told, LONGEST);
        let lines = told[kept.len()..].split('\n').count();
        return format!("{kept}\n\n... [{lines} lines truncated] ...");
    }
    persisted(&told, "toolu_X.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_failure_keeps_its_ends() {
        let text = format!("a{}z", "-".repeat(10_010));
        let told = ends(&text);
        assert!(told.starts_with("a-") && told.ends_with("-z"));
        assert!(told.contains("-\n\n... [12 characters truncated] ...\n\n-"));
        assert_eq!(ends("short"), "short");
    }

    #[test]
    fn the_oldest_clients_cut_a_long_output() {
        let text = format!("{}\nb\nc", "a".repeat(LONGEST - 1));
        let told = limited(text, Merge::Collected);
        assert!(
            told.ends_with("a\n\n\n... [2 lines truncated] ..."),
            "{}",
            &told[LONGEST - 2..]
        );
    }
}
