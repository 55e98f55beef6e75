use std::collections::BTreeMap;
use std::fmt;

use hookproof_policy::{Engine, Phase, Settings};

use crate::{Area, Statement};

/// Decisions of a pack on one file of a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// One for each statement, in the order of the file.
    pub decisions: Vec<Recorded>,
}

/// A decision as a snapshot tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The statement as a JSON string, cut if it is long, and where it comes from.
    pub statement: String,
    /// What the pack says.
    pub verdict: String,
    /// The action of each policy that matched.
    pub policies: BTreeMap<String, String>,
    /// The masked statement as a JSON string, cut if it is long.
    pub redacted: Option<String>,
}

/// Why a text is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not a line of a snapshot")]
pub struct SnapshotError {
    /// Line, from 1.
    pub line: usize,
}

/// What every snapshot begins with; files that do not are nobody's to remove.
pub(super) const HEAD: &str = "# Decisions of pack ";

const REDACTED: &str = "redacted: ";

impl Snapshot {
    /// Judges all statements of an area.
    #[must_use]
    pub fn take(engine: &Engine, settings: &Settings, area: &Area) -> Self {
        let recorded = |statement: &Statement| {
            let decision = engine.decide(&statement.input(), settings);
            Recorded {
                statement: title(statement),
                verdict: decision.verdict.to_string(),
                policies: decision
                    .matches
                    .into_iter()
                    .map(|one| (one.policy, one.action.to_string()))
                    .collect(),
                redacted: decision.redacted.map(|text| shown(&text)),
            }
        };
        Self {
            decisions: area.statements.iter().map(recorded).collect(),
        }
    }

    /// The text of the snapshot's file.
    #[must_use]
    pub fn render(&self, pack: &str, area: &str) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &self.decisions {
            *counts.entry(&one.verdict).or_default() += 1;
        }
        let counts: Vec<String> = counts
            .iter()
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        let mut text = format!(
            "{HEAD}{pack} on {area}: {}\n\n",
            if counts.is_empty() {
                "no statements".to_owned()
            } else {
                counts.join(", ")
            }
        );
        for one in &self.decisions {
            text.push_str(&format!("{one}\n"));
        }
        text
    }

    /// Reads the text of a snapshot's file.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn parse(text: &str) -> Result<Self, SnapshotError> {
        let mut decisions: Vec<Recorded> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let error = SnapshotError { line: index + 1 };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(detail) = line.strip_prefix("  ") {
                let last = decisions.last_mut().ok_or(error.clone())?;
                if let Some(redacted) = detail.strip_prefix(REDACTED) {
                    last.redacted = Some(redacted.to_owned());
                } else {
                    let (policy, action) = detail.split_once(": ").ok_or(error)?;
                    last.policies.insert(policy.to_owned(), action.to_owned());
                }
            } else {
                let (verdict, statement) = line.split_once(' ').ok_or(error)?;
                decisions.push(Recorded {
                    statement: statement.to_owned(),
                    verdict: verdict.to_owned(),
                    policies: BTreeMap::new(),
                    redacted: None,
                });
            }
        }
        Ok(Self { decisions })
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verdict, self.statement)?;
        for (policy, action) in &self.policies {
            write!(f, "\n  {policy}: {action}")?;
        }
        match &self.redacted {
            Some(redacted) => write!(f, "\n  {REDACTED}{redacted}"),
            None => Ok(()),
        }
    }
}

fn title(statement: &Statement) -> String {
    let output = (statement.phase == Some(Phase::Response)).then_some("output");
    let facts: Vec<&str> = [statement.tool.as_deref(), output]
        .into_iter()
        .flatten()
        .collect();
    let text = shown(&statement.text);
    if facts.is_empty() {
        return text;
    }
    // A tool's name comes from a file: a line break in it must not break the snapshot apart.
    let facts = facts.join(", ").replace(char::is_control, " ");
    format!("{text} ({facts})")
}

/// Characters of a statement that are shown; of a longer one a fingerprint tells the rest.
const SHOWN: usize = 160;

/// A text as a JSON string on one line.
fn shown(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    match quoted.char_indices().nth(SHOWN) {
        None => quoted,
        Some((at, _)) => {
            let (bytes, print) = (text.len(), fingerprint(text));
            format!("{}… [{bytes} bytes, {print:016x}]", &quoted[..at])
        }
    }
}

/// FNV-1a: the same on every machine and with every compiler, unlike the standard hasher.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let snapshot = Snapshot {
            decisions: vec![
                Recorded {
                    statement: shown("ls\n# x: y"),
                    verdict: "allow".to_owned(),
                    policies: BTreeMap::new(),
                    redacted: None,
                },
                Recorded {
                    statement: shown("SSN"),
                    verdict: "redact".to_owned(),
                    policies: BTreeMap::from([("a".to_owned(), "redact".to_owned())]),
                    redacted: Some(shown("[REDACTED:x]")),
                },
            ],
        };
        let text = snapshot.render("p", "k/a");
        assert!(text.starts_with("# Decisions of pack p on k/a: 1 allow, 1 redact\n"));
        assert_eq!(Snapshot::parse(&text).unwrap(), snapshot);
        assert_eq!(
            Snapshot::parse("# x\n  a: b\n"),
            Err(SnapshotError { line: 2 })
        );
    }

    #[test]
    fn long_statements_differ_by_their_ends() {
        let (one, other) = (
            format!("{}a", "x".repeat(900)),
            format!("{}b", "x".repeat(900)),
        );
        assert!(shown(&one).len() < 220);
        assert_ne!(shown(&one), shown(&other));
    }
}
