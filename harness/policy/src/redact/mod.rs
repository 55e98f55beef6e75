//! Masked text and masked JSON.
//!
//! - `mask`: places to mask, and how each reads afterwards.
//! - `json`: the strings and numbers inside a JSON document.

mod json;
mod mask;

pub(crate) use mask::{Mask, label};

/// Rounds after which a text that keeps showing something new is withheld as a whole. Texts take
/// one round, and one more to see that nothing is left.
const ROUNDS: usize = 8;

/// What is left of a text that could not be masked.
const WITHHELD: &str = "[REDACTED]";

/// Masks everything that `find` finds in `text`, until it finds nothing more.
pub(crate) fn redact(text: &str, find: impl Fn(&str) -> Vec<Mask>) -> String {
    let mut current = text.to_owned();
    for _ in 0..ROUNDS {
        let next = match json::tokens(&current) {
            Some(tokens) => json::redact(&current, &tokens, &find),
            None => mask::apply(&current, find(&current)),
        };
        if next == current {
            return current;
        }
        current = next;
    }
    if json::tokens(text).is_some() {
        return format!("\"{WITHHELD}\"");
    }
    WITHHELD.to_owned()
}
