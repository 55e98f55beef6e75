//! Policies that are lifted for a while.

use std::collections::VecDeque;

use hookproof_policy::{Engine, Override, Settings};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::refusal;
use crate::call::text;
use crate::handler::tools;
use crate::rpc::Rpc;
use crate::script::Content;

/// Overrides the agent keeps, revoked and expired ones included; the oldest is dropped beyond that.
const CAPACITY: usize = 1000;

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 1..=500;

#[derive(Debug, Default)]
pub(super) struct Overrides {
    all: VecDeque<Granted>,
}

#[derive(Debug)]
struct Granted {
    lifted: Override,
    expires_at: Timestamp,
    revoked: bool,
    shown: Value,
}

impl Overrides {
    /// Those that bind the engine now.
    pub(super) fn in_force(&self, now: Timestamp) -> Vec<Override> {
        self.all
            .iter()
            .filter(|one| !one.revoked && one.expires_at > now)
            .map(|one| one.lifted.clone())
            .collect()
    }

    pub(super) fn create(&mut self, engine: &Engine, rpc: Option<&Rpc>, now: Timestamp) -> Content {
        let argument = |key: &str| rpc.and_then(|rpc| rpc.argument(key)).unwrap_or_default();
        let reason = argument("override_reason");
        if !REASON.contains(&reason.chars().count()) {
            return refusal("override_reason must have 1 to 500 characters");
        }
        let mut created = tools::override_created(rpc, now);
        let lifted = Override {
            id: text(&created, "id").unwrap_or_default().to_owned(),
            policy: argument("policy_id").to_owned(),
        };
        if let Err(error) = Settings::default().lift(engine.pack(), lifted.clone()) {
            return refusal(&error.to_string());
        }
        let seconds = created.get("ttl_seconds").and_then(Value::as_i64);
        let answer = created.clone();
        created["override_reason"] = json!(reason);
        created["tool_signature"] = json!(argument("tool_signature"));
        self.all.push_back(Granted {
            lifted,
            expires_at: now + SignedDuration::from_secs(seconds.unwrap_or_default()),
            revoked: false,
            shown: created,
        });
        if self.all.len() > CAPACITY {
            self.all.pop_front();
        }
        Content::Result(answer)
    }

    pub(super) fn list(&self, arguments: &Value) -> Content {
        let policy = text(arguments, "policy_id").filter(|id| !id.is_empty());
        let with_revoked = arguments.get("include_revoked") == Some(&Value::Bool(true));
        let wanted = |one: &&Granted| {
            policy.is_none_or(|id| one.lifted.policy == id) && (with_revoked || !one.revoked)
        };
        let shown: Vec<Value> = self
            .all
            .iter()
            .filter(wanted)
            .map(|one| {
                let mut shown = one.shown.clone();
                shown["revoked"] = json!(one.revoked);
                shown
            })
            .collect();
        Content::Result(json!({ "count": shown.len(), "overrides": shown }))
    }

    pub(super) fn delete(&mut self, arguments: &Value, now: Timestamp) -> Content {
        let id = text(arguments, "override_id").unwrap_or_default();
        let Some(one) = self.all.iter_mut().find(|one| one.lifted.id == id) else {
            return refusal(&format!("override not found: {id}"));
        };
        one.revoked = true;
        Content::Result(json!({ "id": id, "revoked": true, "revoked_at": now.to_string() }))
    }

    /// The override of a policy, if one binds.
    pub(super) fn of<'a>(settings: &'a Settings, policy: &str) -> Option<&'a Override> {
        settings.overrides.iter().find(|one| one.policy == policy)
    }
}
