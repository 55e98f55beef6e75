//! Sessions with real processes: what a hook meets, and what comes of its answer.

use std::path::Path;
use std::time::Duration;

use hookproof_host::{
    Call, Client, ClientVersion, Event, Fate, HookSet, Outcome, PermissionMode, Permissions,
    Prompter, Reading, Session, Why,
};
use serde_json::json;

const OLDER: ClientVersion = Client::MEASURED[2];
const NEWEST: ClientVersion = Client::MEASURED[3];

fn bash() -> Call {
    Call {
        event: Event::PreToolUse,
        tool_name: "Bash".into(),
        tool_input: json!({"command": "make deploy"}),
        tool_response: None,
    }
}

fn session(version: ClientVersion, command: &str, folder: &Path) -> Session {
    let hooks = HookSet::from_commands(Some(command), None, None, Some(Duration::from_secs(20)));
    let mut session = Session::new(Client::at(version), hooks, folder);
    session.env = vec![
        ("PATH".into(), std::env::var_os("PATH").unwrap_or_default()),
        ("HOME".into(), folder.into()),
    ];
    session.permissions = Permissions {
        allow: vec!["Bash".into()],
        ..Permissions::default()
    };
    session
}

async fn fire(session: &Session) -> Outcome {
    let call = bash();
    session.fire(&call, &session.payload(&call)).await
}

#[tokio::test]
async fn a_deny_blocks_and_its_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for version in Client::MEASURED {
        let blocked = fire(&session(version, "echo NO >&2; exit 2", folder.path())).await;
        assert_eq!(blocked.fate, Fate::Blocked, "{version}");
        assert!(blocked.reason.unwrap().contains("NO"), "{version}");
    }
}

#[tokio::test]
async fn a_failing_hook_does_not_govern_and_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = fire(&session(NEWEST, "exit 127", folder.path())).await;
    assert_eq!(outcome.fate, Fate::Runs);
    assert_eq!(outcome.ungoverned[0].why, Why::DidNotRun);
    assert_eq!(
        outcome.to_user,
        ["A hook gave no usable answer, so it didn't check this action."]
    );
    assert_eq!(outcome.runs[0].reading, Reading::Silent);
}

#[tokio::test]
async fn stdin_is_given_verbatim() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(NEWEST, "cat > seen", folder.path());
    session.fire(&bash(), b"\xff not json\n\n").await;
    assert_eq!(
        std::fs::read(folder.path().join("seen")).unwrap(),
        b"\xff not json\n\n"
    );
}

#[tokio::test]
async fn only_the_newest_ends_the_payload_with_a_newline() {
    let folder = tempfile::tempdir().unwrap();
    for (version, ends) in [(OLDER, false), (NEWEST, true)] {
        let payload = session(version, "true", folder.path()).payload(&bash());
        assert_eq!(payload.ends_with(b"\n"), ends, "{version}");
        let value: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(value["hook_event_name"], "PreToolUse");
        assert_eq!(value["tool_input"]["command"], "make deploy");
    }
}

#[tokio::test]
async fn the_newest_client_gives_sockets_so_dev_stdin_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let command = "read line < /dev/stdin && exit 2; exit 0";
    let newest = fire(&session(NEWEST, command, folder.path())).await;
    assert_eq!(newest.fate, Fate::Runs);
    let command = "head -c 1 < /dev/stdin > seen; test -s seen && exit 2; exit 0";
    let older = fire(&session(OLDER, command, folder.path())).await;
    assert_eq!(older.fate, Fate::Blocked);
}

#[tokio::test]
async fn hooks_know_their_project_and_client() {
    let folder = tempfile::tempdir().unwrap();
    let command = "echo \"$CLAUDE_PROJECT_DIR $CLAUDECODE $CLAUDE_CODE_ENTRYPOINT\" >&2; exit 2";
    let told = fire(&session(NEWEST, command, folder.path()))
        .await
        .reason
        .unwrap();
    let expected = format!("{} 1 sdk-cli", folder.path().display());
    assert!(told.contains(&expected), "{told}");
}

#[tokio::test]
async fn a_timeout_kills_the_hook_and_the_tool_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(NEWEST, "sleep 60; exit 2", folder.path());
    session.hooks.hooks[0].timeout = Duration::from_millis(300);
    let outcome = fire(&session).await;
    assert_eq!(outcome.fate, Fate::Runs);
    assert!(outcome.runs[0].cancelled);
    assert_eq!(outcome.ungoverned[0].why, Why::TimedOut);
}

#[tokio::test]
async fn a_child_that_holds_stdout_delays_only_older_clients() {
    let folder = tempfile::tempdir().unwrap();
    let command = "echo LATE >&2; sleep 30 & exit 2";
    let outcome = fire(&session(NEWEST, command, folder.path())).await;
    assert_eq!(outcome.fate, Fate::Blocked);
    assert!(outcome.runs[0].finished.as_ref().unwrap().held_open);
    let mut older = session(OLDER, command, folder.path());
    older.hooks.hooks[0].timeout = Duration::from_secs(1);
    assert_eq!(
        fire(&older).await.fate,
        Fate::Runs,
        "the verdict is lost with the timeout"
    );
}

#[tokio::test]
async fn an_ask_needs_somebody_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let answer = r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask","permissionDecisionReason":"WHY"}}"#;
    let command = format!("echo '{answer}'");
    let mut session = session(NEWEST, &command, folder.path());
    let alone = fire(&session).await;
    assert_eq!(
        (alone.fate, alone.reason.as_deref()),
        (Fate::Refused, Some("WHY"))
    );
    session.prompter = Some(Prompter::allow());
    let asked = fire(&session).await;
    assert_eq!(asked.fate, Fate::RunsAfterPrompt);
    assert_eq!(asked.prompted, [Some("WHY".to_owned())]);
    session.prompter = Some(Prompter::deny("no"));
    assert_eq!(fire(&session).await.reason.as_deref(), Some("no"));
}

#[tokio::test]
async fn without_a_rule_the_mode_decides() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(NEWEST, "true", folder.path());
    session.permissions = Permissions::default();
    assert_eq!(fire(&session).await.fate, Fate::Refused);
    session.mode = PermissionMode::BypassPermissions;
    assert_eq!(fire(&session).await.fate, Fate::Runs);
}

#[tokio::test]
async fn the_old_shape_gets_name_and_input_as_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session(NEWEST, "true", folder.path());
    session.hooks = HookSet::from_argv_command("printf '%s|%s'");
    let outcome = fire(&session).await;
    let Reading::PlainText { text } = &outcome.runs[0].reading else {
        panic!("{:?}", outcome.runs[0].reading);
    };
    assert_eq!(text, r#"Bash|{"command":"make deploy"}"#);
}
