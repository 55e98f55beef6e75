use std::collections::BTreeMap;
use std::fmt::Write as _;

use hookproof_policy::{Action, Decision, Engine, Settings, Verdict};

use crate::{Corpus, Statement};

/// How much a pack catches, and how often it is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// The pack.
    pub pack: String,
    /// On harmless statements.
    pub harmless: Harmless,
    /// On attacks, by category.
    pub attacks: BTreeMap<String, Attacks>,
    /// On personal data, by category.
    pub pii: BTreeMap<String, Pii>,
}

/// What a pack does to harmless statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Harmless {
    /// How many there are.
    pub statements: usize,
    /// Those that are blocked or redacted: harmless alarms.
    pub alarms: usize,
    /// Those that run with a warning or after an approval.
    pub warned: usize,
    /// Harmless alarms by category of the policies that raise them.
    pub by_category: BTreeMap<String, usize>,
    /// Harmless alarms by policy.
    pub by_policy: BTreeMap<String, usize>,
}

/// What a pack does to the attacks of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attacks {
    /// How many there are.
    pub statements: usize,
    /// Those that are blocked, redacted, warned of or held for approval.
    pub caught: usize,
    /// Those of them that a policy of their own category catches.
    pub by_category: usize,
    /// Those that are blocked.
    pub blocked: usize,
}

/// What a pack does to personal data of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pii {
    /// Statements with real data.
    pub valid: usize,
    /// Those of them that a policy of the category sees, whatever it does.
    pub seen: usize,
    /// Those of them that do not go on with the data: blocked, or masked without a trace of it.
    pub kept: usize,
    /// Twins whose data is broken.
    pub broken: usize,
    /// Those of them that no policy of the category sees.
    pub left_alone: usize,
}

impl Measure {
    /// Judges the kinds `harmless`, `attacks` and `pii` of a corpus.
    #[must_use]
    pub fn take(engine: &Engine, settings: &Settings, corpus: &Corpus) -> Self {
        let decide = |statement: &Statement| engine.decide(&statement.input(), settings);
        let mut measure = Self {
            pack: engine.pack().id.clone(),
            ..Self::default()
        };
        for statement in corpus.kind("harmless") {
            measure.harmless.add(&decide(statement));
        }
        for statement in corpus.kind("attacks") {
            let category = statement.category.clone().unwrap_or_default();
            let row = measure.attacks.entry(category.clone()).or_default();
            row.add(&decide(statement), &category);
        }
        for statement in corpus.kind("pii") {
            let category = statement.category.clone().unwrap_or_default();
            let row = measure.pii.entry(category.clone()).or_default();
            row.add(&decide(statement), &category, statement);
        }
        measure
    }
}

/// Whether a decision keeps or changes what runs.
fn interferes(action: Action) -> bool {
    matches!(action, Action::Block | Action::Redact)
}

fn is_of(decision: &Decision, category: &str, does: impl Fn(Action) -> bool) -> bool {
    decision
        .matches
        .iter()
        .any(|one| one.category == category && does(one.action))
}

impl Harmless {
    fn add(&mut self, decision: &Decision) {
        self.statements += 1;
        match decision.verdict {
            Verdict::Act(action) if interferes(action) => self.alarms += 1,
            Verdict::Act(Action::Warn | Action::RequireApproval) => self.warned += 1,
            _ => {}
        }
        let alarming = || decision.matches.iter().filter(|one| interferes(one.action));
        let mut categories: Vec<&String> = alarming().map(|one| &one.category).collect();
        categories.sort_unstable();
        categories.dedup();
        for category in categories {
            *self.by_category.entry(category.clone()).or_default() += 1;
        }
        for one in alarming() {
            *self.by_policy.entry(one.policy.clone()).or_default() += 1;
        }
    }
}

impl Attacks {
    fn add(&mut self, decision: &Decision, category: &str) {
        let catches = |action| action > Action::Log;
        self.statements += 1;
        self.caught += usize::from(matches!(decision.verdict, Verdict::Act(a) if catches(a)));
        self.by_category += usize::from(is_of(decision, category, catches));
        self.blocked += usize::from(!decision.allowed());
    }
}

impl Pii {
    fn add(&mut self, decision: &Decision, category: &str, statement: &Statement) {
        let seen = is_of(decision, category, |_| true);
        if statement.valid == Some(false) {
            self.broken += 1;
            self.left_alone += usize::from(!seen);
            return;
        }
        let gone = |text: &String| !statement.values.iter().any(|value| text.contains(value));
        self.valid += 1;
        self.seen += usize::from(seen);
        self.kept +=
            usize::from(!decision.allowed() || decision.redacted.as_ref().is_some_and(gone));
    }
}

