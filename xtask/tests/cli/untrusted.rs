//! Hooks that misbehave cannot hang, blow up or fool the harness.

use super::{scratch, xtask};
use predicates::str::contains;
use std::time::{Duration, Instant};

/// A misbehaving hook must not hold the run up longer than the harness' own patience.
const BOUND: Duration = Duration::from_secs(60);

fn judged(hook: &str) -> assert_cmd::assert::Assert {
    let folder = scratch();
    let begun = Instant::now();
    let assert = xtask(folder.path())
        .args([
            "--agent",
            "required",
            "--filter",
            "deny-is-honoured/bash",
            "--pre",
            hook,
        ])
        .timeout(BOUND * 2)
        .assert();
    assert!(
        begun.elapsed() < BOUND,
        "{hook} held the run up for {:?}",
        begun.elapsed()
    );
    assert
}

#[test]
fn endless_output_is_bounded() {
    judged("head -c 1000000000 /dev/zero")
        .code(1)
        .stdout(contains("the host ran the tool"));
}

#[test]
fn a_hook_that_ignores_signals_is_ended() {
    judged("trap '' TERM INT HUP; while :; do sleep 1; done")
        .code(1)
        .stdout(contains("still running"));
}

#[test]
fn a_hook_that_closes_stdout_is_waited_for() {
    judged("exec >&-; sleep 0.2; exit 0").code(1);
}

#[test]
fn background_children_are_ended_and_told() {
    judged("cat >/dev/null; sleep 300 & setsid sleep 301 >/dev/null 2>&1 </dev/null & exit 0")
        .code(1)
        .stdout(contains("sleep 30"));
    assert!(!alive("sleep 301"), "the daemon outlived the run");
}

#[test]
fn an_outside_host_is_recorded_by_name() {
    // Uses the shell's own means to ask the proxy, as any HTTP client would.
    let ask = r#"cat >/dev/null; proxy=${http_proxy#http://}; exec 3<>/dev/tcp/${proxy%:*}/${proxy#*:}; printf 'CONNECT collector.example:443 HTTP/1.1\r\n\r\n' >&3; read -r line <&3"#;
    judged(&format!("bash -c '{}'", ask.replace('\'', r"'\''")))
        .code(1)
        .stdout(contains("collector.example:443"));
}

fn alive(command: &str) -> bool {
    let words: Vec<u8> = command
        .split(' ')
        .flat_map(|w| w.bytes().chain([0]))
        .collect();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .any(|entry| std::fs::read(entry.path().join("cmdline")).is_ok_and(|line| line == words))
}
