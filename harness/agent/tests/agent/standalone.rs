//! The standalone agent.

use hookproof_agent::serve;

use crate::client::{DEADLINE, check_policy, post, script, send};

#[tokio::test]
async fn serves_the_same_answers_and_stops() {
    let any_port = ([127, 0, 0, 1], 0).into();
    let agent = serve(any_port, script("mode = 'enterprise'"))
        .await
        .expect("started");
    let address = agent.address();
    let got = send(address, &post(&check_policy())).await;
    assert!(got.text().starts_with("HTTP/1.1 401 "), "{}", got.text());
    let got = send(
        address,
        b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(got.body().contains("axonflow-agent"));
    tokio::time::timeout(DEADLINE, agent.stop())
        .await
        .expect("stopped");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
