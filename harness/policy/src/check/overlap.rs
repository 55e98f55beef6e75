use std::collections::HashMap;

use super::{Finding, Kind, all_on, phase_of};
use crate::{Engine, Input, Pattern, Policy};

pub(super) fn check(engine: &Engine) -> Vec<Finding> {
    let mut found = duplicates(engine);
    found.extend(shadowed(engine));
    found
}

fn duplicates(engine: &Engine) -> Vec<Finding> {
    let mut first: HashMap<(Pattern, Option<String>), &Policy> = HashMap::new();
    let mut found = Vec::new();
    for policy in &engine.pack().policies {
        for pattern in policy.all_patterns() {
            let key = (pattern, policy.except.clone());
            match first.get(&key) {
                Some(other) => found.push(Finding {
                    policy: policy.id.clone(),
                    kind: Kind::Duplicate,
                    message: format!("has a pattern of policy {}", other.id),
                }),
                None => {
                    first.insert(key, policy);
                }
            }
        }
    }
    found
}

/// Judged by the policy's own examples: that the sets of matched texts include each other cannot
/// be told from the patterns at a bearable cost.
fn shadowed(engine: &Engine) -> Vec<Finding> {
    let settings = all_on(engine);
    let mut found = Vec::new();
    for policy in &engine.pack().policies {
        let caught_by = |text: &String| -> Vec<String> {
            let input = Input {
                text,
                phase: phase_of(policy),
                tool: None,
            };
            let others = engine.decide(&input, &settings).matches.into_iter();
            others
                .map(|one| one.policy)
                .filter(|id| *id != policy.id)
                .collect()
        };
        let mut examples = policy.must_match.iter().map(caught_by);
        let Some(mut by_all) = examples.next() else {
            continue;
        };
        examples.for_each(|by| by_all.retain(|id| by.contains(id)));
        let weighs_no_less = |id: &&String| {
            let other = engine.pack().policies.iter().find(|other| other.id == **id);
            other.is_some_and(|other| {
                other.action.request >= policy.action.request
                    && other.action.response >= policy.action.response
            })
        };
        if let Some(other) = by_all.iter().find(weighs_no_less) {
            found.push(Finding {
                policy: policy.id.clone(),
                kind: Kind::Shadowed,
                message: format!("policy {other} catches all its examples too and does no less"),
            });
        }
    }
    found
}
