use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_automata::{Input, Span, meta};
use regex_syntax::hir::Hir;

use crate::{Policy, Re2Error, Validator, translate};

/// Bytes a compiled pattern may take.
const SIZE: usize = 8 << 20;

/// Bytes of states that a pattern may keep; with less, counted loops on large texts make the engine
/// fall back to a far slower way.
const CACHE: usize = 8 << 20;

/// One pattern of a policy.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Index of the policy in the pack.
    pub(crate) policy: usize,
    regex: meta::Regex,
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
        let compiled = |pattern: &str| Self::regex(pattern).expect(CHECKED);
        let regex = meta::Regex::builder()
            .configure(
                meta::Config::new()
                    .nfa_size_limit(Some(SIZE))
                    .hybrid_cache_capacity(CACHE),
            )
            .build(&translate(pattern).expect(CHECKED))
            .expect(CHECKED);
        let groups = regex.group_info();
        Self {
            policy: index,
            value: groups.to_index(regex_automata::PatternID::ZERO, VALUE),
            regex,
            except: policy.except.as_deref().map(compiled),
            context: policy.context.as_deref().map(compiled),
            validator: policy.validator,
        }
    }

    /// The pattern as a tree, for a set.
    pub(super) fn tree(pattern: &str) -> Hir {
        regex_syntax::parse(&translate(pattern).expect(CHECKED)).expect(CHECKED)
    }

    /// Where it matches and that counts, from left to right.
    pub(crate) fn spans<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.spans_within(text, std::iter::once(0..text.len()).collect())
    }

    /// The same in parts of the text, with the text around them in view.
    pub(super) fn spans_within<'a>(
        &'a self,
        text: &'a str,
        windows: Vec<Range<usize>>,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut windows = windows.into_iter();
        let mut window = windows.next();
        let mut context_known = self.context.is_none();
        std::iter::from_fn(move || {
            while let Some(part) = &mut window {
                let Some(found) = self.find(text, part.clone()) else {
                    window = windows.next();
                    continue;
                };
                if !context_known {
                    let context = self.context.as_ref()?;
                    if !context.is_match(text) {
                        return None;
                    }
                    context_known = true;
                }
                let mut span = self.value_of(text, &found);
                let mut end = found.end;
                if let Some(validator) = self.validator {
                    let Some(len) = validator.held(&text[span.clone()]) else {
                        // What is no value may hold the beginning of one.
                        part.start = after_first(text, found.start);
                        continue;
                    };
                    span.end = span.start + len;
                    end = span.end.max(found.start);
                }
                part.start = if end == found.start {
                    after_first(text, end)
                } else {
                    end
                };
                let excepted = self
                    .except
                    .as_ref()
                    .is_some_and(|except| except.is_match(&text[found.range()]));
                if !excepted {
                    return Some(span);
                }
            }
            None
        })
    }

    fn find(&self, text: &str, part: Range<usize>) -> Option<Span> {
        let input = Input::new(text).range(part.start.min(text.len())..part.end);
        (part.start <= part.end)
            .then(|| self.regex.search(&input))?
            .map(|found| found.span())
    }

    fn value_of(&self, text: &str, found: &Span) -> Range<usize> {
        let value = self.value.and_then(|value| {
            let mut groups = self.regex.create_captures();
            let input = Input::new(text).range(found.range());
            self.regex.search_captures(&input, &mut groups);
            groups.get_group(value)
        });
        value.map_or_else(|| found.range(), |value| value.range())
    }
}

/// Loading a pack refuses other patterns.
const CHECKED: &str = "patterns were checked when the pack was read";

/// The place after the character that begins at `at`.
fn after_first(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}
