use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use hookproof_policy::{Engine, Policy, Settings, Surface};

use crate::judge::{Judge, all_on};
use crate::prove::{Outcome, Prover};
use crate::report::{ChangeReport, Missed, PolicyReport, Proofs, Report};
use crate::shrink::shortest;
use crate::{Change, Kind};

/// What to search.
pub struct Search<'a> {
    /// The pack.
    pub engine: &'a Engine,
    /// Policies to search, by id; all, if empty.
    pub policies: Vec<String>,
    /// Draws pairs of changes: the same seed, the same pairs.
    pub seed: u64,
    /// Pairs for each policy, where `time` does not say otherwise.
    pub pairs: usize,
    /// How long to draw pairs; what is found then depends on the machine.
    pub time: Option<Duration>,
    /// Proves that commands keep their effect.
    pub prover: Option<&'a Prover>,
}

/// How far a search is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Policies that are done.
    pub done: usize,
    /// Policies to search.
    pub all: usize,
    /// The policy that is searched now.
    pub policy: String,
}

/// Why a search cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// There is no such policy.
    #[error("no policy `{0}` in this pack")]
    Unknown(String),
}

/// A string that is to be changed.
pub(crate) struct Original {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) surface: Surface,
}

/// A changed string.
pub(crate) struct Variant<'a> {
    pub(crate) original: &'a Original,
    pub(crate) steps: Vec<&'static Change>,
    pub(crate) text: String,
}

/// Draws in a row that bring nothing new before a policy counts as exhausted.
const STALE: usize = 400;

impl Search<'_> {
    /// Searches; tells before each policy how far it is.
    ///
    /// # Errors
    /// [`SearchError`].
    pub fn run(&self, mut progress: impl FnMut(&Progress)) -> Result<Report, SearchError> {
        let all = &self.engine.pack().policies;
        if let Some(id) = self
            .policies
            .iter()
            .find(|id| !all.iter().any(|policy| policy.id == **id))
        {
            return Err(SearchError::Unknown(id.clone()));
        }
        let wanted =
            |policy: &&Policy| self.policies.is_empty() || self.policies.contains(&policy.id);
        let wanted: Vec<&Policy> = all.iter().filter(wanted).collect();
        let settings = all_on(self.engine);
        let end = self.time.map(|time| Instant::now() + time);
        let mut changes = BTreeMap::new();
        let mut reports = Vec::new();
        for (done, policy) in wanted.iter().enumerate() {
            progress(&Progress {
                done,
                all: wanted.len(),
                policy: policy.id.clone(),
            });
            let left = u32::try_from(wanted.len() - done).unwrap_or(u32::MAX);
            let until = end
                .map(|end| Instant::now() + end.saturating_duration_since(Instant::now()) / left);
            reports.push(self.policy(policy, &settings, until, &mut changes));
        }
        let changes = Kind::ALL
            .into_iter()
            .flat_map(Change::all)
            .filter_map(|change| {
                let single = *changes.get(change.name)?;
                Some(ChangeReport {
                    change: change.name,
                    kind: change.kind,
                    informational: change.informational,
                    single,
                })
            });
        let proven = self.prover.is_some();
        Ok(Report::new(
            &self.engine.pack().id,
            self.seed,
            proven,
            reports,
            changes.collect(),
        ))
    }

    fn policy(
        &self,
        policy: &Policy,
        settings: &Settings,
        until: Option<Instant>,
        by_change: &mut BTreeMap<&'static str, Missed>,
    ) -> PolicyReport {
        let judge = Judge::new(self.engine, settings, policy);
        let originals = originals(policy, &judge);
        let (changed, unchanged): (Vec<&Original>, Vec<_>) = originals
            .iter()
            .partition(|one| applicable(one).next().is_some());
        let mut seen: HashSet<String> = policy.must_match.iter().cloned().collect();
        let mut found = Found::default();
        let single: Vec<Variant<'_>> = singles(&changed, &mut seen);
        for (variant, outcome) in self.proven(single) {
            if let Some(caught) = found.count(&judge, &variant, outcome) {
                by_change
                    .entry(variant.steps[0].name)
                    .or_default()
                    .count(caught.by_policy, caught.by_pack);
                found.keep(variant, caught.by_policy, outcome);
            }
        }
        let pairs = self.draw(policy, &changed, until, &mut seen);
        for (variant, outcome) in self.proven(pairs) {
            if let Some(caught) = found.count(&judge, &variant, outcome) {
                found.keep(variant, caught.by_policy, outcome);
            }
        }
        let mut kinds: Vec<Kind> = changed.iter().map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        PolicyReport {
            policy: policy.id.clone(),
            category: policy.category.clone(),
            kinds,
            strings: changed.len(),
            unchanged: unchanged.len(),
            single: found.single,
            pairs: found.pairs,
            informational: found.informational,
            proofs: found.proofs,
            evasion: shortest(&judge, &policy.category, found.evading, self.prover),
        }
    }

    /// Variants with what a run showed, the ones that cannot be run as unproven.
    fn proven<'a>(&self, variants: Vec<Variant<'a>>) -> Vec<(Variant<'a>, Outcome)> {
        let Some(prover) = self.prover else {
            return variants
                .into_iter()
                .map(|variant| (variant, Outcome::Unproven))
                .collect();
        };
        let shell: Vec<(&str, &str)> = variants
            .iter()
            .filter(|variant| variant.original.kind == Kind::Shell)
            .map(|variant| (variant.original.text.as_str(), variant.text.as_str()))
            .collect();
        let mut outcomes = prover.prove(&shell).into_iter();
        let of = |variant: &Variant<'_>| match variant.original.kind {
            Kind::Shell => outcomes.next().unwrap_or(Outcome::Unproven),
            _ => Outcome::Unproven,
        };
        let outcomes: Vec<Outcome> = variants.iter().map(of).collect();
        variants.into_iter().zip(outcomes).collect()
    }

    fn draw<'a>(
        &self,
        policy: &Policy,
        originals: &[&'a Original],
        until: Option<Instant>,
        seen: &mut HashSet<String>,
    ) -> Vec<Variant<'a>> {
        let mut rng = StdRng::seed_from_u64(self.seed ^ digest(&policy.id));
        let mut pairs = Vec::new();
        let mut stale = 0;
        let enough = |drawn: usize| match until {
            Some(until) => Instant::now() >= until,
            None => drawn >= self.pairs,
        };
        while !originals.is_empty() && stale < STALE && !enough(pairs.len()) {
            stale += 1;
            let Some(original) = originals.choose(&mut rng) else {
                break;
            };
            let changes: Vec<&'static Change> = Change::all(original.kind);
            let changes: Vec<_> = changes
                .into_iter()
                .filter(|change| !change.informational)
                .collect();
            let mut step = |text: &str| {
                let change = *changes.choose(&mut rng)?;
                let variant = change
                    .variants_in(text, original.surface)
                    .choose(&mut rng)?
                    .clone();
                Some((change, variant))
            };
            let Some((first, middle)) = step(&original.text) else {
                continue;
            };
            let Some((second, text)) = step(&middle) else {
                continue;
            };
            if first.name != second.name && seen.insert(text.clone()) {
                stale = 0;
                pairs.push(Variant {
                    original,
                    steps: vec![first, second],
                    text,
                });
            }
        }
        pairs
    }
}

