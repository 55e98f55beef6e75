//! What the journal tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hookproof_agent::{Agent, Answered, Call, Entry};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{DEADLINE, address, check_policy, post, script, send, start, tool_call};

async fn wait(agent: &Agent, wanted: impl FnMut(&[Entry]) -> bool) {
    agent.wait_for(wanted, DEADLINE).await.expect("in time");
}

#[tokio::test]
async fn a_request_is_noted_as_it_was_sent() {
    let agent = start("").await;
    let body = check_policy();
    let request = format!(
        "POST /api/v1/mcp-server?a=b HTTP/1.1\r\nhOsT: x\r\nX-Twice: 1\r\nX-Twice: 2\r\n\
         Authorization: Basic dTpw\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    send(address(&agent), request.as_bytes()).await;
    wait(&agent, |entries| {
        entries.iter().any(|entry| entry.gone.is_some())
    })
    .await;
    let entry = agent.journal().entries().remove(0);
    assert_eq!(
        (entry.method.as_str(), entry.target.as_str()),
        ("POST", "/api/v1/mcp-server?a=b")
    );
    assert_eq!(entry.headers[0], ("hOsT".to_owned(), "x".to_owned()));
    assert_eq!(
        entry
            .headers
            .iter()
            .filter(|(name, _)| name == "X-Twice")
            .count(),
        2
    );
    assert_eq!(entry.header("x-twice"), Some("1"));
    assert_eq!(entry.credentials.as_deref(), Some("u:p"));
    assert_eq!(
        (&entry.call, &entry.answer),
        (&Call::CheckPolicy, &Answered::Sent(200))
    );
    assert_eq!(entry.argument("statement"), Some("ls"));
    assert_eq!(entry.body, body.as_bytes());
    let times = [
        Some(entry.connected),
        entry.first_byte,
        entry.received,
        entry.answered,
        entry.gone,
    ];
    assert!(
        times.iter().all(Option::is_some) && times.is_sorted(),
        "{times:?}"
    );
    agent.stop().await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_is_seen_leaving() {
    for fault in [
        "any = { hold = true }",
        "any = { delay_ms = 60000 }",
        "fault = 'hang_before_headers'",
    ] {
        let agent = start(fault).await;
        let mut stream = TcpStream::connect(address(&agent))
            .await
            .expect("connected");
        stream
            .write_all(&post(&check_policy()))
            .await
            .expect("written");
        wait(&agent, |entries| entries.iter().any(Entry::is_complete)).await;
        assert!(agent.journal().entries()[0].gone.is_none());
        let before = std::time::Instant::now();
        drop(stream);
        wait(&agent, |entries| entries[0].gone.is_some()).await;
        let entry = agent.journal().entries().remove(0);
        assert!(entry.gone >= Some(before), "{fault}");
        assert!(
            entry.answered.is_none() && !matches!(entry.answer, Answered::Sent(_)),
            "{fault}"
        );
        agent.stop().await;
    }
}

#[tokio::test]
async fn held_answers_are_released_by_call() {
    let agent = start("check_policy = { hold = true }\ncheck_output = { hold = true }").await;
    let scan = tool_call(
        "check_output",
        &serde_json::json!({ "connector_type": "x", "message": "m" }),
    );
    let address = address(&agent);
    let first = tokio::spawn(async move { send(address, &post(&check_policy())).await });
    let second = tokio::spawn(async move { send(address, &post(&scan)).await });
    wait(&agent, |entries| {
        entries
            .iter()
            .filter(|entry| entry.answer == Answered::Held)
            .count()
            == 2
    })
    .await;
    assert_eq!(agent.release(&Call::CheckPolicy), 1);
    assert!(
        first
            .await
            .expect("no panic")
            .text()
            .starts_with("HTTP/1.1 200")
    );
    assert!(!second.is_finished());
    assert_eq!(agent.release_all(), 1);
    assert!(
        second
            .await
            .expect("no panic")
            .text()
            .starts_with("HTTP/1.1 200")
    );
    assert_eq!(agent.release_all(), 0);
    agent.stop().await;
}

#[tokio::test]
async fn connections_without_a_complete_request_are_entries() {
    let agent = start("").await;
    let address = address(&agent);
    drop(TcpStream::connect(address).await.expect("connected"));
    wait(&agent, |entries| {
        entries.first().is_some_and(|entry| entry.trouble.is_some())
    })
    .await;

    let mut stream = TcpStream::connect(address).await.expect("connected");
    let head = b"POST /api/v1/mcp-server HTTP/1.1\r\nContent-Length: 99\r\n\r\n{\"json";
    stream.write_all(head).await.expect("written");
    drop(stream);
    wait(&agent, |entries| {
        entries.get(1).is_some_and(|entry| entry.gone.is_some())
    })
    .await;

    assert!(
        send(address, b"not HTTP at all\r\n\r\n")
            .await
            .text()
            .starts_with("HTTP/1.1 400 ")
    );
    wait(&agent, |entries| {
        entries.get(2).is_some_and(|entry| entry.gone.is_some())
    })
    .await;

    let entries = agent.journal().entries();
    assert!(
        entries
            .iter()
            .all(|entry| !entry.is_complete() && entry.trouble.is_some())
    );
    assert_eq!(
        (&entries[1].method[..], &entries[1].body[..]),
        ("POST", &b"{\"json"[..])
    );
    assert_eq!(&entries[2].body[..], b"not HTTP at all\r\n\r\n");
    agent.stop().await;
}

#[tokio::test]
async fn the_observer_sees_a_request_before_it_is_answered() {
    let seen = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&seen);
    let observer: hookproof_agent::Observer = Arc::new(move |entry| {
        assert_eq!(
            (&entry.call, &entry.answer),
            (&Call::CheckPolicy, &Answered::None)
        );
        let noted = Arc::clone(&noted);
        Box::pin(async move {
            tokio::task::yield_now().await;
            noted.store(true, Ordering::SeqCst);
        })
    });
    let agent = Agent::start_observed(script(""), observer)
        .await
        .expect("started");
    send(address(&agent), &post(&check_policy())).await;
    assert!(seen.load(Ordering::SeqCst));
    agent.stop().await;
}

#[tokio::test]
async fn answers_are_played_in_the_order_of_the_journal() {
    let statuses: Vec<String> = (0..40)
        .map(|number| format!("{{ status = {} }}", 400 + number))
        .collect();
    let agent = start(&format!("check_policy = [{}]", statuses.join(","))).await;
    let address = address(&agent);
    let clients: Vec<_> = (0..40)
        .map(|_| tokio::spawn(async move { send(address, &post(&check_policy())).await }))
        .collect();
    for client in clients {
        client.await.expect("no panic");
    }
    let mut given: Vec<_> = agent
        .journal()
        .with(|entries| entries.iter().map(|entry| entry.answer.clone()).collect());
    given.sort_by_key(|answer| match answer {
        Answered::Sent(status) => *status,
        _ => 0,
    });
    let expected: Vec<_> = (400..440).map(Answered::Sent).collect();
    assert_eq!(given, expected);
    assert_eq!(agent.trouble(), Vec::<String>::new());
    agent.stop().await;
}

#[tokio::test]
async fn an_expectation_that_does_not_come_true_is_an_error() {
    let agent = start("").await;
    let short = std::time::Duration::from_millis(20);
    let error = agent
        .wait_for(|entries| !entries.is_empty(), short)
        .await
        .expect_err("nobody asks");
    assert!(error.to_string().contains("0 entries"), "{error}");
    agent.stop().await;
}
