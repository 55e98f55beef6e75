//! Patterns that match at least as much, with fewer states.

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Repetition,
};

/// Repetitions are counted no further than this.
const COUNTED: u32 = 12;

/// More repetitions than this above the least are any number of them.
const SPREAD: u32 = 1;

/// A class with more characters than this, white space among them, is nearly anything.
const MANY: u32 = 64;

/// The same without counting far, and without telling characters beyond ASCII apart.
pub(super) fn relax(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => hir.clone(),
        HirKind::Class(Class::Bytes(_)) => hir.clone(),
        HirKind::Class(Class::Unicode(class)) => ascii_or_beyond(class),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            min: repetition.min.min(COUNTED),
            max: repetition
                .max
                .filter(|max| *max <= repetition.min.saturating_add(SPREAD) && *max <= COUNTED),
            greedy: repetition.greedy,
            sub: Box::new(relax(&repetition.sub)),
        }),
        HirKind::Capture(group) => relax(&group.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(relax).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(relax).collect()),
    }
}

/// The characters of ASCII, and any others if there is one.
fn ascii_or_beyond(class: &ClassUnicode) -> Hir {
    if class.is_ascii() {
        return Hir::class(Class::Unicode(class.clone()));
    }
    let ascii = class.iter().filter(|range| range.start().is_ascii());
    let ascii = ascii.map(|range| {
        let end = u8::try_from(range.end()).map_or(0x7F, |end| end.min(0x7F));
        ClassBytesRange::new(u8::try_from(range.start()).unwrap_or_default(), end)
    });
    let ascii = Hir::class(Class::Bytes(ClassBytes::new(ascii)));
    let beyond = Class::Bytes(ClassBytes::new([ClassBytesRange::new(0x80, 0xFF)]));
    let beyond = Hir::repetition(Repetition {
        min: 1,
        max: None,
        greedy: true,
        sub: Box::new(Hir::class(beyond)),
    });
    Hir::alternation(vec![ascii, beyond])
}

/// Whether what is matched may be nearly any text.
pub(super) fn holds_nearly_anything(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(class) => holds(class, ' ') && size(class) > MANY,
        HirKind::Repetition(repetition) => holds_nearly_anything(&repetition.sub),
        HirKind::Capture(group) => holds_nearly_anything(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().any(holds_nearly_anything)
        }
        _ => false,
    }
}

/// Whether the class holds the ASCII character.
pub(super) fn holds(class: &Class, sought: char) -> bool {
    match class {
        Class::Unicode(class) => class
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&sought)),
        Class::Bytes(class) => class
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&(sought as u8))),
    }
}

/// How many characters a class holds.
pub(super) fn size(class: &Class) -> u32 {
    match class {
        Class::Unicode(class) => class
            .iter()
            .map(|range| u32::from(range.end()) - u32::from(range.start()) + 1)
            .sum(),
        Class::Bytes(class) => class
            .iter()
            .map(|range| u32::from(range.end() - range.start()) + 1)
            .sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> String {
        relax(&regex_syntax::parse(pattern).expect("a pattern")).to_string()
    }

    #[test]
    fn nothing_is_counted_far() {
        assert_eq!(of("[0-9]{3,4}"), "[0-9]{3,4}");
        assert_eq!(of("[0-9]{8,17}"), "[0-9]{8,}");
        assert_eq!(of("x{40}"), "x{12,}");
    }

    #[test]
    fn characters_beyond_ascii_are_one() {
        assert_eq!(of("(?i)k"), of("[Kkπ]"));
        assert_eq!(of("(?i)a"), "[Aa]");
    }
}
