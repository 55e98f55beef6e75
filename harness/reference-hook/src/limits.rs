//! The envelope in which a platform says that a plan's limit is reached.

use std::time::Duration;

use jiff::Timestamp;

use crate::json::Fields;
use crate::texts;

/// Back-off when the envelope names no end.
const DEFAULT_BACK_OFF: Duration = Duration::from_secs(60);
/// The longest back-off that is believed: daily limits end within a day.
pub const LONGEST_BACK_OFF: Duration = Duration::from_secs(48 * 3600);

/// A plan's limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// `limit_type`, such as `daily_quota`.
    pub kind: String,
    /// What to tell the user.
    pub wording: String,
    /// Where to buy more.
    pub buy_url: Option<String>,
    /// When to ask again, in seconds since 1970; `None` when the answer starts no back-off.
    pub until: Option<u64>,
}

impl Limit {
    /// Reads an envelope; `None` when the members are not one.
    #[must_use]
    pub fn read(envelope: &Fields<'_>, retry_after: Option<u64>, now: u64) -> Option<Self> {
        let kind = envelope.full_text("limit_type")?;
        let upgrade = envelope.fields("upgrade").unwrap_or_default();
        let wording = upgrade
            .full_text("wording")
            .or_else(|| envelope.full_text("error"))
            .unwrap_or_else(|| format!("plan limit reached ({kind})"));
        let until = envelope
            .text("resets_at")
            .and_then(|text| text.parse::<Timestamp>().ok())
            .and_then(|time| u64::try_from(time.as_second()).ok())
            .or_else(|| Some(now.saturating_add(retry_after.filter(|seconds| *seconds > 0)?)))
            .unwrap_or(now + DEFAULT_BACK_OFF.as_secs())
            .min(now + LONGEST_BACK_OFF.as_secs());
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        Some(Self {
            kind: kind.chars().filter(|c| word(*c)).take(64).collect(),
            wording: texts::clean(&wording),
            buy_url: upgrade.full_text("buy_url").map(|url| texts::short(&url)),
            until: Some(until),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn until(members: &str, retry_after: Option<u64>) -> Option<u64> {
        let text = format!(r#"{{"limit_type":"daily_quota"{members}}}"#);
        let limit = Limit::read(&Fields::parse(&text).unwrap(), retry_after, NOW);
        limit.unwrap().until
    }

    #[test]
    fn takes_the_reset_then_the_header_then_a_minute() {
        let reset = r#","resets_at":"2023-11-15T00:00:00Z""#;
        assert_eq!(until(reset, Some(5)), Some(1_700_006_400));
        assert_eq!(until("", Some(5)), Some(NOW + 5));
        assert_eq!(until("", Some(0)), Some(NOW + 60));
        assert_eq!(until(r#","resets_at":"soon""#, None), Some(NOW + 60));
        let past = r#","resets_at":"2020-01-01T00:00:00Z""#;
        assert_eq!(until(past, None), Some(1_577_836_800));
        let never = r#","resets_at":"9999-01-01T00:00:00Z""#;
        assert_eq!(until(never, None), Some(NOW + 48 * 3600));
    }

    #[test]
    fn other_objects_are_no_envelope() {
        let fields = Fields::parse(r#"{"error":"no"}"#).unwrap();
        assert_eq!(Limit::read(&fields, None, NOW), None);
    }
}
