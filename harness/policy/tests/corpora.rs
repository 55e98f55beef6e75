//! What both packs do on the corpora, and what the hardened pack must not fall behind.
//!
//! `cargo test -p hookproof-policy --test corpora -- --nocapture` prints the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hookproof_policy::{Action, Decision, Engine, Input, Pack, Phase, Settings, Verdict};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    statement: String,
    tool: Option<String>,
    #[serde(default)]
    phase: Phase,
    category: Option<String>,
    value: Option<Values>,
    valid: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl Values {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

struct Judge {
    engine: Engine,
    settings: Settings,
}

impl Judge {
    fn of(id: &str) -> Self {
        let pack = Pack::shipped(id)
            .expect("it ships")
            .unwrap_or_else(|errors| panic!("{errors}"));
        let integrations = pack.policies.iter().filter_map(|p| p.integration.clone());
        let settings = Settings {
            integrations: integrations.collect(),
            ..Settings::default()
        };
        Self {
            settings,
            engine: Engine::new(pack),
        }
    }

    fn decide(&self, line: &Line) -> Decision {
        let input = Input {
            text: &line.statement,
            phase: line.phase,
            tool: line.tool.as_deref(),
        };
        self.engine.decide(&input, &self.settings)
    }
}

/// The lines of one kind, by area.
fn corpus(kind: &str) -> Vec<(String, Vec<Line>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/corpora");
    let mut files: Vec<PathBuf> = fs::read_dir(root.join(kind))
        .expect("the corpora ship")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    let read = |path: PathBuf| {
        let area = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).expect("a file");
        let line = |line: &str| serde_json::from_str(line).expect("a line of a corpus");
        (area.into_owned(), text.lines().map(line).collect())
    };
    files.into_iter().map(read).collect()
}

/// Whether somebody would notice: the call does not run, or not on its own text.
fn stops(decision: &Decision) -> bool {
    matches!(
        decision.verdict,
        Verdict::Act(Action::Block | Action::Redact)
    )
}

/// Whether a policy of the category noticed, and more than for the record.
fn catches(decision: &Decision, category: &str) -> bool {
    decision
        .matches
        .iter()
        .any(|one| one.category == category && one.action >= Action::Warn)
}

fn show(line: &Line, decision: &Decision) -> String {
    let policies: Vec<&str> = decision.matches.iter().map(|m| m.policy.as_str()).collect();
    let statement: String = line.statement.chars().take(160).collect();
    format!("{policies:?} {statement:?}")
}

#[test]
fn the_hardened_pack_raises_no_alarm_on_harmless_work() {
    let hardened = Judge::of("hardened");
    let mut alarms = Vec::new();
    for (area, lines) in corpus("harmless") {
        for line in &lines {
            let decision = hardened.decide(line);
            if stops(&decision) {
                alarms.push(format!("{area}: {}", show(line, &decision)));
            }
        }
    }
    assert!(alarms.is_empty(), "{}\n{}", alarms.len(), alarms.join("\n"));
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[derive(Default)]
struct Row {
    statements: usize,
    caught: usize,
    stopped: usize,
    alarms: usize,
}

fn table(judge: &Judge) -> BTreeMap<String, Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let dynamic: Vec<&str> = judge
        .engine
        .pack()
        .dynamic
        .iter()
        .map(|d| d.id.as_str())
        .collect();
    for (area, lines) in corpus("attacks") {
        for line in &lines {
            let category = line.category.as_deref().unwrap_or_default();
            let decision = judge.decide(line);
            let row = rows.entry(area.clone()).or_default();
            row.statements += 1;
            row.caught += usize::from(catches(&decision, category));
            row.stopped += usize::from(stops(&decision));
        }
    }
    for (_, lines) in corpus("harmless") {
        for line in &lines {
            let decision = judge.decide(line);
            let heavy = |m: &&hookproof_policy::Match| {
                m.action >= Action::Redact && !dynamic.contains(&m.policy.as_str())
            };
            let mut areas: Vec<&str> = decision
                .matches
                .iter()
                .filter(heavy)
                .map(|m| area_of(&m.policy, &m.category))
                .collect();
            areas.sort_unstable();
            areas.dedup();
            for area in areas {
                rows.entry(area.to_owned()).or_default().alarms += 1;
            }
        }
    }
    rows
}

