use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::{Policy, Redaction, Severity};

/// A place to mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) span: Range<usize>,
    severity: Severity,
    style: Style,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Style {
    Label(String),
    Asterisks,
}

/// What stands where a match of the policy was.
pub(crate) fn label(policy: &Policy) -> String {
    let kind = policy.id.strip_prefix("sys_").unwrap_or(&policy.id);
    let kind = kind.strip_prefix("pii_").unwrap_or(kind);
    format!("[REDACTED:{kind}]")
}

impl Mask {
    pub(crate) fn new(span: Range<usize>, policy: &Policy) -> Self {
        Self {
            span,
            severity: policy.severity,
            style: match policy.redaction {
                Redaction::Label => Style::Label(label(policy)),
                Redaction::Mask => Style::Asterisks,
            },
        }
    }

    /// The same at another place.
    pub(super) fn at(&self, span: Range<usize>) -> Self {
        Self {
            span,
            ..self.clone()
        }
    }

    fn reads(&self, text: &str) -> String {
        match &self.style {
            Style::Label(label) => label.clone(),
            Style::Asterisks => "*".repeat(text.chars().count()),
        }
    }
}

/// Masks these places, and every other place where the same text stands.
pub(super) fn apply(text: &str, masks: Vec<Mask>) -> String {
    if masks.is_empty() {
        return text.to_owned();
    }
    let masks = everywhere(text, masks);
    replace(text, &merged(text, masks))
}

/// The masks, and the same for the other occurrences of what they cover: a number that was
/// recognised by its label once is as telling without it.
pub(super) fn everywhere(text: &str, mut masks: Vec<Mask>) -> Vec<Mask> {
    let mut values: Vec<(&str, &Mask)> = masks
        .iter()
        .map(|mask| (&text[mask.span.clone()], mask))
        .collect();
    values.sort_by(|a, b| a.0.cmp(b.0).then(b.1.severity.cmp(&a.1.severity)));
    values.dedup_by_key(|(value, _)| *value);
    values.retain(|(value, _)| !value.is_empty());
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(values.iter().map(|(value, _)| value));
    // Only an absurd number of values is too much for it; their own places are masked anyhow.
    let Ok(finder) = finder else { return masks };
    let more: Vec<Mask> = finder
        .find_iter(text)
        .map(|found| values[found.pattern().as_usize()].1.at(found.range()))
        .collect();
    masks.extend(more);
    masks
}

/// Overlapping and touching places as one, under the gravest policy's name. Whole characters.
pub(super) fn merged(text: &str, mut masks: Vec<Mask>) -> Vec<Mask> {
    masks.sort_by(|a, b| {
        a.span
            .start
            .cmp(&b.span.start)
            .then(b.span.end.cmp(&a.span.end))
    });
    let mut all: Vec<Mask> = Vec::new();
    for mut mask in masks {
        mask.span = whole(text, mask.span);
        match all.last_mut() {
            Some(last) if mask.span.start < last.span.end => {
                last.span.end = last.span.end.max(mask.span.end);
                if mask.severity > last.severity {
                    last.severity = mask.severity;
                    last.style = mask.style;
                }
            }
            _ => all.push(mask),
        }
    }
    all
}

fn whole(text: &str, span: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (span.start, span.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn replace(text: &str, masks: &[Mask]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for mask in masks {
        masked.push_str(&text[done..mask.span.start]);
        masked.push_str(&mask.reads(&text[mask.span.clone()]));
        done = mask.span.end;
    }
    masked.push_str(&text[done..]);
    masked
}
