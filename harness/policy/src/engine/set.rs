use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind, PatternSet};

/// Bytes of states that a scan may keep; a pack's patterns on real text need a few megabytes.
const CACHE: usize = 64 << 20;

/// Patterns that are searched for together: one lazily built automaton, one step a byte.
pub(super) struct Set {
    dfa: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>,
}

impl Set {
    /// Of patterns that compile by themselves.
    pub(super) fn new(patterns: &[String]) -> Self {
        let config = Config::new()
            .match_kind(MatchKind::All)
            .cache_capacity(CACHE)
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder()
            .configure(config)
            .thompson(thompson::Config::new().shrink(false))
            .syntax(syntax::Config::new())
            .build_many(patterns)
            .expect("patterns were checked when the pack was read");
        let maker = dfa.clone();
        Self {
            caches: Pool::new(Box::new(move || maker.create_cache())),
            dfa,
        }
    }

    /// Indices of the patterns that match somewhere, in order.
    pub(super) fn matching(&self, text: &str) -> PatternSet {
        let mut found = PatternSet::new(self.dfa.pattern_len());
        let mut cache = self.caches.get();
        self.dfa
            .try_which_overlapping_matches(&mut cache, &Input::new(text), &mut found)
            .expect("an automaton without Unicode boundaries never quits");
        found
    }
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Set")
            .field("patterns", &self.dfa.pattern_len())
            .finish_non_exhaustive()
    }
}
