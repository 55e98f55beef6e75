//! Numbers and addresses of persons in a text.

use std::ops::Range;
use std::sync::LazyLock;

use hookproof_policy::Validator;
use regex::Regex;

/// What divides a number for readers.
const SEPARATORS: &str =
    " .-/_\t\n\u{a0}\u{2009}\u{2011}\u{2013}\u{2212}\u{b7}\u{ff0d}\u{ff0e}\u{ff0f}\u{ff3f}\u{3000}";

/// What nobody sees.
const INVISIBLE: &str = "\u{200b}\u{200d}\u{2060}\u{ad}\u{feff}";

/// A character, or one that is written as a number.
pub(super) static SIGN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)\\u[0-9a-fA-F]{4}|&#[0-9]{2,4};|.").expect("a pattern"));

/// An address; a letter, seven digits and a letter; an account with its country; or letters and
/// digits with separators between them.
static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
    let written = r"\\u[0-9a-fA-F]{4}|&#[0-9]{2,4};";
    let digit = format!(r"(?:\p{{Nd}}|{written})");
    let sign = format!(r"(?:\p{{Nd}}|\p{{Lu}}|{written})");
    let between = format!("[{}{INVISIBLE}]", SEPARATORS.replace('-', r"\-"));
    Regex::new(&format!(
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[A-Za-z][ .-]?{digit}(?:[ .-]?{digit}){{6}}[ .-]?[A-Za-z]\b|\b[A-Za-z]{{2}}[0-9]{{2}}(?:[ -]?[A-Za-z0-9]{{4}}){{3,7}}(?:[ -]?[A-Za-z0-9]{{1,3}})?\b|(?:\b\p{{Lu}}{{4}}{between}\p{{Lu}}|\b\p{{Lu}}{{1,6}}|\b\p{{Lu}}{between}|\+|\({digit}{{1,4}}\){between}?)?{digit}(?:{between}{{0,3}}{sign}){{4,}}"
    ))
    .expect("a pattern")
});

/// A word that may say what a number is.
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\p{L}{3,}").expect("a pattern"));

/// Rules that hardly one other number in a hundred keeps.
const CHECKS: [Validator; 2] = [Validator::Nric, Validator::Iban];

/// Digits that make an identifier; fewer are just a number.
const DIGITS: usize = 4;

pub(super) fn found(text: &str) -> Vec<Range<usize>> {
    let is_long = |one: &regex::Match<'_>| {
        let digits = signs(one.as_str())
            .into_iter()
            .filter(|sign| sign.len() > 4 || sign.chars().all(char::is_numeric));
        one.as_str().contains('@') || digits.count() >= DIGITS
    };
    IDENTIFIER
        .find_iter(text)
        .filter(is_long)
        .map(|one| one.range())
        .collect()
}

/// All that a reader sees, in order.
pub(super) fn signs(found: &str) -> Vec<&str> {
    SIGN.find_iter(found)
        .map(|sign| sign.as_str())
        .filter(|sign| !INVISIBLE.contains(*sign))
        .collect()
}

/// The character that a sign stands for.
pub(super) fn meant(sign: &str) -> char {
    let code = match sign.strip_prefix("\\u") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => sign
            .strip_prefix("&#")
            .and_then(|rest| rest.trim_end_matches(';').parse().ok()),
    };
    let written = code.and_then(char::from_u32);
    written.or_else(|| sign.chars().next()).unwrap_or(' ')
}

/// Whether one of these characters is in it, written as itself or as a number.
pub(super) fn shows(found: &str, characters: &[char]) -> bool {
    signs(found)
        .iter()
        .any(|sign| characters.contains(&meant(sign)))
}

/// The parts between separators.
pub(super) fn groups(found: &str) -> Vec<Vec<&str>> {
    signs(found)
        .split(|sign| SEPARATORS.contains(meant(sign)))
        .filter(|group| !group.is_empty())
        .map(<[&str]>::to_vec)
        .collect()
}

/// Whether more than its form tells what it is: a word, a sign, or check digits.
pub(super) fn is_told(before: &str, found: &str, after: &str) -> bool {
    found.contains(['@', '+'])
        || WORD.is_match(before)
        || WORD.is_match(after)
        || CHECKS.iter().any(|check| check.holds(found))
        || is_card(found)
}

/// Whether its first digit and its length are those of a payment card, beside its check digit.
fn is_card(found: &str) -> bool {
    let digits: String = found.chars().filter(char::is_ascii_digit).collect();
    matches!(digits.len(), 15 | 16)
        && digits.starts_with(['3', '4', '5'])
        && Validator::Luhn.holds(found)
}

/// Whether dots are parts of it: without them an address of the internet is another one.
pub(super) fn is_internet_address(found: &str) -> bool {
    let groups = groups(found);
    groups.len() == 4
        && signs(found)
            .iter()
            .filter(|sign| meant(sign) == '.')
            .count()
            == 3
        && groups.iter().all(|group| group.len() <= 3)
}
