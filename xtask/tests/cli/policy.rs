//! `cargo xtask policy`.

use super::{bare, scratch};
use predicates::str::contains;
use serde_json::Value;
use std::fs;
use std::path::Path;

const PACK: &str = r#"
[pack]
id = "mine"
name = "Mine"
description = "d"

[[policy]]
id = "no_rm"
name = "No rm"
category = "security-dangerous"
severity = "high"
action = "block"
pattern = 'rm -rf /'
description = "d"
must-match = ["rm -rf /", "x rm -rf /", "rm -rf /a"]
must-not-match = ["rm", "rm -r", "rm -rf ."]
"#;

fn policy(command: &str) -> assert_cmd::Command {
    let mut program = bare();
    program.args(["policy", command]);
    program
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn decisions(command: &mut assert_cmd::Command) -> Vec<Value> {
    let output = command.assert().success().get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn eval_judges_each_line() {
    let input = "\"rm -rf /\"\n\n{\"command\": \"ls\"}\n{\"message\": \"SSN 123-45-6789\"}\n";
    let all = decisions(policy("eval").write_stdin(input));
    assert_eq!(all.len(), 3);
    assert_eq!(
        (&all[0]["allowed"], &all[0]["action"]),
        (&false.into(), &"block".into())
    );
    assert!(all[0]["block_reason"].is_string() && all[0]["policies"][0].is_string());
    assert_eq!(
        (&all[1]["allowed"], &all[1]["redacted"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!(all[2]["action"], "redact");
    assert!(!all[2]["redacted"].as_str().unwrap().contains("6789"));
}

#[test]
fn eval_activates_the_integration_from_the_first_claude_call_on() {
    let write = r#"{"statement": "/p/.claude/settings.json\n{}", "tool": "Write"}"#;
    let claude = r#"{"statement": "ls", "connector_type": "claude_code.Bash"}"#;
    let all = decisions(policy("eval").write_stdin(format!("{write}\n{claude}\n{write}\n")));
    assert_eq!(
        (&all[0]["allowed"], &all[2]["allowed"]),
        (&true.into(), &false.into())
    );
}

#[test]
fn eval_keeps_what_it_printed_before_a_bad_line() {
    policy("eval")
        .write_stdin("\"ls\"\nrm -rf /\n\"ls\"\n")
        .assert()
        .code(2)
        .stdout(contains("\"allowed\":true").count(1))
        .stderr(contains("<stdin>:2:1"))
        .stderr(contains("help:"));
}

#[test]
fn eval_names_wrong_settings() {
    for (arguments, message) in [
        (["--pack", "sytem"], "there is no pack `sytem`"),
        (["--posture", "pii=maybe"], "`maybe` is no action"),
        (["--posture", "all=block"], "`all` is no group"),
        (["--profile", "wild"], "there is no such profile"),
        (["--integration", "none"], "this pack has"),
    ] {
        policy("eval")
            .args(arguments)
            .write_stdin("\"ls\"\n")
            .assert()
            .code(2)
            .stderr(contains(message));
    }
}

#[test]
fn eval_takes_lines_of_many_megabytes() {
    let long = format!("\"{}\"\n", "x ".repeat(4 << 20));
    assert_eq!(decisions(policy("eval").write_stdin(long)).len(), 1);
}

#[test]
fn check_tells_errors_by_its_exit() {
    let folder = scratch();
    let good = write(folder.path(), "good.toml", PACK);
    let wrong = PACK.replace("\"rm -rf .\"", "\"rm -rf /x\"");
    let wrong = write(folder.path(), "wrong.toml", &wrong);
    let broken = PACK.replace("severity = \"high\"", "severity = \"hihg\"");
    let broken = write(folder.path(), "broken.toml", &broken);
    policy("check").arg(&good).assert().code(0);
    policy("check")
        .arg(&wrong)
        .assert()
        .code(1)
        .stdout(contains("examples that do not hold: 1"));
    policy("check")
        .args([&broken, &good])
        .assert()
        .code(2)
        .stderr(contains("broken.toml:11:12"))
        .stdout(contains("good.toml: 1 policies"));
    policy("check")
        .args([&wrong, "--format", "json"])
        .assert()
        .code(1)
        .stdout(contains("\"kind\": \"example\""));
    policy("check").arg("nowhere.toml").assert().code(2);
}

#[test]
fn snapshots_tell_what_changed_by_policy() {
    let folder = scratch();
    let pack = write(folder.path(), "mine.toml", PACK);
    let corpus = folder.path().join("corpus");
    write(&corpus, "harmless/a.jsonl", "{\"statement\": \"ls\"}\n");
    write(
        &corpus,
        "attacks/a.jsonl",
        "{\"statement\": \"rm -rf /\"}\n",
    );
    let run = || {
        let mut command = policy("snapshot");
        command.args(["--pack", &pack, "--corpus"]).arg(&corpus);
        command
    };
    run().assert().code(1).stdout(contains("new statements: 2"));
    run().arg("--update").assert().code(0);
    run().assert().code(0).stdout(contains("nothing changed"));
    fs::write(&pack, PACK.replace("'rm -rf /'", "'rm -rf //'")).unwrap();
    run().assert().code(1).stdout(contains(
        "policy no_rm: 1 no longer matched\n  - attacks/a: \"rm -rf /\": block",
    ));
    fs::remove_file(corpus.join("harmless/a.jsonl")).unwrap();
    run()
        .arg("--update")
        .assert()
        .code(0)
        .stdout(contains("1 removed"));
    assert!(!corpus.join("snapshots/mine/harmless/a.snap").exists());
}

#[test]
fn a_corpus_without_statements_or_with_bad_ones_is_told() {
    let folder = scratch();
    policy("snapshot")
        .arg("--corpus")
        .arg(folder.path())
        .assert()
        .code(4);
    write(
        folder.path(),
        "k/a.jsonl",
        "{\"statement\": \"a\"}\n{\"statment\": \"b\"}\n",
    );
    policy("snapshot")
        .arg("--corpus")
        .arg(folder.path())
        .assert()
        .code(2)
        .stderr(contains("a.jsonl:2:"));
    policy("report")
        .args(["--corpus", "no/such/folder"])
        .assert()
        .code(2);
}

#[test]
fn the_shipped_snapshots_are_current() {
    policy("snapshot").assert().code(0);
}

#[test]
fn evade_tells_what_gets_past_a_pack() {
    let folder = scratch();
    let pack = write(folder.path(), "mine.toml", PACK);
    let output = policy("evade")
        .args(["--pack", &pack, "--pairs", "5", "--format", "json"])
        .output()
        .expect("it runs");
    assert!(output.status.success());
    let report: Value = serde_json::from_slice(&output.stdout).expect("a JSON document");
    let one = &report["policies"][0];
    assert!(one["single"]["missed"].as_u64() > Some(0), "{report}");
    let evasion = one["evasion"]["text"].as_str().expect("an evasion");
    let verdict = decisions(
        policy("eval")
            .args(["--pack", &pack])
            .write_stdin(serde_json::to_string(evasion).expect("a string is JSON")),
    );
    assert_eq!(verdict[0]["allowed"], true, "{evasion}");
    policy("evade")
        .args(["--pack", &pack, "--policy", "nobody"])
        .assert()
        .code(2)
        .stderr(contains("no policy `nobody`"));
}

#[test]
fn cost_tells_what_takes_long() {
    let folder = scratch();
    let pack = write(folder.path(), "mine.toml", PACK);
    policy("cost")
        .args(["--pack", &pack, "--seconds", "1"])
        .assert()
        .success()
        .stdout(contains("within"));
}

#[test]
fn import_reads_an_answer() {
    let folder = scratch();
    let answer = r#"{"policies": [
        {"policy_id": "a", "name": "A", "category": "security-sqli", "pattern": "drop\\s+table", "severity": "high", "action": "block"},
        {"policy_id": "b", "name": "B", "category": "security-sqli", "pattern": "(?=x)", "severity": "high", "action": "block"}
    ], "pagination": {"page": 1, "page_size": 20, "total": 2, "total_pages": 1}}"#;
    let answer = write(folder.path(), "answer.json", answer);
    let out = folder.path().join("out.toml");
    let import = || {
        let mut command = policy("import");
        command.arg(&answer).arg("--out").arg(&out);
        command
    };
    import()
        .assert()
        .code(1)
        .stderr(contains("left out: policy b"));
    policy("check").arg(&out).assert().code(0);
    import()
        .assert()
        .code(2)
        .stderr(contains("cannot write a new file"));
    let other = write(folder.path(), "other.json", "{}");
    policy("import").arg(&other).assert().code(2);
}
