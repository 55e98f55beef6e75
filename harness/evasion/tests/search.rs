//! A search over a small pack.

use std::path::Path;

use hookproof_evasion::{Kind, Report, Search, SearchError};
use hookproof_policy::{Engine, Pack};

const PACK: &str = r#"
[pack]
id = "small"
name = "Small"
description = "A pack for tests."

[[policy]]
id = "removes"
name = "Removes"
category = "security-dangerous"
severity = "high"
action = "block"
pattern = 'rm\s+-rf'
description = "rm -rf"
must-match = ["rm -rf /", "please rm -rf it", "ls a b c && rm -rf /srv"]
must-not-match = ["rm x", "rmdir", "ls"]

[[policy]]
id = "number"
name = "Number"
category = "pii-global"
severity = "high"
action = "redact"
pattern = '\d{4} \d{4}'
description = "Eight digits."
must-match = ["1234 5678", "no 1111 2222", "1111 2222!"]
must-not-match = ["1", "2", "12345678"]
"#;

fn search(policies: &[&str], seed: u64) -> Result<Report, SearchError> {
    let pack = Pack::parse(Path::new("small.toml"), PACK.to_owned()).unwrap();
    let engine = Engine::new(pack);
    let policies = policies.iter().map(|id| (*id).to_owned()).collect();
    Search {
        engine: &engine,
        policies,
        seed,
        pairs: 60,
        time: None,
        prover: None,
    }
    .run(|_| {})
}

#[test]
fn evasions_are_found_and_shrunk() {
    let report = search(&[], 1).unwrap();
    let removes = &report.policies[0];
    assert_eq!((removes.strings, removes.unchanged), (2, 1));
    assert_eq!(removes.kinds, [Kind::Shell]);
    assert!(removes.single.missed > 0 && removes.single.missed < removes.single.variants);
    assert_eq!(removes.pairs.variants, 60);
    let evasion = removes.evasion.as_ref().unwrap();
    assert_eq!(evasion.changes.len(), 1);
    assert!(evasion.original.contains("rm -rf") && !evasion.text.contains("rm -rf"));
    assert!(evasion.text.len() <= "r'm' -rf /".len(), "{}", evasion.text);
    let number = report.policies[1].evasion.as_ref().unwrap();
    assert_eq!(number.original, "1234 5678");
}

#[test]
fn the_same_seed_finds_the_same() {
    let report = search(&[], 7).unwrap();
    assert_eq!(report, search(&[], 7).unwrap());
    let other = search(&[], 8).unwrap();
    assert_eq!(report.policies[0].single, other.policies[0].single);
    // What is found for a policy does not depend on which others are searched.
    assert_eq!(
        search(&["number"], 7).unwrap().policies[0],
        report.policies[1]
    );
}

#[test]
fn an_unknown_policy_is_refused() {
    assert_eq!(
        search(&["none"], 1).unwrap_err(),
        SearchError::Unknown("none".to_owned())
    );
}

#[test]
fn the_report_has_a_row_for_each_policy() {
    let report = search(&[], 1).unwrap();
    let markdown = report.markdown();
    assert!(
        markdown.contains("| removes | 2 |") && markdown.contains("| number | 3 |"),
        "{markdown}"
    );
    assert!(report.pretty().contains("removes"));
}
