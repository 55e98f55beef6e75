//! A plan limit's envelope and its defaults.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

const PRICING: &str = "https://getaxonflow.com/pricing";

/// A plan limit: what the agent says when a quota is used up. Members that are
/// not given have the default of their `limit_type`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Envelope {
    /// `daily_quota`, `per_minute`, `active_policies`, `feature_pro_only`, `hitl_approvals_window`, …
    pub limit_type: String,
    /// The sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The caller's plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The limit, in the unit of the limit type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What is left of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// The window; an empty string leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// When the limit resets (RFC 3339), sent as it is; an empty string leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<String>,
    /// When the limit resets, in seconds from the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resets_in_seconds: Option<i64>,
    /// `Retry-After` in seconds; 0 leaves the header out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The upgrade object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upgrade: Option<Value>,
    /// The later `code` member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Envelope {
    /// The HTTP status of the limit: 429 for quotas, 403 for what the plan lacks.
    pub(crate) fn status(&self) -> u16 {
        match self.limit_type.as_str() {
            "active_policies" | "feature_pro_only" | "hitl_approvals_window" => 403,
            _ => 429,
        }
    }

    /// The envelope's JSON at the time `now`.
    pub(crate) fn body(&self, now: Timestamp) -> Value {
        let text = |given: &Option<String>, default: &str| {
            Value::from(given.clone().unwrap_or_else(|| default.to_owned()))
        };
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
        put("error", text(&self.error, "Plan limit reached"));
        put("limit_type", Value::from(self.limit_type.clone()));
        put("tier", text(&self.tier, "Free"));
        put(
            "limit",
            Value::from(self.limit.unwrap_or_else(|| self.default_limit())),
        );
        put("remaining", Value::from(self.remaining.unwrap_or(0)));
        if let Some(window) = self.window() {
            put("window", Value::from(window));
        }
        if let Some(resets_at) = self.resets_at(now) {
            put("resets_at", Value::from(resets_at));
        }
        put(
            "upgrade",
            self.upgrade.clone().unwrap_or_else(default_upgrade),
        );
        if let Some(code) = &self.code {
            put("code", Value::from(code.clone()));
        }
        Value::Object(body)
    }

    /// The headers that go with the envelope at the time `now`.
    pub(crate) fn headers(&self, now: Timestamp) -> Vec<(String, String)> {
        let mut headers = vec![
            ("X-Axonflow-Tier-Limit".to_owned(), self.limit_type.clone()),
            ("X-Axonflow-Upgrade-URL".to_owned(), PRICING.to_owned()),
        ];
        let seconds = self.retry_after.or_else(|| {
            let reset: Timestamp = self.resets_at(now)?.parse().ok()?;
            u64::try_from(reset.duration_since(now).as_secs())
                .ok()
                .map(|left| left.max(1))
        });
        if let Some(seconds) = seconds.filter(|seconds| *seconds > 0) {
            headers.push(("Retry-After".to_owned(), seconds.to_string()));
        }
        headers
    }

    fn default_limit(&self) -> u64 {
        match self.limit_type.as_str() {
            "daily_quota" => 200,
            "per_minute" => 25,
            "active_policies" => 4,
            "hitl_approvals_window" => 2,
            _ => 0,
        }
    }

    fn window(&self) -> Option<String> {
        let default = match self.limit_type.as_str() {
            "daily_quota" => "daily_utc",
            "per_minute" => "minute",
            "hitl_approvals_window" => "rolling_7d",
            _ => "",
        };
        Some(self.window.clone().unwrap_or_else(|| default.to_owned()))
            .filter(|window| !window.is_empty())
    }

    fn resets_at(&self, now: Timestamp) -> Option<String> {
        if let Some(given) = &self.resets_at {
            return Some(given.clone()).filter(|given| !given.is_empty());
        }
        let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        let after = |seconds: i64| {
            now.checked_add(SignedDuration::from_secs(seconds))
                .ok()
                .map(|at| whole(at).to_string())
        };
        match (self.resets_in_seconds, self.limit_type.as_str()) {
            (Some(seconds), _) => after(seconds),
            (None, "daily_quota") => now
                .to_zoned(TimeZone::UTC)
                .tomorrow()
                .and_then(|tomorrow| tomorrow.start_of_day())
                .ok()
                .map(|midnight| midnight.timestamp().to_string()),
            (None, "per_minute") => after(60),
            (None, "hitl_approvals_window") => after(7 * 24 * 3600),
            _ => None,
        }
    }
}

fn default_upgrade() -> Value {
    json!({
        "tier": "Pro",
        "wording": "Upgrade to Pro for higher limits",
        "compare_url": PRICING,
        "buy_url": "https://getaxonflow.com/buy",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_daily_quota_resets_at_the_next_utc_midnight() {
        let envelope = Envelope {
            limit_type: "daily_quota".to_owned(),
            ..Envelope::default()
        };
        let now = at("2026-06-30T23:59:30Z");
        let body = envelope.body(now);
        assert_eq!(body["resets_at"], "2026-07-01T00:00:00Z");
        assert_eq!(
            (&body["window"], &body["limit"]),
            (&json!("daily_utc"), &json!(200))
        );
        assert!(
            envelope
                .headers(now)
                .contains(&("Retry-After".to_owned(), "30".to_owned()))
        );
        assert_eq!(envelope.status(), 429);
    }

    #[test]
    fn a_plan_feature_has_no_reset() {
        let envelope = Envelope {
            limit_type: "feature_pro_only".to_owned(),
            ..Envelope::default()
        };
        let now = at("2026-06-30T12:00:00Z");
        assert!(envelope.body(now).get("resets_at").is_none());
        assert!(
            !envelope
                .headers(now)
                .iter()
                .any(|(name, _)| name == "Retry-After")
        );
        assert_eq!(envelope.status(), 403);
    }

    #[test]
    fn members_can_be_changed_and_left_out() {
        let envelope = Envelope {
            limit_type: "per_minute".to_owned(),
            window: Some(String::new()),
            resets_in_seconds: Some(7),
            retry_after: Some(0),
            ..Envelope::default()
        };
        let now = at("2026-06-30T12:00:00.9Z");
        let body = envelope.body(now);
        assert!(body.get("window").is_none());
        assert_eq!(body["resets_at"], "2026-06-30T12:00:07Z");
        assert!(
            !envelope
                .headers(now)
                .iter()
                .any(|(name, _)| name == "Retry-After")
        );
    }
}
