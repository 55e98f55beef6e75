use std::ops::Range;

use memchr::{memchr, memrchr};
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::hybrid::{CacheError, LazyStateID};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::pool::Pool;
use regex_automata::{Input, MatchKind};
use regex_syntax::hir::Hir;

use super::piece::{Piece, Reach, pieces};

/// Bytes of states that a scan may keep; a pack's pieces on real text need a few megabytes.
const CACHE: usize = 64 << 20;

/// Ends of pieces are told apart by blocks of this many bytes.
const BLOCK: usize = 64;

/// Patterns that are searched for together: one lazily built automaton, one step a byte.
pub(super) struct Set {
    dfa: DFA,
    /// Of all patterns, in their order.
    pieces: Vec<Piece>,
    /// Index of the pattern that a piece is of.
    owners: Vec<usize>,
    scratches: Pool<Scratch, Box<dyn Fn() -> Scratch + Send + Sync>>,
}

/// What a scan writes to, kept for the next one.
struct Scratch {
    cache: Cache,
    /// Blocks in which each piece ends, in order.
    blocks: Vec<Vec<usize>>,
    /// The pieces that occur.
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
        let of = |(owner, pattern)| pieces(pattern).into_iter().map(move |piece| (owner, piece));
        let (owners, pieces): (Vec<usize>, Vec<Piece>) =
            patterns.iter().enumerate().flat_map(of).unzip();
        let searched: Vec<&Hir> = pieces.iter().map(|piece| &piece.hir).collect();
        let dfa = automaton(&searched);
        let maker = dfa.clone();
        let count = pieces.len();
        let scratch = move || Scratch {
            cache: maker.create_cache(),
            blocks: vec![Vec::new(); count],
            noticed: Vec::new(),
            last: None,
        };
        Self {
            dfa,
            pieces,
            owners,
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
        let Scratch {
            blocks, noticed, ..
        } = scratch;
        noticed.sort_unstable();
        let mut hits: Vec<Hit> = Vec::new();
        for noticed in noticed.drain(..) {
            let windows = windows(&self.pieces[noticed], blocks[noticed].drain(..), text);
            let pattern = self.owners[noticed];
            match hits.last_mut() {
                Some(hit) if hit.pattern == pattern => hit.windows.extend(windows),
                _ => hits.push(Hit { pattern, windows }),
            }
        }
        for hit in &mut hits {
            join(&mut hit.windows);
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

fn automaton(searched: &[&Hir]) -> DFA {
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

/// Where matches lie whose piece ends in one of the blocks, which are in order.
fn windows(piece: &Piece, blocks: impl Iterator<Item = usize>, text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for block in blocks {
        let (first, last) = (block * BLOCK, block * BLOCK + BLOCK - 1);
        let before = all.last().cloned().unwrap_or(0..0);
        let start = match piece.before {
            Reach::Bytes(bytes) => first.saturating_sub(bytes),
            // No byte is looked at twice: what the window before holds is in one with this.
            Reach::Line if first <= before.end => before.start,
            Reach::Line => memrchr(b'\n', &text.as_bytes()[before.end..first])
                .map_or(before.end, |newline| before.end + newline + 1),
            Reach::Open => 0,
        };
        let end = match piece.after {
            Reach::Bytes(bytes) => last.saturating_add(bytes).min(text.len()),
            Reach::Line if last < before.end => before.end,
            Reach::Line => text.as_bytes().get(last..).map_or(text.len(), |rest| {
                memchr(b'\n', rest).map_or(text.len(), |newline| last + newline)
            }),
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
    all
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
            .field("pieces", &self.pieces.len())
            .finish_non_exhaustive()
    }
}