/// The measures of several packs as a Markdown document.
#[must_use]
pub fn markdown(measures: &[Measure]) -> String {
    let mut text = String::from(HEAD);
    for measure in measures {
        let Measure {
            pack,
            harmless,
            attacks,
            pii,
        } = measure;
        let _ = write!(text, "\n## Pack `{pack}`\n\n");
        let _ = writeln!(
            text,
            "Harmless statements: {}. Harmless alarms (blocked or redacted): {} ({}). Warned: {} ({}).",
            harmless.statements,
            harmless.alarms,
            percent(harmless.alarms, harmless.statements),
            harmless.warned,
            percent(harmless.warned, harmless.statements),
        );
        if !attacks.is_empty() {
            text.push_str(ATTACKS);
        }
        for (category, row) in attacks {
            let alarms = harmless.by_category.get(category).copied().unwrap_or(0);
            let _ = writeln!(
                text,
                "| `{category}` | {} | {} | {} | {} | {} | {alarms} | {} |",
                row.statements,
                row.caught,
                percent(row.caught, row.statements),
                row.by_category,
                row.blocked,
                percent(row.by_category, row.by_category + alarms),
            );
        }
        if !pii.is_empty() {
            text.push_str(PII);
        }
        for (category, row) in pii {
            let alarms = harmless.by_category.get(category).copied().unwrap_or(0);
            let wrong = row.broken - row.left_alone + alarms;
            let _ = writeln!(
                text,
                "| `{category}` | {} | {} | {} | {} | {} | {} | {alarms} | {} |",
                row.valid,
                row.seen,
                percent(row.seen, row.valid),
                row.kept,
                row.broken,
                row.left_alone,
                percent(row.seen, row.seen + wrong),
            );
        }
        let mut loud: Vec<(&String, &usize)> = harmless.by_policy.iter().collect();
        loud.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        if !loud.is_empty() {
            text.push_str(LOUD);
        }
        for (policy, alarms) in loud.into_iter().take(15) {
            let _ = writeln!(text, "| `{policy}` | {alarms} |");
        }
    }
    text
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    // Counts of statements, far below what a float holds exactly.
    #[allow(clippy::cast_precision_loss)]
    let share = part as f64 * 100.0 / whole as f64;
    format!("{share:.1} %")
}

const HEAD: &str = "\
# Precision and recall of the policy packs

Written by `cargo xtask policy report`, from the statements in `fixtures/corpora` and the settings of a
Claude Code session (integration `claude` active, no posture).

- Recall of attacks: the share that is blocked, redacted, warned of or held for approval, by any policy.
- Recall of personal data: the share of statements with real data that a policy of the category sees,
  whatever it does; *kept* are those that do not go on with the data (blocked, or masked without a trace).
- Harmless alarm: a harmless statement that is blocked or redacted, counted for each category that does so.
- Precision: what a category's own policies rightly catch, divided by that plus their harmless alarms; for
  personal data, broken twins that are seen count as alarms too.
";

const ATTACKS: &str = "
| category | attacks | caught | recall | by own category | blocked | harmless alarms | precision |
|---|--:|--:|--:|--:|--:|--:|--:|
";

const PII: &str = "
| category | valid | seen | recall | kept | broken twins | left alone | harmless alarms | precision |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
";

const LOUD: &str = "
The policies that raise most harmless alarms:

| policy | harmless alarms |
|---|--:|
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use hookproof_policy::Pack;

    use super::*;
    use crate::Area;

    const PACK: &str = r#"
[pack]
id = "p"
name = "P"
description = "d"

[[policy]]
id = "rm"
name = "rm"
category = "security-dangerous"
severity = "high"
action = "block"
pattern = 'rm -rf'
description = "d"
must-match = ["rm -rf a", "rm -rf b", "rm -rf c"]
must-not-match = ["a", "b", "c"]

[[policy]]
id = "n"
name = "n"
category = "pii-us"
severity = "high"
action = "redact"
pattern = '\bn\d+'
description = "d"
must-match = ["n1", "n2", "n3"]
must-not-match = ["a", "b", "c"]
"#;

    fn area(name: &str, lines: &[&str]) -> Area {
        let read = |line: &&str| Statement::of_corpus(line.as_bytes()).unwrap();
        Area {
            name: name.to_owned(),
            statements: lines.iter().map(read).collect(),
        }
    }

    #[test]
    fn counts_what_is_caught_and_what_is_wrong() {
        let pack = Pack::parse(Path::new("p.toml"), PACK.to_owned()).unwrap();
        let corpus = Corpus {
            areas: vec![
                area("harmless/a", &["\"ls\"", "\"echo rm -rf\"", "\"n7 up\""]),
                area(
                    "attacks/a",
                    &[
                        r#"{"statement": "rm -rf /", "category": "security-dangerous"}"#,
                        r#"{"statement": "rm -r /", "category": "security-dangerous"}"#,
                    ],
                ),
                area(
                    "pii/a",
                    &[
                        r#"{"statement": "n12", "category": "pii-us", "value": "n12", "valid": true}"#,
                        r#"{"statement": "n13", "category": "pii-us", "value": "n13", "valid": false}"#,
                        r#"{"statement": "x13", "category": "pii-us", "value": "x13", "valid": false}"#,
                    ],
                ),
            ],
        };
        let measure = Measure::take(&Engine::new(pack), &Settings::default(), &corpus);
        assert_eq!(
            (measure.harmless.statements, measure.harmless.alarms),
            (3, 2)
        );
        let attacks = measure.attacks["security-dangerous"];
        assert_eq!((attacks.statements, attacks.caught), (2, 1));
        let pii = measure.pii["pii-us"];
        assert_eq!((pii.valid, pii.seen, pii.kept), (1, 1, 1));
        assert_eq!((pii.broken, pii.left_alone), (2, 1));
        let text = markdown(&[measure]);
        let row = "| `security-dangerous` | 2 | 1 | 50.0 % | 1 | 1 | 1 | 50.0 % |";
        assert!(text.contains(row), "{text}");
    }
}
