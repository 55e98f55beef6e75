//! Faults of the endpoint, and what is left after a stop.

use hookproof_agent::{Agent, Answered, Call, Entry};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{DEADLINE, address, check_policy, post, script, send, start};

#[tokio::test]
async fn a_refused_port_stays_refused_and_taken() {
    let agent = start("fault = 'refused'").await;
    for _ in 0..3 {
        let error = TcpStream::connect(address(&agent))
            .await
            .expect_err("refused");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    }
    let taken = std::net::TcpListener::bind(address(&agent)).expect_err("taken");
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    agent.stop().await;
}

#[tokio::test]
async fn an_unresolvable_host_is_a_valid_url_that_no_resolver_takes() {
    let agent = start("fault = 'dns_failure'").await;
    let endpoint = agent.endpoint();
    let host = endpoint
        .strip_prefix("http://")
        .and_then(|rest| rest.split(':').next());
    let host = host.expect("a host");
    assert!(host.len() > 255 && host.split('.').all(|label| label.len() <= 63));
    assert!(tokio::net::lookup_host((host, 80)).await.is_err());
    agent.stop().await;
}

#[tokio::test]
async fn reset_at_accept_resets_before_reading() {
    let agent = start("fault = 'reset_at_accept'").await;
    let got = send(address(&agent), &post(&check_policy())).await;
    assert!(got.reset && got.bytes.is_empty());
    agent
        .wait_for(|entries| entries[0].answered.is_some(), DEADLINE)
        .await
        .expect("noted");
    let entry = agent.journal().entries().remove(0);
    assert_eq!(
        (&entry.answer, entry.fault),
        (&Answered::Fault("reset_at_accept"), Some("reset_at_accept"))
    );
    assert!(!entry.is_complete());
    agent.stop().await;
}

#[tokio::test]
async fn hang_at_accept_never_reads_yet_knows_the_call_and_the_leaving() {
    let agent = start("fault = 'hang_at_accept'").await;
    let mut stream = TcpStream::connect(address(&agent))
        .await
        .expect("connected");
    stream
        .write_all(&post(&check_policy()))
        .await
        .expect("written");
    agent
        .wait_for(|entries| entries.iter().any(Entry::is_complete), DEADLINE)
        .await
        .expect("peeked");
    let entry = agent.journal().entries().remove(0);
    assert_eq!((&entry.call, &entry.gone), (&Call::CheckPolicy, &None));
    drop(stream);
    agent
        .wait_for(|entries| entries[0].gone.is_some(), DEADLINE)
        .await
        .expect("seen leaving");
    agent.stop().await;
}

#[tokio::test]
async fn the_certificate_is_refused_and_served_when_not_verified() {
    let agent = start("fault = 'tls_untrusted'").await;
    let endpoint = agent.endpoint();
    assert!(endpoint.starts_with("https://127.0.0.1:"));
    let url = format!("{endpoint}/health");
    let strict = url.clone();
    let error = tokio::task::spawn_blocking(move || ureq::get(&strict).call())
        .await
        .expect("no panic");
    assert!(error.is_err());
    agent
        .wait_for(|entries| entries[0].gone.is_some(), DEADLINE)
        .await
        .expect("noted");
    assert!(
        agent.journal().entries()[0]
            .trouble
            .as_ref()
            .is_some_and(|text| text.contains("TLS"))
    );

    let lax = tokio::task::spawn_blocking(move || {
        let tls = ureq::tls::TlsConfig::builder()
            .disable_verification(true)
            .build();
        let client: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
        client
            .get(&url)
            .call()
            .map(|answer| answer.status().as_u16())
    });
    assert_eq!(lax.await.expect("no panic").expect("served"), 200);
    let entry = agent.journal().entries().pop().expect("an entry");
    assert_eq!(
        (entry.call, entry.answer),
        (Call::Health, Answered::Sent(200))
    );
    agent.stop().await;
}

#[tokio::test]
async fn nothing_is_left_after_a_stop() {
    let agent = start("fault = 'hang_before_headers'").await;
    let front = address(&agent);
    let behind = agent.behind_the_front().expect("a server");
    let client = tokio::spawn(async move { send(front, &post(&check_policy())).await });
    agent
        .wait_for(
            |entries| entries.iter().any(|entry| entry.received.is_some()),
            DEADLINE,
        )
        .await
        .expect("asked");
    tokio::time::timeout(DEADLINE, agent.stop())
        .await
        .expect("stopped");
    for address in [front, behind] {
        assert!(TcpStream::connect(address).await.is_err());
    }
    assert!(client.await.expect("no panic").bytes.is_empty());
}

#[tokio::test]
async fn a_script_can_be_replaced_but_not_the_endpoint() {
    let agent: Agent = start("check_policy = { status = 500 }").await;
    agent
        .set_script(script("check_policy = { status = 503 }"))
        .expect("replaced");
    assert!(
        send(address(&agent), &post(&check_policy()))
            .await
            .text()
            .starts_with("HTTP/1.1 503 ")
    );
    agent
        .set_script(script("fault = 'reset_at_accept'"))
        .expect("replaced");
    assert!(send(address(&agent), &post(&check_policy())).await.reset);
    let error = agent
        .set_script(script("fault = 'refused'"))
        .expect_err("another endpoint");
    assert!(error.to_string().contains("refused"));
    agent.stop().await;
}
