//! Every kind of bad input: a clear message, exit code 2, nothing half-written.

use super::{bare, scratch, xtask};
use predicates::str::{contains, is_match};
use std::fs;

#[test]
fn a_missing_plugin_is_named() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--plugin", "no/such/plugin"])
        .assert()
        .code(2)
        .stderr(contains("--plugin no/such/plugin"))
        .stderr(contains("help: give the path of an existing directory"));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_plugin_without_hooks_is_explained() {
    let folder = scratch();
    xtask(folder.path())
        .arg("--plugin")
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(contains("hooks.json"));
}

#[test]
fn broken_hooks_json_is_shown_with_line_and_column() {
    let folder = scratch();
    let plugin = folder.path().join("plugin");
    fs::create_dir_all(plugin.join("hooks")).unwrap();
    fs::write(
        plugin.join("hooks/hooks.json"),
        "{\n  \"hooks\": {\n    oops\n  }\n}\n",
    )
    .unwrap();
    xtask(folder.path())
        .arg("--plugin")
        .arg(&plugin)
        .assert()
        .code(2)
        .stderr(is_match(r"hooks\.json:3:\d+").unwrap())
        .stderr(contains("help:"));
}

#[test]
fn a_hook_configuration_that_the_client_drops_is_no_green_run() {
    // Valid JSON, but the real client silently drops all hooks of such a file.
    let folder = scratch();
    let settings = folder.path().join("settings.json");
    let text = r#"{"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "true", "timeout": "5"}]}]}}"#;
    fs::write(&settings, text).unwrap();
    xtask(folder.path())
        .arg("--settings")
        .arg(&settings)
        .assert()
        .code(2)
        .stderr(contains("timeout"));
}

#[test]
fn a_broken_scenario_file_is_shown_with_line_column_and_hint() {
    let folder = scratch();
    let scenarios = folder.path().join("scenarios");
    fs::create_dir_all(&scenarios).unwrap();
    fs::write(
        scenarios.join("mine.toml"),
        "[[scenario]]\nid = \"mine\"\ntitle = \"t\"\n\n[[scenario.expect]]\nrequirement = \"r\"\nhost = \"blokked\"\n",
    )
    .unwrap();
    xtask(folder.path())
        .arg("--scenarios")
        .arg(&scenarios)
        .assert()
        .code(2)
        .stderr(contains("mine.toml:7:8"))
        .stderr(contains("did you mean `blocked`?"));
}

#[test]
fn a_scenario_that_means_nothing_is_shown() {
    // Each of these would hold, or not apply, whatever the hook does.
    let cases = [
        (
            "payload = \"PreToolUse/Bash-bash-okk\"",
            "host = \"runs\"",
            "did you mean `PreToolUse/Bash-bash-ok`?",
        ),
        (
            "payload = \"PreToolUse/Bash-bash-ok\"",
            "wire = [{ call = \"chek_policy\", times = 0 }]",
            "did you mean `check_policy`?",
        ),
        (
            "payload = \"PreToolUse/Bash-bash-ok\"",
            "reason.matches = \"a(\"",
            "`a(` is no regular expression",
        ),
    ];
    for (payload, assertion, message) in cases {
        let folder = scratch();
        let scenarios = folder.path().join("scenarios");
        fs::create_dir_all(&scenarios).unwrap();
        let file = format!(
            r#"[[contract]]
id = "mine"
title = "Mine"
source = "s"

[[requirement]]
id = "r"
text = "t"
why = "w"
source = "s"
contracts = {{ "mine" = "must" }}
needs = []
proven-by = ["m"]

[[scenario]]
id = "s"
title = "t"
{payload}
[[scenario.expect]]
requirement = "r"
{assertion}
"#
        );
        fs::write(scenarios.join("mine.toml"), file).unwrap();
        xtask(folder.path())
            .arg("--scenarios")
            .arg(&scenarios)
            .args(["--contract", "mine"])
            .assert()
            .code(2)
            .stderr(contains("mine.toml:15:1"))
            .stderr(contains(message));
    }
}

#[test]
fn a_hook_that_cannot_be_started_is_no_green_run() {
    let folder = scratch();
    xtask(folder.path())
        .args(["--pre", "/no/such/hook.sh", "--filter", "allow-runs"])
        .assert()
        .code(2)
        .stderr(contains("`/no/such/hook.sh` cannot be started"))
        .stderr(contains("not found"));
}

#[test]
fn names_that_do_not_exist_are_named() {
    let folder = scratch();
    let cases = [
        (
            ["--contract", "axonflow-9"],
            "there is no contract `axonflow-9`; there are axonflow-1.6",
        ),
        (
            ["--filter", "no-such-thing"],
            "no scenario, requirement or area begins with `no-such-thing`",
        ),
        (
            ["--miniature", "no-such-defect"],
            "there is no miniature `no-such-defect`",
        ),
        (
            ["--client", "new"],
            "write a Claude Code version such as 2.1.330",
        ),
        (["--env", "NOVALUE"], "write --env NAME=VALUE"),
    ];
    for (arguments, message) in cases {
        xtask(folder.path())
            .args(arguments)
            .assert()
            .code(2)
            .stderr(contains(message));
    }
    bare()
        .args(["explain", "no-such-id"])
        .assert()
        .code(2)
        .stderr(contains("`no-such-id` is no requirement"));
}
