//! The part of a pattern that is worth a look at the rest.
//!
//! An automaton of many patterns has a state for every combination of patterns that are under
//! way. One that waits behind a loop over nearly anything, such as `curl.*sh`, is under way for
//! the rest of the line, and doubles the states. So only a piece without such a loop is searched
//! for together with the other patterns; the pattern itself is then searched for around it.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::relax::{holds_nearly_anything, relax};

/// A part of a pattern that occurs wherever the pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What to search for; it may also occur elsewhere.
    pub(super) hir: Hir,
    /// How far before the end of the piece the match begins.
    pub(super) before: Reach,
    /// How far behind the end of the piece the match ends.
    pub(super) after: Reach,
}

/// How far a match may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// No more bytes than this.
    Bytes(usize),
    /// No further than the line.
    Line,
    /// Anywhere.
    Open,
}

/// A pattern is taken apart into no more branches than this.
const BRANCHES: usize = 64;

/// Repetitions of nearly anything up to this many do not multiply states enough to cut there.
const FEW: u32 = 4;

/// What a piece must tell to be better than the whole branch.
const TELLING: f32 = 2.0;

/// Pieces that tell more than this are equally good: the first of them is taken.
const ENOUGH: f32 = 5.0;

/// The pieces of a pattern, one of which occurs in every match.
pub(super) fn pieces(pattern: &Hir) -> Vec<Piece> {
    let mut branches = vec![Vec::new()];
    if !append(&mut branches, pattern) {
        branches = vec![vec![pattern.clone()]];
    }
    branches.iter().map(|branch| piece(branch)).collect()
}

/// Appends the parts of the pattern to each branch; false if there are too many branches.
fn append(branches: &mut Vec<Vec<Hir>>, hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(group) => append(branches, &group.sub),
        HirKind::Concat(parts) => parts.iter().all(|part| append(branches, part)),
        HirKind::Alternation(parts) if is_first(branches) || is_wide(hir) => {
            let before = std::mem::take(branches);
            parts.iter().all(|part| {
                let mut these = before.clone();
                let few = append(&mut these, part);
                branches.append(&mut these);
                few && branches.len() <= BRANCHES
            })
        }
        _ => {
            for branch in branches {
                branch.push(hir.clone());
            }
            true
        }
    }
}

fn is_first(branches: &[Vec<Hir>]) -> bool {
    branches.iter().all(Vec::is_empty)
}

/// The most telling piece of a branch.
fn piece(parts: &[Hir]) -> Piece {
    let mut best: Option<(f32, std::ops::Range<usize>)> = None;
    let mut start = 0;
    for end in 0..=parts.len() {
        if end < parts.len() && !is_wide(&parts[end]) {
            continue;
        }
        let run = trim(parts, start..end);
        let tells: f32 = parts[run.clone()].iter().map(tells).sum();
        let tells = tells.min(ENOUGH);
        if best.as_ref().is_none_or(|(most, _)| tells > *most) {
            best = Some((tells, run));
        }
        start = end + 1;
    }
    let (_, run) = best
        .filter(|(tells, _)| *tells >= TELLING)
        .unwrap_or((0.0, 0..parts.len()));
    cut(parts, run)
}

/// Without what need not be there at both ends.
fn trim(parts: &[Hir], mut run: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let optional =
        |part: &Hir| matches!(part.kind(), HirKind::Repetition(repetition) if repetition.min == 0);
    while run.start < run.end && optional(&parts[run.start]) {
        run.start += 1;
    }
    while run.start < run.end && optional(&parts[run.end - 1]) {
        run.end -= 1;
    }
    run
}

fn cut(parts: &[Hir], run: std::ops::Range<usize>) -> Piece {
    let mut searched: Vec<Hir> = parts[run.clone()].iter().map(relax).collect();
    let last = searched.len().saturating_sub(1);
    for at in [0, last] {
        if let Some(part) = searched.get_mut(at) {
            *part = shortest(part);
        }
    }
    Piece {
        hir: Hir::concat(searched),
        before: reach(&parts[..run.end]),
        after: reach(&parts[run.end.saturating_sub(1)..]),
    }
}

