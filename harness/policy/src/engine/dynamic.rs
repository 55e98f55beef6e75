use serde_json::Value;

use super::{Input, Rule, overridden_by};
use crate::{Condition, Dynamic, Match, Operator, Settings};

/// The dynamic policies whose conditions all hold.
pub(super) fn find<'a>(
    policies: &'a [Dynamic],
    input: &'a Input<'_>,
    settings: &'a Settings,
) -> impl Iterator<Item = Match> + 'a {
    let holds = |policy: &&Dynamic| {
        policy
            .conditions
            .iter()
            .all(|one| fulfils(one, input, settings))
    };
    policies.iter().filter(holds).map(|policy| Match {
        policy: policy.id.clone(),
        name: policy.name.clone(),
        category: policy.category.clone(),
        severity: policy.severity,
        action: policy.action,
        view: None,
        spans: Vec::new(),
        saw: None,
        overridden_by: overridden_by(&policy.id, settings),
    })
}

fn fulfils(condition: &Condition, input: &Input<'_>, settings: &Settings) -> bool {
    if condition.field == "query" {
        return text_fulfils(condition, input.text);
    }
    let Some(fact) = settings.facts.get(&condition.field) else {
        return false;
    };
    match (condition.operator, fact) {
        (Operator::Equals, fact) => *fact == condition.value,
        (Operator::NotEquals, fact) => *fact != condition.value,
        (Operator::In, fact) => list(&condition.value).contains(fact),
        (Operator::GreaterThan, fact) => {
            matches!((fact.as_f64(), condition.value.as_f64()), (Some(a), Some(b)) if a > b)
        }
        (_, Value::String(text)) => text_fulfils(condition, text),
        _ => false,
    }
}

fn text_fulfils(condition: &Condition, text: &str) -> bool {
    let holds = |word: &Value| {
        let word = word.as_str().unwrap_or_default().to_lowercase();
        !word.is_empty() && text.to_lowercase().contains(&word)
    };
    match condition.operator {
        Operator::Equals => condition.value == text,
        Operator::NotEquals => condition.value != text,
        Operator::Contains => holds(&condition.value),
        Operator::ContainsAny => list(&condition.value).iter().any(holds),
        Operator::In => list(&condition.value).iter().any(|one| one == text),
        Operator::Matches => {
            let pattern = condition.value.as_str().map(Rule::regex);
            matches!(pattern, Some(Ok(regex)) if regex.is_match(text))
        }
        Operator::GreaterThan => false,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
