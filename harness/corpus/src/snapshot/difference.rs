use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::{Recorded, Snapshot};

/// What changed between two snapshots of a corpus, by policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What changed for each policy.
    pub policies: BTreeMap<String, Vec<Change>>,
    /// Statements whose masked text changed although the same policies matched.
    pub masked: Vec<Change>,
    /// Statements that are new, with their verdict.
    pub added: Vec<Change>,
    /// Statements that are gone, with their verdict.
    pub removed: Vec<Change>,
}

/// One statement on which something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The corpus file.
    pub area: String,
    /// The statement, as the snapshot shows it.
    pub statement: String,
    /// What was so before.
    pub before: Option<String>,
    /// What is so now.
    pub after: Option<String>,
}

impl Difference {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what changed in one area.
    pub fn compare(&mut self, area: &str, before: &Snapshot, after: &Snapshot) {
        let mut known: HashMap<(&str, usize), &Recorded> = numbered(before).collect();
        for (key, now) in numbered(after) {
            match known.remove(&key) {
                Some(then) => self.compare_one(area, then, now),
                None => self
                    .added
                    .push(change(area, now, None, Some(now.verdict.clone()))),
            }
        }
        // In the order of the file.
        let gone = numbered(before).filter(|(key, _)| known.contains_key(key));
        self.removed
            .extend(gone.map(|(_, then)| change(area, then, Some(then.verdict.clone()), None)));
    }

    fn compare_one(&mut self, area: &str, then: &Recorded, now: &Recorded) {
        let mut ids: Vec<&String> = then.policies.keys().chain(now.policies.keys()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut same = true;
        for id in ids {
            let (before, after) = (then.policies.get(id), now.policies.get(id));
            if before != after {
                same = false;
                let changed = change(area, now, before.cloned(), after.cloned());
                self.policies.entry(id.clone()).or_default().push(changed);
            }
        }
        let verdict_and_text = |one: &Recorded| {
            let text = one.redacted.clone().unwrap_or_default();
            format!("{} {text}", one.verdict).trim_end().to_owned()
        };
        if same && (&then.redacted, &then.verdict) != (&now.redacted, &now.verdict) {
            let (before, after) = (verdict_and_text(then), verdict_and_text(now));
            self.masked
                .push(change(area, now, Some(before), Some(after)));
        }
    }
}

/// Decisions by statement; statements that are shown alike are told apart by their order.
fn numbered(snapshot: &Snapshot) -> impl Iterator<Item = ((&str, usize), &Recorded)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    snapshot.decisions.iter().map(move |one| {
        let count = seen.entry(&one.statement).or_default();
        *count += 1;
        ((one.statement.as_str(), *count), one)
    })
}

fn change(area: &str, one: &Recorded, before: Option<String>, after: Option<String>) -> Change {
    Change {
        area: area.to_owned(),
        statement: one.statement.clone(),
        before,
        after,
    }
}

/// Statements listed of each kind of change.
const LISTED: usize = 20;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (policy, changes) in &self.policies {
            let newly = changes.iter().filter(|one| one.before.is_none()).count();
            let no_longer = changes.iter().filter(|one| one.after.is_none()).count();
            let otherwise = changes.len() - newly - no_longer;
            let counts = [
                (newly, "newly matched"),
                (no_longer, "no longer matched"),
                (otherwise, "with another action"),
            ];
            let counts: Vec<String> = counts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{count} {what}"))
                .collect();
            list(
                f,
                &format!("policy {policy}: {}", counts.join(", ")),
                changes,
            )?;
        }
        for (what, changes) in [
            ("masked otherwise", &self.masked),
            ("new statements", &self.added),
            ("statements gone", &self.removed),
        ] {
            if !changes.is_empty() {
                list(f, &format!("{what}: {}", changes.len()), changes)?;
            }
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, changes: &[Change]) -> fmt::Result {
    writeln!(f, "{title}")?;
    for one in changes.iter().take(LISTED) {
        let Change {
            area, statement, ..
        } = one;
        match (&one.before, &one.after) {
            (None, Some(now)) => writeln!(f, "  + {area}: {statement}: {now}")?,
            (Some(then), None) => writeln!(f, "  - {area}: {statement}: {then}")?,
            (then, now) => {
                let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
                let (then, now) = (or_none(then), or_none(now));
                writeln!(f, "  ~ {area}: {statement}: {then} → {now}")?;
            }
        }
    }
    if changes.len() > LISTED {
        writeln!(f, "  … and {} more", changes.len() - LISTED)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(text: &str) -> Snapshot {
        Snapshot::parse(text).unwrap()
    }

    #[test]
    fn changes_are_grouped_by_policy() {
        let before = snapshot("block \"a\"\n  p: block\nallow \"b\"\nallow \"gone\"\n");
        let after = snapshot("allow \"a\"\nwarn \"b\"\n  p: warn\n  q: log\nallow \"new\"\n");
        let mut difference = Difference::default();
        difference.compare("k/a", &before, &after);
        assert_eq!(difference.policies["p"].len(), 2);
        assert_eq!(difference.policies["q"].len(), 1);
        assert_eq!((difference.added.len(), difference.removed.len()), (1, 1));
        let text = difference.to_string();
        assert!(
            text.contains(
                "policy p: 1 newly matched, 1 no longer matched\n  - k/a: \"a\": block\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn the_same_statement_twice_is_two() {
        let before = snapshot("allow \"a\"\nallow \"a\"\n");
        let after = snapshot("allow \"a\"\nblock \"a\"\n  p: block\n");
        let mut difference = Difference::default();
        difference.compare("k/a", &before, &after);
        assert_eq!(difference.policies["p"].len(), 1);
        let mut none = Difference::default();
        none.compare("k/a", &before, &before);
        assert!(none.is_empty());
    }

    #[test]
    fn another_mask_is_a_change() {
        let before = snapshot("redact \"a\"\n  p: redact\n  redacted: \"[A]\"\n");
        let after = snapshot("redact \"a\"\n  p: redact\n  redacted: \"***\"\n");
        let mut difference = Difference::default();
        difference.compare("k/a", &before, &after);
        assert_eq!(difference.masked.len(), 1);
    }
}
