//! What programs leave behind: found, told of, ended. One process that adopts orphans.
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hookproof_process::{
    Exit, Finished, Leftover, Marker, Program, Tether, Trace, argv_of, become_subreaper,
    children_cpu, end_all, leftovers, listening_ports, reap_orphans, run,
};
use support::{SOON, marker, own_group_and_session, python, sh};

/// Starts it with marker and tether.
async fn watched(mut program: Program) -> (Finished, Marker, Tether) {
    become_subreaper().expect("a subreaper");
    let (marker, tether) = (marker(), Tether::new().expect("a tether"));
    program.marker = Some(marker.clone());
    program.tether = Some(tether.end());
    (
        run(program).await.expect("the program starts"),
        marker,
        tether,
    )
}

fn traces(found: &[Leftover]) -> BTreeSet<Trace> {
    found.iter().map(|leftover| leftover.trace).collect()
}

fn exists(pid: i32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Ends all and asserts that it is true.
async fn clear(marker: &Marker, tether: &mut Tether) -> Vec<Leftover> {
    let found = end_all(marker).await.expect("a /proc");
    assert!(
        tether.released(Instant::now() + SOON).await,
        "the tether is still held"
    );
    assert_eq!(leftovers(marker), Ok(vec![]));
    for leftover in &found {
        assert!(!exists(leftover.pid), "not even a zombie: {leftover:?}");
    }
    found
}

#[tokio::test]
async fn a_clean_program_leaves_nothing_and_lets_go_of_its_tether_at_once() {
    let (finished, marker, mut tether) = watched(sh("echo $HOOKPROOF_TEST_RUN | cat")).await;
    assert_eq!(finished.stdout.bytes, format!("{}\n", marker.value()));
    assert!(tether.released(Instant::now() + SOON).await);
    assert_eq!(leftovers(&marker), Ok(vec![]));
    assert_eq!(end_all(&marker).await, Ok(vec![]));
}

#[tokio::test]
async fn a_tether_tells_who_is_still_there_and_when_no_longer() {
    let script = "mkfifo fifo; (read line <fifo) >/dev/null 2>&1 &";
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = sh(script);
    program.cwd = folder.path().into();
    let (finished, marker, mut tether) = watched(program).await;
    assert!(!finished.held_open);
    assert!(
        !tether
            .released(Instant::now() + Duration::from_millis(50))
            .await
    );
    let left = leftovers(&marker).expect("a /proc");
    assert_eq!(left.len(), 1, "{left:?}");
    std::fs::write(folder.path().join("fifo"), "go\n").expect("the child reads");
    assert!(tether.released(Instant::now() + SOON).await);
    assert_eq!(leftovers(&marker), Ok(vec![]));
}

#[tokio::test]
async fn a_daemon_in_a_session_of_its_own_is_found_by_its_environment() {
    let (finished, marker, mut tether) = watched(sh(
        "setsid sh -c 'sleep 61 & exit' >/dev/null 2>&1; echo up",
    ))
    .await;
    assert_eq!(finished.exit, Exit::Code(0));
    wait_for_argv(&marker, "sleep").await;
    let found = clear(&marker, &mut tether).await;
    assert_eq!(traces(&found), [Trace::Environment].into());
    assert_eq!(
        found[0].ppid,
        std::process::id().cast_signed(),
        "it came to the subreaper"
    );
    assert!(found[0].alive_since.elapsed().is_ok_and(|age| age < SOON));
}

#[tokio::test]
async fn one_that_cleared_its_environment_is_found_by_tether_or_group() {
    let (_, marker, mut tether) =
        watched(sh("env -i setsid sleep 61 >/dev/null 2>&1 & echo")).await;
    wait_for_argv(&marker, "sleep").await;
    assert_eq!(
        traces(&clear(&marker, &mut tether).await),
        [Trace::Tether].into()
    );

    let Some(python) = python() else { return };
    let script = "import os; os.closerange(3, 4096); os.execve('/bin/sleep', ['sleep', '61'], {})";
    let shell = format!(
        "{} -c \"{script}\" >/dev/null 2>&1 & echo",
        python.display()
    );
    let (_, marker, mut tether) = watched(sh(&shell)).await;
    wait_for_argv(&marker, "sleep").await;
    assert_eq!(
        traces(&clear(&marker, &mut tether).await),
        [Trace::Group].into()
    );
}

/// Until a process of the run has become this program.
async fn wait_for_argv(marker: &Marker, program: &str) {
    let deadline = Instant::now() + SOON;
    while !argv_of(marker)
        .expect("a /proc")
        .iter()
        .any(|argv| argv.first() == Some(&program.into()))
    {
        assert!(Instant::now() < deadline, "{program} never came up");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn those_that_ignore_signals_end_too() {
    let script = "for i in 1 2 3; do (trap '' TERM HUP INT QUIT; setsid sleep 62) & done; echo";
    let (finished, marker, mut tether) = watched(sh(script)).await;
    assert!(finished.held_open);
    let found = clear(&marker, &mut tether).await;
    assert!(found.len() >= 3, "{found:?}");
}

#[tokio::test]
async fn a_chain_of_forks_is_caught() {
    // Each link starts the next and exits; the whole chain is in one session.
    let script = "f() { f & exit; }; f >/dev/null 2>&1 & echo";
    let (_, marker, mut tether) = watched(sh(script)).await;
    clear(&marker, &mut tether).await;
}

#[tokio::test]
async fn a_chain_of_forks_with_a_session_each_is_caught() {
    let Some(python) = python() else { return };
    let script = "import os\nwhile True:\n if os.fork(): os._exit(0)\n os.setsid()";
    let mut program = sh("\"$PYTHON\" -c \"$SCRIPT\" >/dev/null 2>&1 & echo");
    program.env.push(("PYTHON".into(), python.into()));
    program.env.push(("SCRIPT".into(), script.into()));
    let (_, marker, mut tether) = watched(program).await;
    clear(&marker, &mut tether).await;
}

#[tokio::test]
async fn orphans_that_end_by_themselves_are_reaped_and_other_children_left_alone() {
    become_subreaper().expect("a subreaper");
    // A child of other code in this process, ended and not collected yet.
    let mut other = Command::new("true").spawn().expect("true starts");
    let (_, marker, mut tether) =
        watched(sh("(setsid true; (true &) ) >/dev/null 2>&1 & echo $!")).await;
    assert!(tether.released(Instant::now() + SOON).await);
    let deadline = Instant::now() + SOON;
    while zombies_in_other_groups() > 0 {
        reap_orphans();
        assert!(Instant::now() < deadline, "an orphan was not reaped");
        tokio::task::yield_now().await;
    }
    assert!(
        other
            .wait()
            .expect("its exit was left to its owner")
            .success()
    );
    assert_eq!(end_all(&marker).await, Ok(vec![]));
}

/// Ended children of this process that do not share its group.
fn zombies_in_other_groups() -> usize {
    let own = std::process::id().to_string();
    let [group, _] = own_group_and_session();
    let all = std::fs::read_dir("/proc").expect("a /proc").flatten();
    all.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| {
            let fields: Vec<_> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
            matches!(fields[..], ["Z", parent, pgrp, ..] if parent == own && pgrp != group)
        })
        .count()
}

#[tokio::test]
async fn ports_that_the_run_listens_on_are_told() {
    let Some(python) = python() else { return };
    // The child listens on with its outputs closed; the parent tells the port.
    let script = "import os,socket,time\ns=socket.create_server(('127.0.0.1',0))\n\
                  if os.fork(): print(s.getsockname()[1], flush=True); os._exit(0)\n\
                  os.close(1); os.close(2)\ntime.sleep(60)";
    let mut program = sh("exec \"$PYTHON\" -c \"$SCRIPT\"");
    program.env.push(("PYTHON".into(), python.into()));
    program.env.push(("SCRIPT".into(), script.into()));
    let (finished, marker, mut tether) = watched(program).await;
    let port = String::from_utf8_lossy(&finished.stdout.bytes)
        .trim()
        .to_owned();
    let ports = listening_ports(&marker).expect("a /proc");
    let numbers: Vec<_> = ports
        .iter()
        .map(|found| found.address.port().to_string())
        .collect();
    assert_eq!(numbers, [port]);
    clear(&marker, &mut tether).await;
    assert_eq!(listening_ports(&marker), Ok(vec![]));
}

#[tokio::test]
async fn processor_time_of_children_is_counted() {
    let before = children_cpu();
    let (finished, marker, mut tether) =
        watched(sh("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")).await;
    assert_eq!(finished.exit, Exit::Code(0));
    assert!(children_cpu() > before);
    clear(&marker, &mut tether).await;
}

/// A container's first process often has its group and session outside of the container, where
/// both are number 0.
#[test]
fn a_group_and_session_outside_the_pid_namespace_are_no_trouble() {
    let outside = |arguments: &[&std::ffi::OsStr]| {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--mount-proc",
        ]);
        command.args(arguments).output()
    };
    if !outside(&["true".as_ref()]).is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this machine lets nobody make a pid namespace");
        return;
    }
    let this = std::env::current_exe().expect("this test");
    let within = [
        "a_chain_of_forks_is_caught",
        "orphans_that_end_by_themselves",
    ];
    for test in within {
        let output = outside(&[this.as_os_str(), test.as_ref()]).expect("unshare");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("1 passed"), "{said}");
    }
}
