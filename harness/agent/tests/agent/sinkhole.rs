//! The sinkhole.

use hookproof_agent::{Call, Sinkhole};

use crate::client::{DEADLINE, check_policy, post, send, start};

fn proxy(sinkhole: &Sinkhole) -> std::net::SocketAddr {
    sinkhole
        .proxy_url()
        .trim_start_matches("http://")
        .parse()
        .expect("an address")
}

#[tokio::test]
async fn records_and_refuses_everything() {
    let sinkhole = Sinkhole::start(None).await.expect("started");
    let tunnel = b"CONNECT try.getaxonflow.com:443 HTTP/1.1\r\nHost: x\r\n\r\n";
    let plain =
        b"POST http://example.org/a HTTP/1.1\r\nHost: example.org\r\nContent-Length: 2\r\n\r\nhi";
    for request in [&tunnel[..], &plain[..]] {
        assert!(
            send(proxy(&sinkhole), request)
                .await
                .text()
                .starts_with("HTTP/1.1 502 ")
        );
    }
    send(proxy(&sinkhole), b"\x16\x03\x01 hello\r\n\r\n").await;
    let attempts = sinkhole.attempts();
    let seen: Vec<_> = attempts
        .iter()
        .map(|seen| (seen.host.as_str(), seen.port, seen.routed))
        .collect();
    assert_eq!(
        seen,
        [
            ("try.getaxonflow.com", 443, false),
            ("example.org", 80, false),
            ("", 0, false)
        ]
    );
    assert_eq!(attempts[1].what, "POST http://example.org/a");
    let address = proxy(&sinkhole);
    tokio::time::timeout(DEADLINE, sinkhole.stop())
        .await
        .expect("stopped");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn leads_the_default_endpoints_to_an_agent() {
    let agent = start("").await;
    let sinkhole = Sinkhole::start(Some(&agent.endpoint()))
        .await
        .expect("started");
    let request = String::from_utf8(post(&check_policy())).expect("text");
    let absolute = request.replace("POST /", "POST http://localhost:8080/");
    let got = send(proxy(&sinkhole), absolute.as_bytes()).await;
    assert!(got.text().starts_with("HTTP/1.1 200 OK"), "{}", got.text());
    // A tunnel answers first, then carries bytes.
    let tunnelled = format!("CONNECT 127.0.0.1:8081 HTTP/1.1\r\n\r\n{request}");
    let got = send(proxy(&sinkhole), tunnelled.as_bytes()).await;
    assert!(
        got.text().contains("established\r\n\r\nHTTP/1.1 200 OK"),
        "{}",
        got.text()
    );
    let elsewhere = absolute.replace("localhost:8080", "localhost:9090");
    assert!(
        send(proxy(&sinkhole), elsewhere.as_bytes())
            .await
            .text()
            .starts_with("HTTP/1.1 502 ")
    );

    assert_eq!(
        sinkhole
            .attempts()
            .iter()
            .filter(|seen| seen.routed)
            .count(),
        2
    );
    let entries = agent.journal().entries();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.call == Call::CheckPolicy));
    assert_eq!(entries[0].target, "/api/v1/mcp-server");
    sinkhole.stop().await;
    agent.stop().await;
}
