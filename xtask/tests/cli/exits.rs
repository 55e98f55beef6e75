//! Every exit code.

use super::{bare, scratch, xtask};
use predicates::prelude::PredicateBooleanExt as _;
use predicates::str::contains;

#[test]
fn a_conforming_hook_exits_0() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--filter", "deny-is-honoured"])
        .assert()
        .code(0)
        .stdout(contains(
            "Every MUST of axonflow-1.6 that was judged holds.",
        ));
}

#[test]
fn a_broken_must_exits_1_and_says_how_to_repeat_it() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--pre", "cat >/dev/null", "--agent", "required", "--filter", "deny-is-honoured/bash"])
        .assert()
        .code(1)
        .stdout(contains("FAIL deny-is-honoured (MUST)"))
        .stdout(contains("Expected: the host does not run the tool"))
        .stdout(contains("Observed: the host ran the tool; the hook exited 0"))
        .stdout(contains(
            "Reproduce: cargo xtask conform --pre 'cat >/dev/null' --agent required --filter deny-is-honoured/bash --keep",
        ));
}

#[test]
fn wrong_usage_exits_2() {
    let folder = scratch();
    xtask(folder.path()).arg("--no-such-flag").assert().code(2);
}

#[test]
fn trouble_of_the_harness_exits_3() {
    let folder = scratch();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    bare()
        .args(["conform", "--filter", "deny-is-honoured/bash", "--out"])
        .arg(file.join("below"))
        .assert()
        .code(3)
        .stderr(contains("cannot write"));
}

#[test]
fn nothing_judged_exits_4() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--filter", "unknown-tool/multi-edit"])
        .assert()
        .code(4)
        .stdout(contains(
            "not applicable: Claude Code 2.1.330 sent no payload `PreToolUse/MultiEdit-multiedit`",
        ))
        .stdout(contains("Nothing was judged."));
}

#[test]
fn a_hook_that_is_never_called_has_held_nothing() {
    let folder = scratch();
    let settings = folder.path().join("settings.json");
    let text = r#"{"hooks": {"PreToolUse": [{"matcher": "Bahs", "hooks": [{"type": "command", "command": "cat"}]}]}}"#;
    std::fs::write(&settings, text).unwrap();
    xtask(folder.path())
        .arg("--settings")
        .arg(&settings)
        .args(["--filter", "allow-runs"])
        .assert()
        .code(4)
        .stdout(contains(
            "not applicable: no matcher of the subject calls a hook for this tool",
        ));
}

#[test]
fn the_old_argv_hook_never_blocks() {
    // The shape that older documents show: exit 1 is no deny to Claude Code.
    let folder = scratch();
    let hook = folder.path().join("pre-tool.sh");
    let script = r#"#!/bin/sh
# asks /api/policy/pre-check, here without curl: the answer would be no
echo "BLOCKED: $1 $2" >&2
exit 1
"#;
    std::fs::write(&hook, script).unwrap();
    xtask(folder.path())
        .arg("--argv-pre")
        .arg(format!("sh {}", hook.display()))
        .args(["--filter", "deny-is-honoured/bash"])
        .assert()
        .code(1)
        .stdout(contains("the host ran the tool"))
        .stdout(contains("the hook exited 1"));
}

#[test]
fn a_hook_without_an_agent_is_told_so_and_not_failed() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--pre", "cat >/dev/null", "--filter", "auth-reason"])
        .assert()
        .code(0)
        .stdout(contains("not applicable: the subject asks no policy agent"))
        .stdout(contains("0 broken"));
}

#[test]
fn hooks_of_a_settings_file_find_their_scripts() {
    let folder = scratch();
    let hooks = folder.path().join(".claude/hooks");
    std::fs::create_dir_all(&hooks).unwrap();
    std::fs::write(
        hooks.join("no.sh"),
        "echo \"no: $CLAUDE_PROJECT_DIR\" >&2; exit 2\n",
    )
    .unwrap();
    for command in [
        "sh $CLAUDE_PROJECT_DIR/.claude/hooks/no.sh",
        "sh .claude/hooks/no.sh",
    ] {
        let settings = serde_json::json!({"hooks": {"PreToolUse": [
            {"matcher": "Bash", "hooks": [{"type": "command", "command": command}]}
        ]}});
        let file = folder.path().join(".claude/settings.json");
        std::fs::write(&file, settings.to_string()).unwrap();
        xtask(folder.path())
            .arg("--settings")
            .arg(&file)
            .args(["--agent", "required", "--filter", "deny-is-honoured/bash"])
            .assert()
            .code(1)
            .stdout(contains("no check_policy request"))
            .stdout(contains("the host ran the tool").not());
    }
}
