//! Expected against observed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Injected, Observed};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Whether and how often the tool ran, prompts, errors, the turn, the hooks.
    Outcome,
    /// The words for the model, the person, and the transcript.
    Text,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Outcome => "outcome",
            Self::Text => "text",
        })
    }
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The level it counts for.
    pub level: Level,
    /// The field.
    pub field: &'static str,
    /// What the real client did.
    pub expected: Value,
    /// What the simulated one did.
    pub observed: Value,
}

/// Whether a simulated run is as the real one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Agreement {
    /// What differs; empty = agreement at both levels.
    pub differences: Vec<Difference>,
}

impl Agreement {
    /// Whether nothing differs at this level.
    #[must_use]
    pub fn holds(&self, level: Level) -> bool {
        self.differences.iter().all(|d| d.level != level)
    }
}

/// Compares what a real client did with what was simulated. Random parts of texts (ids, file
/// names made of hashes, ports) are taken as equal, and a text that the observation cut is
/// compared as far as it goes.
#[must_use]
pub fn agree(expected: &Observed, observed: &Observed) -> Agreement {
    let mut agreement = Agreement::default();
    let mut check = |level, field, expected: Value, observed: Value, same: bool| {
        if !same {
            agreement.differences.push(Difference {
                level,
                field,
                expected,
                observed,
            });
        }
    };
    macro_rules! outcome {
        ($field:literal, $of:expr) => {{
            let of = $of;
            let (one, other) = (json!(of(expected)), json!(of(observed)));
            let same = one == other;
            check(Level::Outcome, $field, one, other, same);
        }};
    }
    outcome!("executed", |o: &Observed| o.executed);
    outcome!("times", |o: &Observed| o.times);
    outcome!("prompts", |o: &Observed| o.prompted.len());
    outcome!("is_error", errors);
    outcome!("turn_stopped_after_tool", |o: &Observed| o
        .turn_stopped_after_tool);
    outcome!("hook_runs", runs);
    outcome!("hook_cancelled", |o: &Observed| o.hook_cancelled);

    let results = |o: &Observed| -> Vec<Option<String>> {
        o.tools.iter().map(|t| t.result.clone()).collect()
    };
    let (one, other) = (results(expected), results(observed));
    let same = one.len() == other.len()
        && one.iter().zip(&other).all(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => same_text(a, b, 400),
            (a, b) => a == b,
        });
    check(Level::Text, "result", json!(one), json!(other), same);
    let (one, other) = (&expected.injected, &observed.injected);
    let same = same_set(one, other, |a: &Injected, b: &Injected| {
        a.role == b.role && same_text(&a.text, &b.text, 400)
    });
    check(Level::Text, "injected", json!(one), json!(other), same);
    for (field, one, other, length) in [
        ("notices", &expected.notices, &observed.notices, usize::MAX),
        (
            "nonblocking_errors",
            &expected.nonblocking_errors,
            &observed.nonblocking_errors,
            200,
        ),
    ] {
        let same = same_set(one, other, |a, b| same_text(a, b, length));
        check(Level::Text, field, json!(one), json!(other), same);
    }
    agreement
}

fn errors(observed: &Observed) -> Vec<bool> {
    observed.tools.iter().map(|t| t.is_error).collect()
}

/// The hooks that ran, and how often.
fn runs(observed: &Observed) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for name in &observed.hook_runs {
        *counted.entry(name.clone()).or_insert(0) += 1;
    }
    counted
}

/// Hooks run side by side, so the order of what they say is luck.
fn same_set<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    let mut open: Vec<&T> = other.iter().collect();
    one.len() == other.len()
        && one
            .iter()
            .all(|a| match open.iter().position(|b| same(a, b)) {
                Some(at) => {
                    open.remove(at);
                    true
                }
                None => false,
            })
}

static RANDOM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"|\b[0-9a-f]{32}\b|\ba[0-9a-f]{16}\b|agentId: a[0-9a-f]{6,16}",
        r"|tool-results/\w+\.txt|duration_ms: \d+|127\.0\.0\.1:\d+|Inserted cell \S+",
    ))
    .expect("a constant pattern")
});

/// The longest placeholder stands for a path of at most this many characters.
const PATHS: usize = 300;

fn same_text(expected: &str, observed: &str, length: usize) -> bool {
    let expected = RANDOM.replace_all(expected, "#");
    let observed = RANDOM.replace_all(observed, "#");
    if expected == observed {
        return true;
    }
    // Paths were hidden after the text was cut, so both may end early.
    let (short, long) = if expected.len() < observed.len() {
        (&expected, &observed)
    } else {
        (&observed, &expected)
    };
    let may_be_cut = short.chars().count().saturating_add(PATHS) >= length
        && long.chars().count().saturating_add(PATHS) >= length;
    let hides_a_path = short.contains('{') || short.chars().count() + 1 >= length;
    may_be_cut && hides_a_path && long.starts_with(short.as_ref()) && short.chars().count() >= 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_are_compared_as_far_as_they_go() {
        let path = "{hooks}/h.sh";
        let long = format!("[{path}]: {}", "S".repeat(350));
        let cut = format!("[{path}]: {}", "S".repeat(300));
        assert!(same_text(&long, &cut, 400));
        assert!(!same_text("short {x}", "short", 400));
        assert!(!same_text("abc", "abd", 400));
    }

    #[test]
    fn random_parts_do_not_count() {
        assert!(same_text(
            "agentId: a51ba50e508d58ad9 x",
            "agentId: a0000000000000000 x",
            400
        ));
    }
}
