use std::ops::Range;

use regex::{Regex, RegexBuilder};

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
    validator: Option<Validator>,
}

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
        Self {
            policy: index,
            regex: compiled(pattern),
            except: policy.except.as_deref().map(compiled),
            validator: policy.validator,
        }
    }

    /// Where it matches and that counts, from left to right.
    pub(crate) fn spans<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex
            .find_iter(text)
            .filter(|found| {
                self.validator
                    .is_none_or(|validator| validator.holds(found.as_str()))
            })
            .filter(|found| {
                self.except
                    .as_ref()
                    .is_none_or(|except| !except.is_match(found.as_str()))
            })
            .map(|found| found.range())
    }
}
