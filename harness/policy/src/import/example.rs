use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::engine::Rule;
use crate::{Re2Error, translate};

/// Examples of each kind that a pack asks for.
const WANTED: usize = 3;

/// Ways through a pattern that are tried.
const VARIANTS: usize = 64;

/// Bytes of an example.
const LONGEST: usize = 4000;

/// Strings that a pattern matches, as far as they can be made from it; each is verified.
///
/// # Errors
/// [`Re2Error`].
pub(super) fn matching(pattern: &str) -> Result<Vec<String>, Re2Error> {
    let regex = Rule::regex(pattern)?;
    let Ok(hir) = regex_syntax::parse(&translate(pattern)?) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for variant in 0..VARIANTS {
        let mut text = String::new();
        if write(&hir, variant, &mut text).is_some() {
            keep(&mut found, text, |text| regex.is_match(text));
        }
    }
    // A pattern of one string shows it in other company.
    if let Some(first) = found.first().cloned() {
        for text in [
            format!("{first} "),
            format!(" {first}"),
            format!("{first}\n"),
        ] {
            keep(&mut found, text, |text| regex.is_match(text));
        }
    }
    Ok(found)
}

/// Strings close to the matching ones that do not match; each is verified.
///
/// # Errors
/// [`Re2Error`].
pub(super) fn near_misses(pattern: &str, matching: &[String]) -> Result<Vec<String>, Re2Error> {
    let regex = Rule::regex(pattern)?;
    let mut found = Vec::new();
    for text in matching {
        if let Some(miss) = miss(text, &regex, &found) {
            keep(&mut found, miss, |_| true);
        }
    }
    for text in ["nothing of the kind", "README.md", "0", "-"] {
        keep(&mut found, text.to_owned(), |text| !regex.is_match(text));
    }
    Ok(found)
}

fn keep(found: &mut Vec<String>, text: String, holds: impl Fn(&str) -> bool) {
    if found.len() < WANTED && !text.is_empty() && !found.contains(&text) && holds(&text) {
        found.push(text);
    }
}

/// The text without one character, or with another one in its place.
fn miss(text: &str, regex: &Regex, known: &[String]) -> Option<String> {
    let fits =
        |miss: &String| !miss.trim().is_empty() && !known.contains(miss) && !regex.is_match(miss);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        let tried = [format!("{before}{after}"), format!("{before}~{after}")];
        if let Some(miss) = tried.into_iter().find(fits) {
            return Some(miss);
        }
    }
    None
}

/// Characters that read well, in the order in which they are preferred.
const READABLE: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -_.:/=,";

/// Writes a string of the pattern; positions are passed over, so the caller must verify it.
fn write(hir: &Hir, variant: usize, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(pick(class, variant)?),
        HirKind::Capture(capture) => write(&capture.sub, variant, text)?,
        HirKind::Repetition(repetition) => {
            let more = u32::from(variant % 2 == 1);
            let count = repetition.min.saturating_add(more);
            let count = repetition.max.map_or(count, |max| count.min(max));
            for n in 0..count {
                write(&repetition.sub, variant / 2 + n as usize, text)?;
            }
        }
        HirKind::Concat(parts) => {
            for part in parts {
                write(part, variant, text)?;
            }
        }
        HirKind::Alternation(parts) => {
            write(&parts[variant % parts.len()], variant / parts.len(), text)?;
        }
    }
    Some(())
}

fn pick(class: &Class, variant: usize) -> Option<char> {
    let holds = |c: char| match class {
        Class::Unicode(class) => class.iter().any(|r| (r.start()..=r.end()).contains(&c)),
        Class::Bytes(class) => {
            c.is_ascii()
                && class
                    .iter()
                    .any(|r| (r.start()..=r.end()).contains(&(c as u8)))
        }
    };
    // A blank lets what comes next begin a word.
    if variant % 4 == 3 && holds(' ') {
        return Some(' ');
    }
    let readable: Vec<char> = READABLE.chars().filter(|c| holds(*c)).collect();
    if !readable.is_empty() {
        return Some(readable[variant % readable.len()]);
    }
    match class {
        Class::Unicode(class) => class.iter().next().map(|range| range.start()),
        Class::Bytes(class) => class.iter().next().map(|range| char::from(range.start())),
    }
}
