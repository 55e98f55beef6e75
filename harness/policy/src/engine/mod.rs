//! From a statement to a decision.
//!
//! - `piece`: the part of a pattern that is worth a look at the rest; `relax` makes it cheap.
//! - `set`: which of many patterns may match and where, in one pass.
//! - `rule`: one pattern: where it matches, and whether that counts.
//! - `group`: the rules of one view.
//! - `dynamic`: policies with conditions.

#[cfg(test)]
mod agreement;
mod dynamic;
mod group;
mod piece;
mod relax;
mod rule;
mod set;

pub(crate) use rule::Rule;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::redact::{Mask, redact};
use crate::view::{Seen, see};
use crate::{Action, Decision, Match, Pack, Phase, Policy, Settings, Surface, Verdict, View};
use dynamic::Queries;
use group::{Candidate, Group};

/// A statement to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input<'a> {
    /// The statement, or the output.
    pub text: &'a str,
    /// When it is judged.
    pub phase: Phase,
    /// The tool or connector type it comes from, where that is known.
    pub tool: Option<&'a str>,
}

impl<'a> Input<'a> {
    /// A statement before the call, of an unknown tool.
    #[must_use]
    pub fn request(text: &'a str) -> Self {
        Self {
            text,
            phase: Phase::Request,
            tool: None,
        }
    }

    /// An output after the call, of an unknown tool.
    #[must_use]
    pub fn response(text: &'a str) -> Self {
        Self {
            text,
            phase: Phase::Response,
            tool: None,
        }
    }
}

/// A pack, ready to decide.
#[derive(Debug)]
pub struct Engine {
    pack: Pack,
    queries: Queries,
    request: Side,
    response: Side,
}

/// What is looked at in a phase.
#[derive(Debug)]
struct Side {
    groups: Vec<Group>,
    /// How many policies are looked at whatever is active.
    always: usize,
    /// Indices of those that need an integration.
    optional: Vec<usize>,
    /// Whether it matters what kind of statement it is.
    by_surface: bool,
}

impl Side {
    fn new(pack: &Pack, phase: Phase, queries: &Queries) -> Self {
        let looked_at = pack.policies.iter().enumerate();
        let (optional, always): (Vec<_>, Vec<_>) = looked_at
            .filter(|(_, policy)| policy.action.of(phase).is_some())
            .partition(|(_, policy)| policy.integration.is_some());
        Self {
            groups: Group::of_pack(pack, phase, queries),
            always: always.len(),
            optional: optional.into_iter().map(|(index, _)| index).collect(),
            by_surface: pack.policies.iter().any(by_surface),
        }
    }
}

fn by_surface(policy: &Policy) -> bool {
    let views = policy.all_patterns().map(|pattern| pattern.view);
    !policy.surfaces.is_empty() || views.into_iter().any(|view| view != View::Raw)
}

impl Engine {
    /// Compiles a pack. The pack was checked when it was read.
    #[must_use]
    pub fn new(pack: Pack) -> Self {
        let queries = Queries::new(&pack.dynamic);
        Self {
            request: Side::new(&pack, Phase::Request, &queries),
            response: Side::new(&pack, Phase::Response, &queries),
            queries,
            pack,
        }
    }

    /// The pack.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Judges a statement. The same statement and settings give the same decision. Takes time
    /// linear in the statement's length.
    #[must_use]
    pub fn decide(&self, input: &Input<'_>, settings: &Settings) -> Decision {
        let surface = self.surface(input);
        let (mut found, occurring) = self.find(input, surface, settings);
        let dynamic = &self.pack.dynamic;
        found.extend(self.queries.find(dynamic, &occurring, input, settings));
        let binding = || found.iter().filter(|one| one.overridden_by.is_none());
        let heaviest = binding().map(|one| one.action).max();
        let redacted = match heaviest {
            Some(Action::Redact) => Some(self.mask(input, settings)),
            _ => None,
        };
        Decision {
            verdict: heaviest.map_or(Verdict::Allow, Verdict::Act),
            matches: found,
            redacted,
            evaluated: self.evaluated(input.phase, settings),
        }
    }

    /// The text with everything masked that a redacting policy sees in it.
    #[must_use]
    pub fn mask(&self, input: &Input<'_>, settings: &Settings) -> String {
        redact(input.text, |text| {
            self.masks(&Input { text, ..*input }, settings)
        })
    }

