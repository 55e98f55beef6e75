use super::{Finding, Kind, all_on, phase_of, short};
use crate::{Engine, Input, Policy};

pub(super) fn check(engine: &Engine) -> Vec<Finding> {
    let settings = all_on(engine);
    let matches = |policy: &Policy, text: &str| {
        let input = Input {
            text,
            phase: phase_of(policy),
            tool: None,
        };
        engine
            .decide(&input, &settings)
            .matches
            .iter()
            .any(|one| one.policy == policy.id)
    };
    let mut found = Vec::new();
    for policy in &engine.pack().policies {
        let mut complain = |message: String| {
            found.push(Finding {
                policy: policy.id.clone(),
                kind: Kind::Example,
                message,
            });
        };
        for text in policy
            .must_match
            .iter()
            .filter(|text| !matches(policy, text))
        {
            complain(format!("does not match {}, which it must", short(text)));
        }
        for text in policy
            .must_not_match
            .iter()
            .filter(|text| matches(policy, text))
        {
            complain(format!("matches {}, which it must not", short(text)));
        }
    }
    found
}
