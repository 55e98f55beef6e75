use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Surface, Validator};

/// A set of policies that decides together.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Its slug.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Policies with patterns, in the order of the file.
    pub policies: Vec<Policy>,
    /// Policies with conditions, in the order of the file.
    pub dynamic: Vec<Dynamic>,
}

/// A policy that looks for patterns in a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Policy {
    /// Its id, unique in the pack.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it belongs to, such as `security-sqli`; postures speak of categories.
    pub category: String,
    /// How grave a match is.
    pub severity: Severity,
    /// What follows from a match.
    pub action: Actions,
    /// The pattern, where there is one; else `patterns`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What `pattern` is matched against.
    #[serde(default, skip_serializing_if = "is_default")]
    pub view: View,
    /// Several patterns; one that matches is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Pattern>,
    /// A matched text that also matches this is no match (RE2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
    /// Something that the statement must show as well, anywhere in the same view (RE2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// A rule that a matched text must keep; where the pattern has a group `value`, that group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator: Option<Validator>,
    /// The kinds of statement it looks at; all, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surfaces: Vec<Surface>,
    /// How a match is masked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub redaction: Redaction,
    /// The integration that switches it on; always on, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// What it detects, in a sentence.
    pub description: String,
    /// Strings that must match, at least three.
    pub must_match: Vec<String>,
    /// Near misses that must not match, at least three.
    pub must_not_match: Vec<String>,
}

/// One pattern and what it is matched against.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pattern {
    /// What the pattern is matched against.
    #[serde(default, skip_serializing_if = "is_default")]
    pub view: View,
    /// The pattern (RE2).
    pub pattern: String,
}

impl Policy {
    /// All its patterns.
    pub fn all_patterns(&self) -> impl Iterator<Item = Pattern> + '_ {
        let single = self.pattern.iter().map(|pattern| Pattern {
            view: self.view,
            pattern: pattern.clone(),
        });
        single.chain(self.patterns.iter().cloned())
    }
}

/// What happens to a call whose statement matches; the later ones weigh more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is noted.
    Log,
    /// It runs with a warning.
    Warn,
    /// It runs once somebody approved; on the MCP check plane it runs.
    RequireApproval,
    /// It runs on the masked text.
    Redact,
    /// It does not run.
    Block,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Log => "log",
            Self::Warn => "warn",
            Self::RequireApproval => "require_approval",
            Self::Redact => "redact",
            Self::Block => "block",
        })
    }
}

/// The action of each phase; in a pack file one action for both, or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RawActions", into = "RawActions")]
pub struct Actions {
    /// For a statement before the call; `None` does not look at it.
    pub request: Option<Action>,
    /// For an output after the call; `None` does not look at it.
    pub response: Option<Action>,
}

impl Actions {
    /// The action in this phase.
    #[must_use]
    pub fn of(self, phase: Phase) -> Option<Action> {
        match phase {
            Phase::Request => self.request,
            Phase::Response => self.response,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "an action (`block`, `redact`, `require_approval`, `warn`, `log`) or a table { request = …, response = … }"
)]
enum RawActions {
    Both(Action),
    Each(RawEach),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEach {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<Action>,
}

impl From<RawActions> for Actions {
    fn from(raw: RawActions) -> Self {
        match raw {
            RawActions::Both(action) => Self {
                request: Some(action),
                response: Some(action),
            },
            RawActions::Each(RawEach { request, response }) => Self { request, response },
        }
    }
}

impl From<Actions> for RawActions {
    fn from(actions: Actions) -> Self {
        match (actions.request, actions.response) {
            (Some(one), Some(other)) if one == other => Self::Both(one),
            (request, response) => Self::Each(RawEach { request, response }),
        }
    }
}

/// When a statement is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the call: what is about to run (`check_policy`).
    #[default]
    Request,
    /// After the call: what came out (`check_output`).
    Response,
}

/// How grave a match is; the later ones weigh more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A nuisance.
    Low,
    /// Worth a look.
    Medium,
    /// Harm is likely.
    High,
    /// Harm is certain, and great.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// The statement as a pattern sees it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// As it is.
    #[default]
    Raw,
    /// Without invisible characters, look-alikes as the letters and digits they pass for.
    Text,
    /// Only letters and digits of that, in lower case and without anything between them.
    Letters,
    /// The commands a shell would run, a pipeline a line: quotes and variables resolved, wrappers
    /// taken off, flags in order.
    Shell,
    /// Without SQL comments, white space as single spaces, encodings and concatenations resolved.
    Sql,
}

/// How a masked span reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redaction {
    /// `[REDACTED:…]` with the kind of what was there.
    #[default]
    Label,
    /// An asterisk for each character.
    Mask,
}

/// A policy that looks at facts about the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dynamic {
    /// Its id, unique in the pack.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it belongs to, such as `dynamic-risk`.
    pub category: String,
    /// How grave it is.
    pub severity: Severity,
    /// All of them must hold; `query` is the statement, other fields are facts.
    pub conditions: Vec<Condition>,
    /// What follows.
    pub action: Action,
    /// What it detects, in a sentence.
    pub description: String,
}

/// A condition on one fact. A fact that is not known fulfils none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Condition {
    /// The fact.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: Value,
}

/// How a fact is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// The same.
    Equals,
    /// Another.
    NotEquals,
    /// The text holds it, in any case.
    Contains,
    /// The text holds one of the list, in any case.
    ContainsAny,
    /// The number is greater.
    GreaterThan,
    /// It is one of the list.
    In,
    /// The text matches the pattern (RE2).
    Matches,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
