use crate::Kind;
use crate::judge::Judge;
use crate::prove::{Outcome, Prover};
use crate::report::Evasion;
use crate::search::{Original, Variant};

/// The shortest ones are shrunk; a longer one seldom ends shorter than they do.
const SHRUNK: usize = 8;

/// The shortest string that evades: with a single change if there is one, proven if there is one.
pub(crate) fn shortest(
    judge: &Judge<'_>,
    category: &str,
    mut evading: Vec<(Variant<'_>, Outcome)>,
    prover: Option<&Prover>,
) -> Option<Evasion> {
    let rank = |(variant, outcome): &(Variant<'_>, Outcome)| {
        let unproven =
            variant.original.kind == Kind::Shell && prover.is_some() && *outcome != Outcome::Same;
        (variant.steps.len(), unproven, variant.text.chars().count())
    };
    evading.sort_by(|one, other| {
        rank(one)
            .cmp(&rank(other))
            .then_with(|| one.0.text.cmp(&other.0.text))
    });
    let (steps, unproven, _) = evading.first().map(rank)?;
    let best = evading
        .into_iter()
        .take(SHRUNK)
        .filter(|one| rank(one).0 == steps && rank(one).1 == unproven);
    best.map(|(variant, outcome)| shrink(judge, category, &variant, outcome, prover))
        .min_by_key(|evasion| (evasion.text.chars().count(), evasion.text.clone()))
}

/// Drops words of the original while the policy must still catch it and the changed one evades.
fn shrink(
    judge: &Judge<'_>,
    category: &str,
    variant: &Variant<'_>,
    outcome: Outcome,
    prover: Option<&Prover>,
) -> Evasion {
    let Original { kind, surface, .. } = *variant.original;
    let mut original = variant.original.text.clone();
    let mut text = variant.text.clone();
    let evading = |less: &str| -> Option<String> {
        let stays = judge.surface(less) == surface
            && Kind::of(category, less, surface) == kind
            && judge.caught(less, surface).by_policy;
        stays.then_some(())?;
        let mut variants = vec![less.to_owned()];
        for step in &variant.steps {
            variants = variants
                .iter()
                .flat_map(|one| step.variants_in(one, surface))
                .collect();
        }
        variants.retain(|one| !judge.caught(one, surface).by_policy);
        if outcome == Outcome::Same {
            let asked: Vec<(&str, &str)> =
                variants.iter().map(|one| (less, one.as_str())).collect();
            let mut proofs = prover
                .map(|prover| prover.prove(&asked))
                .unwrap_or_default()
                .into_iter();
            variants.retain(|_| proofs.next() == Some(Outcome::Same));
        }
        variants
            .into_iter()
            .min_by_key(|one| (one.chars().count(), one.clone()))
    };
    loop {
        let shorter = reductions(&original).into_iter().find_map(|less| {
            let found =
                evading(&less).filter(|found| found.chars().count() < text.chars().count())?;
            Some((less, found))
        });
        match shorter {
            Some(found) => (original, text) = found,
            None => break,
        }
    }
    Evasion {
        text,
        original,
        changes: variant.steps.iter().map(|step| step.name).collect(),
        proven: outcome == Outcome::Same,
    }
}

/// The text with one word less.
fn reductions(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let without = |left_out: usize| {
        let kept = words
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != left_out);
        kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
    };
    (0..words.len())
        .map(without)
        .filter(|less| !less.trim().is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_left_out() {
        assert_eq!(reductions("a b c"), ["b c", "a c", "a b"]);
        assert!(reductions("a").is_empty());
    }
}
