//! What curl makes of each fault, as the table of faults tells.

use std::process::Stdio;

use hookproof_agent::{Agent, Layer, Row, Script, TABLE};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::client::check_policy;

/// curl's status for an answer that did not come in time.
const TIMED_OUT: i32 = 28;

/// The exit status of curl, `None` when there is no curl. Only who is expected to wait in vain gets
/// a short time: the others need not hurry on a busy machine.
async fn curl_exit(agent: &Agent, expected: i32) -> Option<i32> {
    let patience = if expected == TIMED_OUT { "1" } else { "60" };
    let url = format!("{}/api/v1/mcp-server", agent.endpoint());
    let mut child = Command::new("curl")
        .args([
            "--silent",
            "--max-time",
            patience,
            "--noproxy",
            "*",
            "--data-binary",
            "@-",
        ])
        .args([
            "-H",
            "Content-Type: application/json",
            "--output",
            "/dev/null",
            &url,
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    // curl may fail before it has read everything.
    let _ = stdin.write_all(check_policy().as_bytes()).await;
    drop(stdin);
    child.wait().await.ok()?.code()
}

async fn under(row: Row) -> (Row, Option<i32>) {
    let script = Script {
        fault: Some(row.example().into()),
        ..Script::default()
    };
    let agent = Agent::start(script).await.expect("started");
    let exit = curl_exit(&agent, row.curl_exit).await;
    assert_eq!(agent.trouble(), Vec::<String>::new(), "{}", row.name);
    if row.layer == Layer::Wire {
        let noted = agent.journal().with(|entries| entries[0].fault);
        assert_eq!(noted, Some(row.name));
    }
    agent.stop().await;
    (row, exit)
}

#[tokio::test]
async fn curl_fails_as_the_table_says() {
    let runs: Vec<_> = TABLE.iter().map(|row| tokio::spawn(under(*row))).collect();
    let mut wrong = Vec::new();
    for run in runs {
        let (row, exit) = run.await.expect("no panic");
        let Some(exit) = exit else {
            println!("skipped: there is no curl on PATH");
            return;
        };
        if exit != row.curl_exit {
            wrong.push(format!(
                "{}: {exit}, the table says {}",
                row.name, row.curl_exit
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
