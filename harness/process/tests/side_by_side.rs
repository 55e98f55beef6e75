//! A hundred programs at once leave no process, no file descriptor and no file. A process of its
//! own, because it counts what this process has open.
#![cfg(target_os = "linux")]

mod support;

use std::collections::HashSet;
use std::time::Instant;

use bytes::Bytes;
use hookproof_process::{Exit, Scratch, Stdio, Tether, become_subreaper, end_all, end_strays, run};
use support::{SOON, marker, sh};

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("a /proc").count()
}

async fn one(number: usize) {
    let scratch = Scratch::new("hookproof-side-").expect("a folder");
    let path = scratch.path().to_owned();
    let (marker, mut tether) = (marker(), Tether::new().expect("a tether"));
    let script = match number % 4 {
        0 => "cat; touch \"$HOME/file\"",
        1 => "cat; sleep 60 >/dev/null 2>&1 &",
        2 => "cat; setsid sleep 60 & echo >&2",
        _ => "cat; chmod 000 \"$HOME\"; kill -9 $$",
    };
    let mut program = sh(script);
    program.env.extend(scratch.env());
    program.cwd = scratch.work();
    program.stdin = Bytes::from(format!("{number}\n").repeat(20_000));
    program.stdio = if number.is_multiple_of(3) {
        Stdio::Pipes
    } else {
        Stdio::Sockets
    };
    program.marker = Some(marker.clone());
    program.tether = Some(tether.end());
    let input = program.stdin.clone();
    let finished = run(program).await.expect("the program starts");
    let exit = if number % 4 == 3 {
        Exit::Signal(9)
    } else {
        Exit::Code(0)
    };
    assert_eq!(finished.exit, exit, "{number}");
    assert_eq!(finished.stdout.bytes, input, "{number}");
    assert_eq!(finished.held_open, number % 4 == 2, "{number}");
    let left = end_all(&marker).await.expect("a /proc");
    assert_eq!(
        left.is_empty(),
        matches!(number % 4, 0 | 3),
        "{number}: {left:?}"
    );
    assert!(tether.released(Instant::now() + SOON).await, "{number}");
    scratch.remove().expect("the folder can be removed");
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_at_once_leave_nothing() {
    become_subreaper().expect("a subreaper");
    one(1).await;
    let before = open_files();
    let mut runs: Vec<_> = (0..100).map(|number| tokio::spawn(one(number))).collect();
    for running in runs.drain(..) {
        running.await.expect("no run fails");
    }
    assert_eq!(end_strays().await, Ok(vec![]));
    assert_eq!(open_files(), before, "file descriptors");
    assert_eq!(children(), HashSet::new(), "children, dead or alive");
}

/// All children of this process by their status line.
fn children() -> HashSet<String> {
    let own = std::process::id().to_string();
    let all = std::fs::read_dir("/proc").expect("a /proc").flatten();
    all.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| {
            let mut fields = stat.rsplit(") ").next().unwrap_or("").split(' ');
            fields.nth(1) == Some(own.as_str())
        })
        .collect()
}
