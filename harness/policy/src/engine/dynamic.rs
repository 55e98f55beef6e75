use regex::Regex;
use regex_syntax::hir::Hir;
use serde_json::Value;

use super::{Input, Rule, overridden_by};
use crate::{Condition, Dynamic, Match, Operator, Settings};

/// The conditions of dynamic policies, compiled. What they look for in the statement is searched
/// for together with the patterns of the other policies.
#[derive(Debug)]
pub(super) struct Queries {
    /// Of each policy, in the order of its conditions.
    tests: Vec<Vec<Test>>,
    patterns: Vec<Query>,
}

#[derive(Debug)]
struct Query {
    regex: Regex,
    tree: Hir,
}

#[derive(Debug)]
enum Test {
    /// One of these queries matches the statement.
    Statement(Vec<usize>),
    /// One of these matches the fact.
    Fact(Vec<Regex>),
    /// The value itself is compared.
    Value,
}

impl Queries {
    pub(super) fn new(policies: &[Dynamic]) -> Self {
        let mut patterns = Vec::new();
        let test = |condition| Test::new(condition, &mut patterns);
        let mut test = test;
        let tests = policies
            .iter()
            .map(|policy| policy.conditions.iter().map(&mut test).collect());
        Self {
            tests: tests.collect(),
            patterns,
        }
    }

    /// What to search for.
    pub(super) fn trees(&self) -> impl Iterator<Item = Hir> {
        self.patterns.iter().map(|query| query.tree.clone())
    }

    /// The dynamic policies whose conditions all hold. `occurring` are the queries that may match
    /// the statement.
    pub(super) fn find<'a>(
        &'a self,
        policies: &'a [Dynamic],
        occurring: &'a [usize],
        input: &'a Input<'_>,
        settings: &'a Settings,
    ) -> impl Iterator<Item = Match> + 'a {
        let holds = move |condition: &Condition, test: &Test| match test {
            Test::Statement(queries) => queries.iter().any(|query| {
                occurring.contains(query) && self.patterns[*query].regex.is_match(input.text)
            }),
            Test::Fact(patterns) => {
                let fact = settings.facts.get(&condition.field).and_then(Value::as_str);
                fact.is_some_and(|fact| patterns.iter().any(|pattern| pattern.is_match(fact)))
            }
            Test::Value if condition.field == STATEMENT => {
                compare(condition, &Value::from(input.text))
            }
            Test::Value => {
                let fact = settings.facts.get(&condition.field);
                fact.is_some_and(|fact| compare(condition, fact))
            }
        };
        let met = move |(policy, tests): &(&Dynamic, &Vec<Test>)| {
            let mut conditions = policy.conditions.iter().zip(tests.iter());
            conditions.all(|(condition, test)| holds(condition, test))
        };
        let met = policies.iter().zip(&self.tests).filter(met);
        met.map(|(policy, _)| Match {
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
}

/// The field that is the statement itself.
const STATEMENT: &str = "query";

impl Test {
    fn new(condition: &Condition, queries: &mut Vec<Query>) -> Self {
        let Some(patterns) = patterns(condition) else {
            return Self::Value;
        };
        let compiled = |pattern: &String| Rule::regex(pattern).ok();
        if condition.field != STATEMENT {
            return Self::Fact(patterns.iter().filter_map(compiled).collect());
        }
        let first = queries.len();
        queries.extend(patterns.iter().filter_map(|pattern| {
            Some(Query {
                regex: compiled(pattern)?,
                tree: Rule::tree(pattern),
            })
        }));
        Self::Statement((first..queries.len()).collect())
    }
}

/// The patterns that the condition asks for; `None` if it compares the value itself.
fn patterns(condition: &Condition) -> Option<Vec<String>> {
    let word = |word: &Value| {
        let word = word.as_str().filter(|word| !word.is_empty())?;
        Some(format!("(?i:{})", regex::escape(word)))
    };
    match condition.operator {
        Operator::Contains => Some(word(&condition.value).into_iter().collect()),
        Operator::ContainsAny => Some(list(&condition.value).iter().filter_map(word).collect()),
        Operator::Matches => {
            let pattern = condition.value.as_str().map(str::to_owned);
            Some(pattern.into_iter().collect())
        }
        Operator::Equals | Operator::NotEquals | Operator::In | Operator::GreaterThan => None,
    }
}

fn compare(condition: &Condition, value: &Value) -> bool {
    match condition.operator {
        Operator::Equals => *value == condition.value,
        Operator::NotEquals => *value != condition.value,
        Operator::In => list(&condition.value).contains(value),
        Operator::GreaterThan => {
            matches!((value.as_f64(), condition.value.as_f64()), (Some(a), Some(b)) if a > b)
        }
        Operator::Contains | Operator::ContainsAny | Operator::Matches => false,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
