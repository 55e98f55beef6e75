use std::ops::Range;

use super::dynamic::Queries;
use super::rule::Rule;
use super::set::Set;
use crate::{Pack, Phase, View};

/// The rules of one view and phase.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) view: View,
    set: Set,
    rules: Vec<Rule>,
}

impl Group {
    /// The groups of a phase, in the order of the views. `queries` are searched for in the
    /// statement as it is, beside the rules.
    pub(super) fn of_pack(pack: &Pack, phase: Phase, queries: &Queries) -> Vec<Self> {
        let rules = || {
            pack.policies
                .iter()
                .enumerate()
                .filter(move |(_, policy)| policy.action.of(phase).is_some())
                .flat_map(|(index, policy)| {
                    policy
                        .all_patterns()
                        .map(move |pattern| (index, policy, pattern))
                })
        };
        let mut views: Vec<View> = rules().map(|(_, _, pattern)| pattern.view).collect();
        views.extend(queries.trees().next().map(|_| View::Raw));
        views.sort_unstable();
        views.dedup();
        let group = |view| {
            let mut trees = Vec::new();
            let mut compiled = Vec::new();
            for (index, policy, pattern) in rules().filter(|(_, _, pattern)| pattern.view == view) {
                compiled.push(Rule::new(index, policy, &pattern.pattern));
                trees.push(Rule::tree(&pattern.pattern));
            }
            if view == View::Raw {
                trees.extend(queries.trees());
            }
            Self {
                view,
                set: Set::new(&trees),
                rules: compiled,
            }
        };
        views.into_iter().map(group).collect()
    }

    /// Its rules, in order.
    #[cfg(test)]
    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules and queries that may match the text, in order; all that do are among them.
    pub(super) fn candidates(&self, text: &str) -> impl Iterator<Item = Candidate<'_>> {
        let hits = self.set.matching(text).into_iter();
        hits.map(|hit| match self.rules.get(hit.pattern) {
            Some(rule) => Candidate::Rule(rule, hit.windows),
            None => Candidate::Query(hit.pattern - self.rules.len()),
        })
    }
}

/// What may match a text.
#[derive(Debug)]
pub(super) enum Candidate<'a> {
    /// A rule, and the parts of the text that every match lies in.
    Rule(&'a Rule, Vec<Range<usize>>),
    /// A query, by its index.
    Query(usize),
}
