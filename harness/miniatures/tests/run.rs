//! The program: every miniature runs and ends, in both roles, where there is no agent.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use hookproof_miniatures::all;
use tempfile::TempDir;

const PRE: &str = r#"{"hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"file_path":"/f","content":"c"}}"#;
const POST: &str = r#"{"hook_event_name":"PostToolUse","tool_name":"Write","tool_input":{"file_path":"/f","content":"c"},"tool_response":{}}"#;

fn run(words: &[&str], payload: &str) -> Output {
    let home = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_miniature"))
        .args(words)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path())
        // Port 1 is reserved and nobody listens there.
        .env("AXONFLOW_ENDPOINT", "http://127.0.0.1:1")
        .env("AXONFLOW_PLUGIN_VERSION_CHECK", "off")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(payload.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[test]
fn every_miniature_runs_and_ends() {
    for miniature in all() {
        for (role, payload) in [("pre", PRE), ("post", POST)] {
            let output = run(&[miniature.name, role], payload);
            // 1 is the defect of some.
            let code = output.status.code();
            assert!(
                matches!(code, Some(0 | 1)),
                "{} {role}: {output:?}",
                miniature.name
            );
        }
    }
}

#[test]
fn the_sound_one_lets_a_call_run() {
    let output = run(&["sound", "pre"], PRE);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("was not checked"));
}

#[test]
fn an_unknown_name_is_wrong_usage() {
    let output = run(&["no-such", "pre"], PRE);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("allows-on-deny"));
}
