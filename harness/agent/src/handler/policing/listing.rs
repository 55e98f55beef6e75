//! The pack as `list_policies` and `/api/v1/static-policies` show it.

use hookproof_policy::{Engine, Policy, Severity};
use serde_json::{Value, json};
use uuid::Builder;

use super::Policing;
use super::overrides::Overrides;
use crate::call::text;

/// Policies on a page of `/api/v1/static-policies`, unless asked otherwise.
const PAGE: usize = 20;

/// Most policies on a page.
const LARGEST_PAGE: usize = 1000;

/// The day the pack came to be, as far as the mock is concerned.
const SINCE: &str = "2026-01-01T00:00:00Z";

impl Policing {
    /// The result of `list_policies`; `null` where nothing is left, as Go shows a nil slice.
    pub(super) fn listed(&self, engine: &Engine, arguments: &Value) -> Value {
        let pack = engine.pack();
        let wanted = Wanted {
            category: text(arguments, "category"),
            severity: text(arguments, "severity"),
        };
        let fixed = pack
            .policies
            .iter()
            .enumerate()
            .filter(|(_, policy)| wanted.holds(&policy.category, policy.severity))
            .map(|(index, policy)| {
                let mut shown = self.shown(index, policy);
                shown["source"] = json!("static");
                shown
            });
        let dynamic = pack
            .dynamic
            .iter()
            .enumerate()
            .filter(|(_, policy)| wanted.holds(&policy.category, policy.severity))
            .map(|(index, policy)| {
                json!({
                    "id": uuid(pack.policies.len() + index),
                    "policy_id": policy.id,
                    "name": policy.name,
                    "description": policy.description,
                    "category": policy.category,
                    "severity": policy.severity,
                    "policy_type": policy.category,
                    "conditions": policy.conditions,
                    "actions": [{ "type": policy.action }],
                    "enabled": true,
                    "source": "dynamic",
                })
            });
        let all: Vec<Value> = fixed.chain(dynamic).collect();
        let count = all.len();
        let all = if all.is_empty() {
            Value::Null
        } else {
            Value::Array(all)
        };
        json!({ "policies": all, "count": count })
    }

    /// A page of `/api/v1/static-policies`.
    pub(super) fn served(&self, engine: &Engine, target: &str) -> Value {
        let number = |key: &str| query(target, key).and_then(|value| value.parse::<usize>().ok());
        let page = number("page").unwrap_or(1).max(1);
        let size = number("page_size").or_else(|| number("limit"));
        let size = size.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
        let wanted = Wanted {
            category: query(target, "category"),
            severity: query(target, "severity"),
        };
        let all: Vec<(usize, &Policy)> = engine
            .pack()
            .policies
            .iter()
            .enumerate()
            .filter(|(_, policy)| wanted.holds(&policy.category, policy.severity))
            .collect();
        let shown: Vec<Value> = all
            .iter()
            .skip((page - 1).saturating_mul(size))
            .take(size)
            .map(|(index, policy)| self.shown(*index, policy))
            .collect();
        json!({
            "policies": shown,
            "pagination": {
                "page": page,
                "page_size": size,
                "total": all.len(),
                "total_pages": all.len().div_ceil(size),
            },
        })
    }

    fn shown(&self, index: usize, policy: &Policy) -> Value {
        let patterns: Vec<String> = policy.all_patterns().map(|one| one.pattern).collect();
        let pattern = match patterns.as_slice() {
            [one] => one.clone(),
            many => many
                .iter()
                .map(|one| format!("(?:{one})"))
                .collect::<Vec<_>>()
                .join("|"),
        };
        let enabled = policy
            .integration
            .as_ref()
            .is_none_or(|name| self.settings.integrations.contains(name));
        let lifted = Overrides::of(&self.settings, &policy.id);
        json!({
            "id": uuid(index),
            "policy_id": policy.id,
            "name": policy.name,
            "description": policy.description,
            "category": policy.category,
            "tier": "system",
            "pattern": pattern,
            "severity": policy.severity,
            "action": policy.action.request.or(policy.action.response),
            "enabled": enabled,
            "priority": priority(policy.severity),
            "version": 1,
            "has_override": lifted.is_some(),
            "override": lifted,
            "organization_id": null,
            "tenant_id": "global",
            "created_at": SINCE,
            "updated_at": SINCE,
        })
    }
}

struct Wanted<'a> {
    category: Option<&'a str>,
    severity: Option<&'a str>,
}

impl Wanted<'_> {
    fn holds(&self, category: &str, severity: Severity) -> bool {
        let fits = |wanted: Option<&str>, is: &str| wanted.is_none_or(|w| w.is_empty() || w == is);
        fits(self.category, category) && fits(self.severity, &severity.to_string())
    }
}

fn priority(severity: Severity) -> u32 {
    match severity {
        Severity::Critical => 100,
        Severity::High => 80,
        Severity::Medium => 50,
        Severity::Low => 20,
    }
}

/// The value of a query parameter, as sent.
fn query<'a>(target: &'a str, key: &str) -> Option<&'a str> {
    let (_, query) = target.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

/// The same policy has the same id in every run.
fn uuid(index: usize) -> String {
    Builder::from_custom_bytes((index as u128 + 1).to_be_bytes())
        .into_uuid()
        .to_string()
}
