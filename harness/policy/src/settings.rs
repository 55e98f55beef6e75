use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Action, Pack, Severity};

/// What a tenant set, beside the pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Actions by group of categories, over those of the policies.
    pub posture: Posture,
    /// Integrations that are activated, such as `claude`.
    pub integrations: BTreeSet<String>,
    /// Policies that are overridden for now.
    pub overrides: Vec<Override>,
    /// What dynamic policies may ask for, by field.
    pub facts: BTreeMap<String, Value>,
}

/// The posture lever: an action for a whole group of categories.
/// Source: contract section 4.8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Posture {
    /// `pii-*` (`PII_ACTION`).
    pub pii: Option<Action>,
    /// `security-sqli` (`SQLI_ACTION`).
    pub sqli: Option<Action>,
    /// `sensitive-data` (`SENSITIVE_DATA_ACTION`).
    pub sensitive_data: Option<Action>,
    /// `security-dangerous` (`DANGEROUS_COMMAND_ACTION`).
    pub dangerous_command: Option<Action>,
}

impl Posture {
    /// One of the platform's profiles (`AXONFLOW_PROFILE`): `dev` logs, `default` warns, `strict`
    /// and `compliance` block.
    #[must_use]
    pub fn profile(name: &str) -> Option<Self> {
        let action = match name {
            "dev" => Action::Log,
            "default" => Action::Warn,
            "strict" | "compliance" => Action::Block,
            _ => return None,
        };
        Some(Self {
            pii: Some(action),
            sqli: Some(action),
            sensitive_data: Some(action),
            dangerous_command: Some(action),
        })
    }

    /// The lever's action for a category.
    #[must_use]
    pub fn of(&self, category: &str) -> Option<Action> {
        match category {
            "security-sqli" => self.sqli,
            "sensitive-data" => self.sensitive_data,
            "security-dangerous" => self.dangerous_command,
            other if other.starts_with("pii-") => self.pii,
            _ => None,
        }
    }
}

/// A policy that does not bind for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The override's own id, told in decisions.
    pub id: String,
    /// The policy it lifts.
    pub policy: String,
}

/// Why a policy cannot be overridden.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// There is no such policy.
    #[error("no policy `{0}` in this pack")]
    Unknown(String),
    /// Critical policies bind always.
    #[error("policy `{0}` is critical and cannot be overridden")]
    Critical(String),
}

impl Settings {
    /// Adds an override.
    ///
    /// # Errors
    /// [`OverrideError`].
    pub fn lift(&mut self, pack: &Pack, lifted: Override) -> Result<(), OverrideError> {
        let named = pack
            .policies
            .iter()
            .find(|policy| policy.id == lifted.policy);
        match named.map(|policy| policy.severity) {
            None => Err(OverrideError::Unknown(lifted.policy)),
            Some(Severity::Critical) => Err(OverrideError::Critical(lifted.policy)),
            Some(_) => {
                self.overrides.push(lifted);
                Ok(())
            }
        }
    }

    /// Activates what a connector type tells of, as the platform does at the first check.
    /// Source: contract section 4.7.
    pub fn activate_for(&mut self, connector_type: &str) {
        if connector_type == "claude_code" || connector_type.starts_with("claude_code.") {
            self.integrations.insert("claude".to_owned());
        }
    }
}
