use super::rule::Rule;
use super::set::Set;
use crate::{Pack, Phase, View, translate};

/// The rules of one view and phase.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) view: View,
    set: Set,
    rules: Vec<Rule>,
}

impl Group {
    /// The groups of a phase, in the order of the views.
    pub(super) fn of_pack(pack: &Pack, phase: Phase) -> Vec<Self> {
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
        views.sort_unstable();
        views.dedup();
        let group = |view| {
            let mut patterns = Vec::new();
            let mut compiled = Vec::new();
            for (index, policy, pattern) in rules().filter(|(_, _, pattern)| pattern.view == view) {
                compiled.push(Rule::new(index, policy, &pattern.pattern));
                patterns.push(translate(&pattern.pattern).unwrap_or_default());
            }
            Self {
                view,
                set: Set::new(&patterns),
                rules: compiled,
            }
        };
        views.into_iter().map(group).collect()
    }

    /// The rules whose pattern occurs in the text.
    pub(super) fn candidates(&self, text: &str) -> impl Iterator<Item = &Rule> {
        let found = self.set.matching(text);
        let hits: Vec<usize> = found.iter().map(|pattern| pattern.as_usize()).collect();
        hits.into_iter().map(|hit| &self.rules[hit])
    }
}
