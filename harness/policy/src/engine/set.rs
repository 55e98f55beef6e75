use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memrchr};
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::hybrid::{CacheError, LazyStateID};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::piece::{Piece, Reach, pieces};

/// Bytes of states that a scan may keep. Real text needs two megabytes with the pack `system` and
/// sixteen with `hardened`; with less, states are built over and over.
const CACHE: usize = 64 << 20;

/// Ends of pieces are told apart by blocks of this many bytes.
const BLOCK: usize = 64;

/// Patterns that are searched for together: one lazily built automaton, one step a byte.
pub(super) struct Set {
    dfa: DFA,
    /// Of all patterns, in their order.
    branches: Vec<Branch>,
    /// Indices of the branches that a piece is of.
    of_piece: Vec<Vec<usize>>,
    scratches: Pool<Scratch, Box<dyn Fn() -> Scratch + Send + Sync>>,
}

/// One of the ways a pattern can match, by the indices of what is searched for.
struct Branch {
    /// Index of the pattern.
    pattern: usize,
    piece: usize,
    before: Reach,
    after: Reach,
    companions: Vec<usize>,
}

/// What a scan writes to, kept for the next one.
struct Scratch {
    cache: Cache,
    /// Blocks in which each piece ends, in order.
    blocks: Vec<Vec<usize>>,
    /// The pieces that have blocks.
    noticed: Vec<usize>,
    /// The state whose pieces were noted last, and in which block.
    last: Option<Noted>,
}

/// A state, the block, and how often the cache was cleared: clearing gives states new names.
type Noted = (LazyStateID, usize, usize);

/// A pattern that may match, and where it need only be searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The pattern's index.
    pub(super) pattern: usize,
    /// Disjoint parts of the text, from left to right. Every match lies in one of them.
    pub(super) windows: Vec<Range<usize>>,
}

impl Set {
    /// Of patterns that compile by themselves.
    pub(super) fn new(patterns: &[Hir]) -> Self {
        let mut searched = Searched::default();
        let mut branches = Vec::new();
        for (pattern, tree) in patterns.iter().enumerate() {
            let branch = |piece: Piece| Branch {
                pattern,
                piece: searched.index(piece.hir),
                before: piece.before,
                after: piece.after,
                companions: piece
                    .companions
                    .into_iter()
                    .map(|companion| searched.index(companion))
                    .collect(),
            };
            branches.extend(pieces(tree).into_iter().map(branch));
        }
        let dfa = automaton(&searched.trees);
        let mut of_piece = vec![Vec::new(); searched.trees.len()];
        for (index, branch) in branches.iter().enumerate() {
            of_piece[branch.piece].push(index);
        }
        let maker = dfa.clone();
        let count = searched.trees.len();
        let scratch = move || Scratch {
            cache: maker.create_cache(),
            blocks: vec![Vec::new(); count],
            noticed: Vec::new(),
            last: None,
        };
        Self {
            dfa,
            branches,
            of_piece,
            scratches: Pool::new(Box::new(scratch)),
        }
    }

    /// The patterns that may match somewhere, in order; all that do are among them.
    pub(super) fn matching(&self, text: &str) -> Vec<Hit> {
        let mut scratch = self.scratches.get();
        scratch.last = None;
        self.scan(&mut scratch, text.as_bytes())
            .expect("a cache without a least efficiency never gives up");
        if scratch.noticed.is_empty() {
            return Vec::new();
        }
        self.hits(&mut scratch, text)
    }

    fn hits(&self, scratch: &mut Scratch, text: &str) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let noticed = scratch.noticed.iter();
        let mut branches: Vec<usize> = noticed
            .flat_map(|piece| self.of_piece[*piece].iter().copied())
            .collect();
        branches.sort_unstable();
        for branch in branches.into_iter().map(|index| &self.branches[index]) {
            let windows = branch.windows(&scratch.blocks, text);
            match hits.last_mut() {
                _ if windows.is_empty() => {}
                Some(hit) if hit.pattern == branch.pattern => hit.windows.extend(windows),
                _ => hits.push(Hit {
                    pattern: branch.pattern,
                    windows,
                }),
            }
        }
        for hit in &mut hits {
            join(&mut hit.windows);
        }
        for noticed in scratch.noticed.drain(..) {
            scratch.blocks[noticed].clear();
        }
        hits
    }

    fn scan(&self, scratch: &mut Scratch, text: &[u8]) -> Result<(), CacheError> {
        let mut state = self
            .dfa
            .start_state_forward(&mut scratch.cache, &Input::new(text))
            .expect("an unanchored search from the beginning");
        let mut at = 0;
        while at < text.len() {
            // Most states are known and no match; those are gone through without further questions.
            while let Some(byte) = text.get(at) {
                let next = self.dfa.next_state_untagged(&scratch.cache, state, *byte);
                if next.is_tagged() {
                    break;
                }
                state = next;
                at += 1;
            }
            while let Some(byte) = text.get(at) {
                state = self.dfa.next_state(&mut scratch.cache, state, *byte)?;
                if state.is_match() {
                    self.note(scratch, state, at);
                }
                at += 1;
                if !state.is_tagged() {
                    break;
                }
            }
        }
        state = self.dfa.next_eoi_state(&mut scratch.cache, state)?;
        if state.is_match() {
            self.note(scratch, state, text.len());
        }
        Ok(())
    }

    /// Notes the pieces that end at `at`.
    #[inline(never)]
    fn note(&self, scratch: &mut Scratch, state: LazyStateID, at: usize) {
        let block = at / BLOCK;
        let noted = Some((state, block, scratch.cache.clear_count()));
        // Loops stay in a state; nothing new is in it.
        if scratch.last == noted {
            return;
        }
        scratch.last = noted;
        for index in 0..self.dfa.match_len(&scratch.cache, state) {
            let piece = self
                .dfa
                .match_pattern(&scratch.cache, state, index)
                .as_usize();
            let blocks = &mut scratch.blocks[piece];
            match blocks.last() {
                Some(last) if *last == block => {}
                Some(_) => blocks.push(block),
                None => {
                    blocks.push(block);
                    scratch.noticed.push(piece);
                }
            }
        }
    }
}