/// What was counted for a policy.
#[derive(Default)]
struct Found<'a> {
    single: Missed,
    pairs: Missed,
    informational: Missed,
    proofs: Proofs,
    evading: Vec<(Variant<'a>, Outcome)>,
}

impl<'a> Found<'a> {
    /// `None` if the variant counts nowhere.
    fn count(
        &mut self,
        judge: &Judge<'_>,
        variant: &Variant<'_>,
        outcome: Outcome,
    ) -> Option<crate::judge::Caught> {
        if variant.original.kind == Kind::Shell {
            match outcome {
                Outcome::Same => self.proofs.same += 1,
                Outcome::Differs => self.proofs.differs += 1,
                Outcome::Unproven => self.proofs.unproven += 1,
            }
        }
        if outcome == Outcome::Differs {
            return None;
        }
        let caught = judge.caught(&variant.text, variant.original.surface);
        let counter = match variant.steps.as_slice() {
            [only] if only.informational => &mut self.informational,
            [_] => &mut self.single,
            _ => &mut self.pairs,
        };
        counter.count(caught.by_policy, caught.by_pack);
        Some(caught)
    }

    fn keep(&mut self, variant: Variant<'a>, caught: bool, outcome: Outcome) {
        if !caught && !variant.steps.iter().any(|step| step.informational) {
            self.evading.push((variant, outcome));
        }
    }
}

/// Strings that the policy must match and does.
fn originals(policy: &Policy, judge: &Judge<'_>) -> Vec<Original> {
    let original = |text: &String| {
        let surface = judge.surface(text);
        let kind = Kind::of(&policy.category, text, surface);
        judge.caught(text, surface).by_policy.then(|| Original {
            text: text.clone(),
            kind,
            surface,
        })
    };
    policy.must_match.iter().filter_map(original).collect()
}

fn applicable(original: &Original) -> impl Iterator<Item = (&'static Change, String)> {
    Change::all(original.kind).into_iter().flat_map(|change| {
        let variants = change.variants_in(&original.text, original.surface);
        variants.into_iter().map(move |variant| (change, variant))
    })
}

fn singles<'a>(originals: &[&'a Original], seen: &mut HashSet<String>) -> Vec<Variant<'a>> {
    let mut variants = Vec::new();
    for original in originals {
        for (change, text) in applicable(original) {
            if seen.insert(text.clone()) {
                variants.push(Variant {
                    original,
                    steps: vec![change],
                    text,
                });
            }
        }
    }
    variants
}

/// A number that depends on the id alone (FNV-1a), so that each policy has its own draws whatever
/// other policies are searched.
fn digest(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
