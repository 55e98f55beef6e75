//! The part of a pattern that is worth a look at the rest.
//!
//! An automaton of many patterns has a state for every combination of patterns that are under
//! way. One that waits behind a loop over nearly anything, such as `curl.*sh`, is under way for
//! the rest of the line, and doubles the states. So only a piece without such a loop is searched
//! for together with the other patterns; the pattern itself is then searched for around it.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

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
    /// What else occurs in the match.
    pub(super) companions: Vec<Hir>,
}

/// How far a match may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// No more bytes than this.
    Bytes(usize),
    /// No more bytes than this beside any amount of white space.
    Spaced(usize),
    /// No further than the line that so many bytes lead to.
    Line(usize),
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

/// The most telling piece of a branch, and the others that tell something.
fn piece(parts: &[Hir]) -> Piece {
    let mut telling: Vec<(f32, Range<usize>)> = runs(parts)
        .into_iter()
        .map(|run| (parts[run.clone()].iter().map(tells).sum::<f32>(), run))
        .map(|(tells, run)| (tells.min(ENOUGH), run))
        .filter(|(tells, _)| *tells >= TELLING)
        .collect();
    telling.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut runs = telling.into_iter().map(|(_, run)| run);
    let run = runs.next().unwrap_or(0..parts.len());
    Piece {
        hir: searched(&parts[run.clone()]),
        before: reach(parts[..run.end].iter().rev()),
        after: reach(parts[run.end.saturating_sub(1)..].iter()),
        companions: runs.map(|run| searched(&parts[run])).collect(),
    }
}

/// What stands between wide loops.
fn runs(parts: &[Hir]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for end in 0..=parts.len() {
        if parts.get(end).is_none_or(is_wide) {
            runs.push(trim(parts, start..end));
            start = end + 1;
        }
    }
    runs
}

/// Without what need not be there at both ends.
fn trim(parts: &[Hir], mut run: Range<usize>) -> Range<usize> {
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

fn searched(parts: &[Hir]) -> Hir {
    let mut searched: Vec<Hir> = parts.iter().map(relax).collect();
    let last = searched.len().saturating_sub(1);
    for at in [0, last] {
        if let Some(part) = searched.get_mut(at) {
            *part = shortest(part);
        }
    }
    Hir::concat(searched)
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

/// How far parts reach that follow each other, from the piece outwards.
fn reach<'a>(parts: impl Iterator<Item = &'a Hir> + Clone) -> Reach {
    match total(parts.clone()) {
        Some(all) if all.spaced => return Reach::Spaced(all.bytes),
        Some(all) => return Reach::Bytes(all.bytes),
        None => {}
    }
    let mut bytes = 0;
    let mut beyond = parts.skip_while(|part| match part.properties().maximum_len() {
        Some(longest) => {
            bytes += longest;
            true
        }
        None => false,
    });
    if beyond.any(spans_lines) {
        Reach::Open
    } else {
        drop(beyond);
        Reach::Line(bytes)
    }
}

/// How long a match can be.
#[derive(Clone, Copy, Debug, Default)]
struct Length {
    bytes: usize,
    /// Beside any amount of white space.
    spaced: bool,
}

/// Of all parts together.
fn total<'a>(mut parts: impl Iterator<Item = &'a Hir>) -> Option<Length> {
    parts.try_fold(Length::default(), |all, part| {
        let part = length(part)?;
        Some(Length {
            bytes: all.bytes.checked_add(part.bytes)?,
            spaced: all.spaced || part.spaced,
        })
    })
}

/// `None` if there is no bound.
fn length(hir: &Hir) -> Option<Length> {
    if let Some(bytes) = hir.properties().maximum_len() {
        return Some(Length {
            bytes,
            spaced: false,
        });
    }
    match hir.kind() {
        HirKind::Repetition(Repetition { max: None, sub, .. }) if is_white(sub) => Some(Length {
            bytes: 0,
            spaced: true,
        }),
        HirKind::Repetition(repetition) => {
            let one = length(&repetition.sub)?;
            let times = usize::try_from(repetition.max?).ok()?;
            Some(Length {
                bytes: one.bytes.checked_mul(times)?,
                ..one
            })
        }
        HirKind::Capture(group) => length(&group.sub),
        HirKind::Concat(parts) => total(parts.iter()),
        HirKind::Alternation(parts) => parts.iter().try_fold(Length::default(), |all, part| {
            let part = length(part)?;
            Some(Length {
                bytes: all.bytes.max(part.bytes),
                spaced: all.spaced || part.spaced,
            })
        }),
        _ => None,
    }
}

fn is_white(hir: &Hir) -> bool {
    let white = |byte: u8| byte.is_ascii_whitespace() || byte == 0x0B;
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .all(|range| (range.start()..=range.end()).all(|c| u8::try_from(c).is_ok_and(white))),
        HirKind::Literal(literal) => literal.0.iter().copied().all(white),
        _ => false,
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

    fn of(pattern: &str) -> Vec<Piece> {
        pieces(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    fn texts(pattern: &str) -> Vec<String> {
        of(pattern).iter().map(|one| one.hir.to_string()).collect()
    }

    #[test]
    fn the_most_telling_side_of_a_wide_loop_is_searched_for() {
        for (pattern, text, before, after) in [
            ("curl.*sh", "(?:curl)", Reach::Bytes(4), Reach::Line(4)),
            ("(?s)curl.*sh", "(?:curl)", Reach::Bytes(4), Reach::Open),
            (
                "curl[ -~]{0,30}sh",
                "(?:curl)",
                Reach::Bytes(4),
                Reach::Bytes(36),
            ),
            (
                "drop[ ]+table",
                "(?:(?:drop) +(?:table))",
                Reach::Spaced(9),
                Reach::Bytes(5),
            ),
            ("a.*bash", "(?:bash)", Reach::Line(4), Reach::Bytes(4)),
        ] {
            let piece = &of(pattern)[0];
            assert_eq!(piece.hir.to_string(), text);
            assert_eq!((piece.before, piece.after), (before, after), "{pattern}");
        }
    }

    #[test]
    fn every_branch_has_its_piece() {
        assert_eq!(
            texts("(?:curl.*|wget )sh|nc -e"),
            ["(?:curl)", "(?:wget sh)", "(?:nc \\-e)"]
        );
    }

    #[test]
    fn what_tells_little_is_searched_for_whole() {
        for pattern in ["a.*b", "(?:x|.*)y"] {
            let found = of(pattern);
            let whole = |piece: &Piece| piece.after == Reach::Bytes(1);
            assert!(found.iter().all(whole), "{found:?}");
        }
    }

    #[test]
    fn the_other_sides_are_companions() {
        let companions = |pattern| of(pattern)[0].companions.len();
        assert_eq!(companions("curl.*[|].*bash"), 1);
        assert_eq!(companions("curl.*x"), 0);
    }

    #[test]
    fn loops_at_the_ends_need_only_begin() {
        assert_eq!(texts("key=[0-9]{8,}"), texts("key=[0-9]{8}"));
        assert_eq!(of("key=[0-9]{8,}")[0].after, Reach::Line(0));
    }
}
