use std::ops::Range;

use regex::{Match, Regex, RegexBuilder};

use crate::{Policy, Re2Error, Validator, translate};

/// Bytes a compiled pattern may take.
const SIZE: usize = 8 << 20;

/// One pattern of a policy.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Index of the policy in the pack.
    pub(crate) policy: usize,
    regex: Regex,
    except: Option<Regex>,
    context: Option<Regex>,
    validator: Option<Validator>,
    /// Index of the group `value`, where the pattern has one.
    value: Option<usize>,
}

/// The group that is the value itself, where a pattern also names what stands around it.
const VALUE: &str = "value";

impl Rule {
    /// Compiles an RE2 pattern.
    ///
    /// # Errors
    /// [`Re2Error`].
    pub(crate) fn regex(pattern: &str) -> Result<Regex, Re2Error> {
        let translated = translate(pattern)?;
        RegexBuilder::new(&translated)
            .size_limit(SIZE)
            .build()
            .map_err(|error| Re2Error {
                pattern: pattern.to_owned(),
                reason: error
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
                    .to_owned(),
            })
    }

    pub(crate) fn new(index: usize, policy: &Policy, pattern: &str) -> Self {
        let compiled = |pattern: &str| {
            Self::regex(pattern).expect("patterns were checked when the pack was read")
        };
        let regex = compiled(pattern);
        let value = regex.capture_names().position(|name| name == Some(VALUE));
        Self {
            policy: index,
            regex,
            except: policy.except.as_deref().map(compiled),
            context: policy.context.as_deref().map(compiled),
            validator: policy.validator,
            value,
        }
    }

    /// Where it matches and that counts, from left to right.
    pub(crate) fn spans<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut at = 0;
        let mut context_known = self.context.is_none();
        std::iter::from_fn(move || {
            while at <= text.len() {
                let found = self.regex.find_at(text, at)?;
                if !context_known {
                    let context = self.context.as_ref()?;
                    if !context.is_match(text) {
                        return None;
                    }
                    context_known = true;
                }
                let mut span = self.value_of(text, &found);
                let mut end = found.end();
                if let Some(validator) = self.validator {
                    let Some(len) = validator.held(&text[span.clone()]) else {
                        // What is no value may hold the beginning of one.
                        at = after_first(text, found.start());
                        continue;
                    };
                    span.end = span.start + len;
                    end = span.end.max(found.start());
                }
                at = if end == found.start() {
                    after_first(text, end)
                } else {
                    end
                };
                let excepted = self
                    .except
                    .as_ref()
                    .is_some_and(|except| except.is_match(found.as_str()));
                if !excepted {
                    return Some(span);
                }
            }
            None
        })
    }

    fn value_of(&self, text: &str, found: &Match<'_>) -> Range<usize> {
        let value = self
            .value
            .and_then(|value| self.regex.captures_at(text, found.start())?.get(value));
        value.map_or_else(|| found.range(), |value| value.range())
    }
}

/// The place after the character that begins at `at`.
fn after_first(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}
