//! Decisions that can be explained later.

use std::collections::VecDeque;

use hookproof_policy::{Action, Engine, Match};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::check::overridable;
use super::{Policing, refusal};
use crate::call::text;
use crate::script::Content;

/// Decisions the agent keeps; the oldest is dropped beyond that.
const CAPACITY: usize = 1000;

/// Decisions in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Memory {
    decisions: VecDeque<Remembered>,
}

/// A decision without the statement.
#[derive(Debug)]
pub(super) struct Remembered {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) tool: String,
    pub(super) allowed: bool,
    pub(super) reason: Option<String>,
    pub(super) matches: Vec<Match>,
}

impl Memory {
    pub(super) fn keep(&mut self, decision: Remembered) {
        self.decisions.push_back(decision);
        if self.decisions.len() > CAPACITY {
            self.decisions.pop_front();
        }
    }

    /// How often a policy matched so far.
    fn hits(&self, policy: &str) -> usize {
        let hit = |one: &&Remembered| one.matches.iter().any(|found| found.policy == policy);
        self.decisions.iter().filter(hit).count()
    }
}

impl Policing {
    pub(super) fn explained(&self, engine: &Engine, arguments: &Value) -> Content {
        let id = text(arguments, "decision_id").unwrap_or_default();
        let Some(decision) = self.memory.decisions.iter().find(|one| one.id == id) else {
            return refusal(&format!("decision not found: {id}"));
        };
        let policy = |id: &str| engine.pack().policies.iter().find(|one| one.id == id);
        let first = decision
            .matches
            .iter()
            .filter(|one| one.overridden_by.is_none())
            .max_by_key(|one| (one.action, one.severity));
        let matches: Vec<Value> = decision
            .matches
            .iter()
            .map(|one| {
                json!({
                    "policy_id": one.policy,
                    "policy_name": one.name,
                    "action": one.action,
                    "risk_level": one.severity,
                    "allow_override": overridable(one),
                    "policy_description": policy(&one.policy).map(|one| &one.description),
                })
            })
            .collect();
        let rules: Vec<Value> = decision
            .matches
            .iter()
            .filter_map(|one| {
                let pattern = policy(&one.policy)?.all_patterns().next()?;
                Some(json!({
                    "policy_id": one.policy,
                    "rule_id": one.policy,
                    "rule_text": pattern.pattern,
                    "matched_on": one.view,
                }))
            })
            .collect();
        let mut blocking = decision
            .matches
            .iter()
            .filter(|one| one.action == Action::Block && one.overridden_by.is_none());
        let mut result = json!({
            "decision_id": id,
            "timestamp": decision.at.to_string(),
            "policy_matches": matches,
            "matched_rules": rules,
            "decision": if decision.allowed { "allow" } else { "deny" },
            "reason": decision.reason,
            "risk_level": first.map(|one| one.severity),
            "override_available": !decision.allowed && blocking.all(overridable),
            "historical_hit_count_session": first.map_or(0, |one| self.memory.hits(&one.policy)),
            "tool_signature": decision.tool,
        });
        let lifted = decision
            .matches
            .iter()
            .find_map(|one| one.overridden_by.as_ref());
        if let Some(lifted) = lifted {
            result["override_existing_id"] = json!(lifted);
        }
        Content::Result(result)
    }
}
