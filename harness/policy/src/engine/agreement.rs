//! All patterns together find what each finds alone.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static ENGINES: LazyLock<Vec<Engine>> = LazyLock::new(|| {
    let pack = |id| Pack::shipped(id).map(|pack| Engine::new(pack.expect("it is sound")));
    Pack::shipped_ids().filter_map(pack).collect()
});

/// What the packs look for, and what only resembles it.
static EXAMPLES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let policies = ENGINES.iter().flat_map(|engine| &engine.pack.policies);
    let examples = |policy: &'static Policy| policy.must_match.iter().chain(&policy.must_not_match);
    policies.flat_map(examples).map(String::as_str).collect()
});

fn text() -> impl Strategy<Value = String> {
    let example = (any::<prop::sample::Index>(), 0_usize..40);
    let joint = prop::sample::select(vec!["", " ", "\n", "; ", "é", "\t \n", "'", "x"]);
    prop::collection::vec((example, joint), 1..8).prop_map(|parts| {
        let part = |((example, cut), joint): ((prop::sample::Index, usize), &str)| {
            let example = EXAMPLES[example.index(EXAMPLES.len())];
            example.chars().skip(cut / 4).collect::<String>() + joint
        };
        parts.into_iter().map(part).collect()
    })
}

/// A group's rules, each searched for by itself in the whole text.
fn one_by_one<'a>(group: &'a Group, text: &str) -> Vec<(&'a Rule, Vec<Range<usize>>)> {
    let spans = |rule: &'a Rule| (rule, rule.spans(text).collect::<Vec<_>>());
    let rules = group.rules().iter().map(spans);
    rules.filter(|(_, spans)| !spans.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn together_finds_what_each_finds_alone(text in text()) {
        for engine in ENGINES.iter() {
            for group in engine.request.groups.iter().chain(&engine.response.groups) {
                let alone = one_by_one(group, &text);
                let together = group.candidates(&text).filter_map(|candidate| match candidate {
                    Candidate::Rule(rule, windows) => {
                        let spans: Vec<_> = rule.spans_within(&text, windows).collect();
                        (!spans.is_empty()).then_some((rule, spans))
                    }
                    Candidate::Query(_) => None,
                });
                let shown = |all: Vec<(&Rule, Vec<Range<usize>>)>| {
                    let shown = |(rule, spans): (&Rule, _)| (engine.pack.policies[rule.policy].id.clone(), spans);
                    all.into_iter().map(shown).collect::<Vec<_>>()
                };
                prop_assert_eq!(shown(together.collect()), shown(alone));
            }
        }
    }
}
