//! A frozen, versioned set of requirements.

use crate::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A contract: a name under which a set of requirements was frozen.
///
/// The set itself is told by the requirements: each names the contracts it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Contract {
    /// Stable id, for example `axonflow-1.6`.
    pub id: Slug,
    /// One line for people.
    pub title: String,
    /// Where its requirements come from.
    pub source: String,
    /// Environment that tells the embedded reference hook to follow this contract.
    #[serde(default)]
    pub reference_env: BTreeMap<String, String>,
}