/// Loops at the ends of a piece need only be begun.
fn shortest(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => Hir::repetition(Repetition {
            max: Some(repetition.min),
            ..repetition.clone()
        }),
        _ => hir.clone(),
    }
}

fn reach(parts: &[Hir]) -> Reach {
    let longest = parts.iter().try_fold(0_usize, |sum, part| {
        sum.checked_add(part.properties().maximum_len()?)
    });
    match longest {
        Some(longest) => Reach::Bytes(longest),
        None if parts.iter().any(spans_lines) => Reach::Open,
        None => Reach::Line,
    }
}

fn spans_lines(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Class(class) => super::relax::holds(class, '\n'),
        HirKind::Repetition(repetition) => spans_lines(&repetition.sub),
        HirKind::Capture(group) => spans_lines(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(spans_lines),
    }
}

/// Whether it holds a loop over nearly anything.
fn is_wide(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let many = repetition.max.is_none_or(|max| max > FEW);
            (many && holds_nearly_anything(&repetition.sub)) || is_wide(&repetition.sub)
        }
        HirKind::Capture(group) => is_wide(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(is_wide),
        _ => false,
    }
}

/// How much an occurrence tells: about as much as so many letters.
fn tells(hir: &Hir) -> f32 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0.0,
        HirKind::Literal(literal) => literal.0.iter().map(|_| 1.0).sum(),
        HirKind::Class(class) => match super::relax::size(class) {
            0..=3 => 1.0,
            4..=16 => 0.5,
            17..=64 => 0.2,
            _ => 0.0,
        },
        HirKind::Repetition(repetition) => {
            let times = u16::try_from(repetition.min.min(64)).unwrap_or_default();
            f32::from(times) * tells(&repetition.sub)
        }
        HirKind::Capture(group) => tells(&group.sub),
        HirKind::Concat(parts) => parts.iter().map(tells).sum(),
        HirKind::Alternation(parts) => parts.iter().map(tells).fold(f32::INFINITY, f32::min),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> Vec<(String, Reach, Reach)> {
        let hir = regex_syntax::parse(pattern).expect("a pattern");
        let shown = |piece: Piece| (piece.hir.to_string(), piece.before, piece.after);
        pieces(&hir).into_iter().map(shown).collect()
    }

    #[test]
    fn the_most_telling_side_of_a_wide_loop_is_searched_for() {
        let curl = |after| vec![("(?:curl)".to_owned(), Reach::Bytes(4), after)];
        assert_eq!(of("curl.*sh"), curl(Reach::Line));
        assert_eq!(of("(?s)curl.*sh"), curl(Reach::Open));
        assert_eq!(of("curl[ -~]{0,30}sh"), curl(Reach::Bytes(4 + 30 + 2)));
        assert_eq!(
            of("a.*bash"),
            [("(?:bash)".to_owned(), Reach::Line, Reach::Bytes(4))]
        );
    }

    #[test]
    fn every_branch_has_its_piece() {
        let found = of("(?:curl.*|wget )sh|nc -e");
        let texts: Vec<&str> = found.iter().map(|(text, ..)| text.as_str()).collect();
        assert_eq!(texts, ["(?:curl)", "(?:wget sh)", "(?:nc \\-e)"]);
    }

    #[test]
    fn what_tells_little_is_searched_for_whole() {
        for pattern in ["a.*b", "(?:x|.*)y"] {
            let found = of(pattern);
            assert!(
                found.iter().all(|(_, _, after)| *after == Reach::Bytes(1)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn loops_at_the_ends_need_only_begin() {
        let found = of("key=[0-9]{8,}");
        assert_eq!(found[0].0, of("key=[0-9]{8}")[0].0);
        assert_eq!(found[0].2, Reach::Line);
    }
}