/// What is searched for, each once.
#[derive(Default)]
struct Searched {
    trees: Vec<Hir>,
    indices: HashMap<String, usize>,
}

impl Searched {
    fn index(&mut self, tree: Hir) -> usize {
        let next = self.trees.len();
        let index = *self.indices.entry(tree.to_string()).or_insert(next);
        if index == next {
            self.trees.push(tree);
        }
        index
    }
}

fn automaton(searched: &[Hir]) -> DFA {
    // Pieces may hold bytes that are no characters: they are a wider net than the pattern.
    let nfa = NFA::compiler()
        .configure(thompson::Config::new().shrink(false).utf8(false))
        .build_many_from_hir(searched)
        .expect("patterns were checked when the pack was read");
    let config = Config::new()
        .match_kind(MatchKind::All)
        .cache_capacity(CACHE)
        .skip_cache_capacity_check(true);
    DFA::builder()
        .configure(config)
        .build_from_nfa(nfa)
        .expect("an automaton without Unicode boundaries")
}

impl Branch {
    /// Where matches lie; every one of them holds the piece, which was noticed, and its companions.
    /// Blocks are in order.
    fn windows(&self, blocks: &[Vec<usize>], text: &str) -> Vec<Range<usize>> {
        if self.companions.iter().any(|one| blocks[*one].is_empty()) {
            return Vec::new();
        }
        let mut all: Vec<Range<usize>> = Vec::new();
        for block in &blocks[self.piece] {
            let (first, last) = (block * BLOCK, block * BLOCK + BLOCK - 1);
            let before = all.last().cloned().unwrap_or(0..0);
            let start = match self.before {
                Reach::Bytes(bytes) => first.saturating_sub(bytes),
                Reach::Spaced(bytes) => {
                    let before = &text.as_bytes()[..first.min(text.len())];
                    first - spaced(before.iter().rev(), bytes)
                }
                // No byte is looked at twice: what the window before holds is in one with this.
                Reach::Line(bytes) if first <= before.end + bytes => before.start,
                Reach::Line(bytes) => {
                    let between = &text.as_bytes()[before.end..first - bytes];
                    memrchr(b'\n', between).map_or(before.end, |newline| before.end + newline + 1)
                }
                Reach::Open => 0,
            };
            let end = match self.after {
                Reach::Bytes(bytes) => last.saturating_add(bytes).min(text.len()),
                Reach::Spaced(bytes) => {
                    let after = text.as_bytes().get(last..).unwrap_or_default();
                    (last + spaced(after.iter(), bytes)).min(text.len())
                }
                Reach::Line(bytes) if last + bytes < before.end => before.end,
                Reach::Line(bytes) => {
                    let from = (last + bytes).min(text.len());
                    let newline = memchr(b'\n', &text.as_bytes()[from..]);
                    newline.map_or(text.len(), |newline| from + newline)
                }
                Reach::Open => text.len(),
            };
            match all.last_mut() {
                Some(before) if start <= before.end => {
                    before.start = before.start.min(start);
                    before.end = before.end.max(end);
                }
                _ => all.push(start..end),
            }
            if all.first() == Some(&(0..text.len())) {
                break;
            }
        }
        all.retain(|window| {
            self.companions
                .iter()
                .all(|one| is_near(&blocks[*one], window))
        });
        all
    }
}

/// How many bytes hold this many that are no white space, and what white space comes then.
fn spaced<'a>(bytes: impl Iterator<Item = &'a u8>, mut count: usize) -> usize {
    bytes
        .take_while(|byte| {
            let white = byte.is_ascii_whitespace() || **byte == 0x0B;
            let within = white || count > 0;
            count -= usize::from(!white && within);
            within
        })
        .count()
}

/// Whether one of the blocks reaches into the window.
fn is_near(blocks: &[usize], window: &Range<usize>) -> bool {
    let first = blocks.partition_point(|block| block * BLOCK + BLOCK <= window.start);
    blocks
        .get(first)
        .is_some_and(|block| block * BLOCK <= window.end)
}

/// Puts windows in order and makes those that touch one.
fn join(windows: &mut Vec<Range<usize>>) {
    windows.sort_unstable_by_key(|window| window.start);
    windows.dedup_by(|next, before| {
        let touches = next.start <= before.end;
        if touches {
            before.end = before.end.max(next.end);
        }
        touches
    });
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Set")
            .field("branches", &self.branches.len())
            .finish_non_exhaustive()
    }
}