    fn masks(&self, input: &Input<'_>, settings: &Settings) -> Vec<Mask> {
        let surface = self.surface(input);
        let mut masks = Vec::new();
        for group in self
            .side(input.phase)
            .groups
            .iter()
            .filter(|group| matches!(group.view, View::Raw | View::Text))
        {
            let Some(seen) = see(group.view, input.text, surface) else {
                continue;
            };
            for candidate in group.candidates(&seen.text) {
                let Candidate::Rule(rule, windows) = candidate else {
                    continue;
                };
                let policy = &self.pack.policies[rule.policy];
                let redacts = in_force(policy, input.phase, surface, settings)
                    == Some(Action::Redact)
                    && overridden_by(&policy.id, settings).is_none();
                if redacts {
                    let spans = rule
                        .spans_within(&seen.text, windows)
                        .filter_map(|span| seen.origin.span(span));
                    masks.extend(spans.map(|span| Mask::new(span, policy)));
                }
            }
        }
        masks
    }

    /// The policies that match, and the queries that may.
    fn find(
        &self,
        input: &Input<'_>,
        surface: Surface,
        settings: &Settings,
    ) -> (Vec<Match>, Vec<usize>) {
        let mut occurring = Vec::new();
        let mut by_policy: BTreeMap<usize, Match> = BTreeMap::new();
        for group in &self.side(input.phase).groups {
            let Some(seen) = see(group.view, input.text, surface) else {
                continue;
            };
            for candidate in group.candidates(&seen.text) {
                let (rule, windows) = match candidate {
                    Candidate::Rule(rule, windows) => (rule, windows),
                    Candidate::Query(query) => {
                        occurring.push(query);
                        continue;
                    }
                };
                let policy = &self.pack.policies[rule.policy];
                let Some(action) = in_force(policy, input.phase, surface, settings) else {
                    continue;
                };
                if by_policy.contains_key(&rule.policy) {
                    continue;
                }
                let limit = if action == Action::Redact {
                    usize::MAX
                } else {
                    SHOWN
                };
                let spans: Vec<Range<usize>> =
                    rule.spans_within(&seen.text, windows).take(limit).collect();
                let Some(first) = spans.first() else { continue };
                let saw = (group.view != View::Raw && !is_literal(&seen, first, input.text))
                    .then(|| excerpt(&seen.text, first));
                let spans = spans
                    .into_iter()
                    .filter_map(|span| seen.origin.span(span))
                    .collect();
                by_policy.insert(
                    rule.policy,
                    matched(policy, action, group.view, spans, saw, settings),
                );
            }
        }
        (by_policy.into_values().collect(), occurring)
    }

    fn surface(&self, input: &Input<'_>) -> Surface {
        if self.side(input.phase).by_surface {
            Surface::of(input.text, input.phase, input.tool)
        } else {
            // Nobody asks.
            Surface::Query
        }
    }

    fn side(&self, phase: Phase) -> &Side {
        match phase {
            Phase::Request => &self.request,
            Phase::Response => &self.response,
        }
    }

    fn evaluated(&self, phase: Phase, settings: &Settings) -> usize {
        let side = self.side(phase);
        let active = |index: &&usize| is_on(&self.pack.policies[**index], settings);
        side.always + side.optional.iter().filter(active).count()
    }
}

/// Places told of a policy that does not redact.
const SHOWN: usize = 16;

/// Characters told of what a policy saw.
const EXCERPT: usize = 160;

fn is_on(policy: &Policy, settings: &Settings) -> bool {
    policy
        .integration
        .as_ref()
        .is_none_or(|name| settings.integrations.contains(name))
}

/// What a match of the policy does here; `None` if it is not looked at.
fn in_force(
    policy: &Policy,
    phase: Phase,
    surface: Surface,
    settings: &Settings,
) -> Option<Action> {
    let action = policy.action.of(phase)?;
    let here = policy.surfaces.is_empty() || policy.surfaces.contains(&surface);
    (here && is_on(policy, settings))
        .then(|| settings.posture.of(&policy.category).unwrap_or(action))
}

fn overridden_by(policy: &str, settings: &Settings) -> Option<String> {
    let lifted = settings.overrides.iter().find(|one| one.policy == policy)?;
    Some(lifted.id.clone())
}

fn matched(
    policy: &Policy,
    action: Action,
    view: View,
    spans: Vec<Range<usize>>,
    saw: Option<String>,
    settings: &Settings,
) -> Match {
    Match {
        policy: policy.id.clone(),
        name: policy.name.clone(),
        category: policy.category.clone(),
        severity: policy.severity,
        action,
        view: Some(view),
        spans,
        saw,
        overridden_by: overridden_by(&policy.id, settings),
    }
}

/// Whether the statement itself reads so at that place.
fn is_literal(seen: &Seen<'_>, span: &Range<usize>, statement: &str) -> bool {
    let origin = seen.origin.span(span.clone());
    origin.is_some_and(|origin| statement.get(origin) == Some(&seen.text[span.clone()]))
}

fn excerpt(text: &str, span: &Range<usize>) -> String {
    let found = &text[span.clone()];
    match found.char_indices().nth(EXCERPT) {
        Some((at, _)) => format!("{}…", &found[..at]),
        None => found.to_owned(),
    }
}