fn area_of<'a>(policy: &str, category: &'a str) -> &'a str {
    match category {
        "security-dangerous" if policy.contains("injection") || policy.contains("_prompt_") => {
            "prompt-injection"
        }
        "security-dangerous" if policy.contains("claude") || policy.contains("agent_") => {
            "agent-settings"
        }
        "security-dangerous" => "security-dangerous-commands",
        other if other.starts_with("pii-") => "pii",
        other => other,
    }
}

/// Shares of the attacks that the hardened pack notices, a little below what it does, so that a rule
/// may lose a statement to a better one. What is missing: commands have rules of their own (half of
/// `agent-settings` are commands), two harmless SELECTs behind each other look like an attack's, and
/// aliases of dangerous functions would need a parser of the language.
const FLOORS: [(&str, f64); 7] = [
    ("agent-settings", 0.20),
    ("code-secrets", 0.98),
    ("code-unsafe", 0.93),
    ("prompt-injection", 0.97),
    ("security-admin", 0.95),
    ("security-sqli", 0.94),
    ("sensitive-data", 0.95),
];

/// Shares of valid personal data that is found. Postal codes and record numbers without any word
/// near them are left alone on purpose.
const FOUND: f64 = 0.94;
const FOUND_WITHOUT_WORDS: [(&str, f64); 1] = [("sg-postal", 0.85)];

#[test]
fn the_hardened_pack_catches_attacks() {
    let (system, hardened) = (table(&Judge::of("system")), table(&Judge::of("hardened")));
    println!(
        "area                         |  n   | system: caught stopped alarms | hardened: caught stopped alarms"
    );
    for (area, row) in &system {
        let other = hardened.get(area);
        let share = |n: usize| 100.0 * share(n, row.statements);
        let (caught, stopped, alarms) =
            other.map_or((0, 0, 0), |o| (o.caught, o.stopped, o.alarms));
        println!(
            "{area:28} | {:4} | {:6.1} {:6.1} {:5} | {:6.1} {:6.1} {:5}",
            row.statements,
            share(row.caught),
            share(row.stopped),
            row.alarms,
            share(caught),
            share(stopped),
            alarms
        );
    }
    for (area, floor) in FLOORS {
        let row = &hardened[area];
        let share = share(row.caught, row.statements);
        assert!(share >= floor, "{area}: {share:.3} of {}", row.statements);
    }
}

#[test]
fn personal_data_is_found_and_broken_twins_are_left_alone() {
    let (system, hardened) = (Judge::of("system"), Judge::of("hardened"));
    println!(
        "area            | system: valid found, broken left | hardened: valid found, broken left"
    );
    for (area, lines) in corpus("pii") {
        let of = |judge: &Judge| {
            let (mut valid, mut found, mut broken, mut left) = (0, 0, 0, 0);
            for line in &lines {
                let decision = judge.decide(line);
                let values = line.value.as_ref().map_or(&[][..], Values::all);
                let hits = values.iter().all(|value| hit(line, &decision, value));
                let any = values.iter().any(|value| hit(line, &decision, value));
                if line.valid == Some(true) {
                    valid += 1;
                    found += usize::from(hits);
                } else {
                    broken += 1;
                    left += usize::from(!any);
                }
            }
            (valid, found, broken, left)
        };
        let (s, h) = (of(&system), of(&hardened));
        let floor = FOUND_WITHOUT_WORDS.iter().find(|(name, _)| *name == area);
        let floor = floor.map_or(FOUND, |(_, floor)| *floor);
        assert!(share(h.1, h.0) >= floor, "{area}: {} of {}", h.1, h.0);
        assert_eq!(
            h.3, h.2,
            "{area}: broken twins that are taken for valid ones"
        );
        println!(
            "{area:15} | {:3}/{:3} {:3}/{:3} | {:3}/{:3} {:3}/{:3}",
            s.1, s.0, s.3, s.2, h.1, h.0, h.3, h.2
        );
    }
}

/// Whether a match of a category of personal data touches the value.
fn hit(line: &Line, decision: &Decision, value: &str) -> bool {
    let category = line.category.as_deref().unwrap_or_default();
    let places = line.statement.match_indices(value);
    let mut places = places.map(|(at, _)| at..at + value.len());
    places.any(|place| {
        decision
            .matches
            .iter()
            .filter(|m| m.category == category)
            .flat_map(|m| &m.spans)
            .any(|span| span.start < place.end && span.end > place.start)
    })
}
