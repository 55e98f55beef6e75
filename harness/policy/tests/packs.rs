//! The packs that ship keep what they promise.

use hookproof_policy::check::check;
use hookproof_policy::{Engine, Pack};

fn shipped(id: &str) -> Engine {
    let pack = Pack::shipped(id).expect("it ships");
    Engine::new(pack.unwrap_or_else(|errors| panic!("{errors}")))
}

#[test]
fn the_system_pack_holds_the_platforms_policies() {
    let engine = shipped("system");
    let count = |category: &str| {
        let policies = engine.pack().policies.iter();
        policies
            .filter(|policy| policy.category == category)
            .count()
    };
    let counted = [
        ("security-sqli", 37),
        ("security-dangerous", 19),
        ("security-admin", 4),
        ("pii-global", 7),
        ("pii-us", 2),
        ("pii-eu", 1),
        ("pii-india", 2),
        ("pii-singapore", 5),
        ("pii-indonesia", 9),
        ("sensitive-data", 6),
        ("code-secrets", 8),
        ("code-unsafe", 7),
    ];
    for (category, expected) in counted {
        assert_eq!(count(category), expected, "{category}");
    }
    assert_eq!(engine.pack().policies.len(), 107);
    assert_eq!(engine.pack().dynamic.len(), 10);
}

#[test]
fn examples_hold() {
    for id in Pack::shipped_ids() {
        let errors: Vec<String> = check(&shipped(id))
            .iter()
            .filter(|finding| finding.kind.is_error())
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "{id}: {}", errors.join("\n"));
    }
}
