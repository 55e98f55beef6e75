use hookproof_policy::{Pack, Phase, translate};
use regex::{Regex, RegexSet};

/// The translated patterns that a pack looks for in a phase.
fn patterns(pack: &Pack, phase: Phase) -> Vec<String> {
    let looked_at = pack
        .policies
        .iter()
        .filter(|policy| policy.action.of(phase).is_some());
    looked_at
        .flat_map(hookproof_policy::Policy::all_patterns)
        .map(|one| translate(&one.pattern).expect("patterns were checked when the pack was read"))
        .collect()
}

/// One pattern after the other, as the platform does.
#[derive(Debug)]
pub struct OneByOne(Vec<Regex>);

impl OneByOne {
    /// All patterns of a phase.
    #[must_use]
    pub fn new(pack: &Pack, phase: Phase) -> Self {
        let compiled = |pattern: &String| Regex::new(pattern).expect("a pattern");
        Self(patterns(pack, phase).iter().map(compiled).collect())
    }

    /// How many patterns occur in the text.
    #[must_use]
    pub fn matching(&self, text: &str) -> usize {
        self.0.iter().filter(|regex| regex.is_match(text)).count()
    }
}

/// All patterns in one `RegexSet`.
#[derive(Debug)]
pub struct BareSet(RegexSet);

impl BareSet {
    /// All patterns of a phase.
    ///
    /// # Panics
    /// If they are too many for one set.
    #[must_use]
    pub fn new(pack: &Pack, phase: Phase) -> Self {
        Self(RegexSet::new(patterns(pack, phase)).expect("patterns of one pack fit a set"))
    }

    /// How many patterns occur in the text.
    #[must_use]
    pub fn matching(&self, text: &str) -> usize {
        self.0.matches(text).len()
    }
}
