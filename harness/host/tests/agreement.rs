//! The simulator does what the real clients were seen to do, but for what is listed.

use std::path::PathBuf;

use hookproof_host::Client;
use hookproof_host::oracle::{AgreementReport, host_agree};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/oracle")
        .join(name)
}

async fn report() -> AgreementReport {
    let cases = ["cases.jsonl", "more-cases.jsonl"].map(fixture);
    host_agree(&cases, None, &fixture("unreached.toml"))
        .await
        .expect("the fixtures are readable")
}

#[tokio::test(flavor = "multi_thread")]
async fn agrees_with_every_observation_but_the_listed_ones() {
    let report = report().await;
    assert!(
        report.unlisted().is_empty() && report.stale().is_empty(),
        "{report}"
    );
    for version in Client::MEASURED {
        let compared = report.compared.iter().filter(|c| c.version == version);
        assert!(compared.count() > 100, "too few cases on {version}");
    }
}
