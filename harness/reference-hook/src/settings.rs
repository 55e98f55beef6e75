//! What the environment configures. A value that makes no sense is replaced by the default:
//! none may switch governance off.

use std::path::PathBuf;
use std::time::Duration;

use crate::credentials::{self, LicenseFile};
use crate::endpoint::Endpoint;
use crate::event::Event;
use crate::plugin;

/// The set of rules the hook follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// `axonflow-1.6`.
    Axonflow16,
    /// `axonflow-fail-mode`.
    FailMode,
}

/// How long the host waits for a hook that the plugin directory declares.
pub const HOST_TIMEOUT: Duration = Duration::from_secs(15);
/// What is kept of the host's timeout for starting, printing and ending.
const RESERVE: Duration = Duration::from_secs(1);
/// The longest a single call may take, so that the answer still reaches the host in time.
pub const LONGEST_CALL: Duration = Duration::from_secs(13);
/// The shortest: below it no agent would be heard, and nothing governed.
pub const SHORTEST_CALL: Duration = Duration::from_secs(1);
const DEFAULT_COOLDOWN: Duration = Duration::from_secs(300);
const LONGEST_COOLDOWN: Duration = Duration::from_secs(24 * 3600);

/// Everything that is configured.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `HOOKPROOF_REFERENCE_CONTRACT`.
    pub contract: Contract,
    /// `AXONFLOW_ENDPOINT`.
    pub endpoint: Endpoint,
    /// `AXONFLOW_AUTH`, the bare base64.
    pub auth: Option<String>,
    /// `AXONFLOW_LICENSE_TOKEN` or the licence file.
    pub license: Option<String>,
    /// `AXONFLOW_TIMEOUT_SECONDS`, within its bounds.
    pub timeout: Option<Duration>,
    /// `AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR`.
    pub break_glass: bool,
    /// `AXONFLOW_FAIL_MODE`: whether a call without a usable answer runs (fail-mode only).
    pub fail_open: bool,
    /// `AXONFLOW_AUTH_FAILURE_COOLDOWN_SECONDS`.
    pub cooldown: Duration,
    /// Folder of the stamps, when there is a home or a cache folder.
    pub cache: Option<PathBuf>,
    /// The plugin's version, for the client header.
    pub version: String,
    /// What the user should know about the configuration, for stderr.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Reads the process environment.
    #[must_use]
    pub fn from_env() -> Self {
        Self::read(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads variables through `lookup`; an empty one counts as unset.
    #[must_use]
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let mut warnings = Vec::new();
        let configured_auth = get("AXONFLOW_AUTH");
        let auth = configured_auth.as_deref().and_then(credentials::basic);
        if configured_auth.is_some() && auth.is_none() {
            warnings.push("AXONFLOW_AUTH is not base64 and is not used".to_owned());
        }
        let home = get("HOME").map(PathBuf::from);
        let config = get("AXONFLOW_CONFIG_DIR")
            .map(PathBuf::from)
            .or_else(|| home.as_ref().map(|home| home.join(".config/axonflow")));
        let cache = get("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| home.map(|home| home.join(".cache")))
            .map(|path| path.join("axonflow"));
        let license = get("AXONFLOW_LICENSE_TOKEN")
            .and_then(|token| credentials::license(&token))
            .or_else(|| {
                // With a credential of one's own the service's licence plays no part.
                let file = config
                    .filter(|_| auth.is_none())?
                    .join("license-token.json");
                match credentials::license_file(&file) {
                    LicenseFile::Token(token) => Some(token),
                    LicenseFile::Unsafe => {
                        warnings.push(format!(
                            "{} has unsafe permissions (not 600) and is not used",
                            file.display()
                        ));
                        None
                    }
                    LicenseFile::Absent => None,
                }
            });
        let named_contract = get("HOOKPROOF_REFERENCE_CONTRACT");
        Self {
            contract: match named_contract.as_deref() {
                Some("axonflow-fail-mode") => Contract::FailMode,
                _ => Contract::Axonflow16,
            },
            endpoint: Endpoint::choose(
                get("AXONFLOW_ENDPOINT").as_deref(),
                configured_auth.is_some(),
            ),
            auth,
            license,
            timeout: get("AXONFLOW_TIMEOUT_SECONDS").and_then(|value| call_timeout(&value)),
            // Only the two documented words open the glass; `yes` or `on` might be a slip.
            break_glass: matches!(
                lookup("AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR").as_deref(),
                Some("1" | "true")
            ),
            fail_open: get("AXONFLOW_FAIL_MODE")
                .is_none_or(|value| value.trim().eq_ignore_ascii_case("open")),
            cooldown: get("AXONFLOW_AUTH_FAILURE_COOLDOWN_SECONDS")
                .and_then(|value| value.trim().parse().ok())
                .filter(|seconds| *seconds > 0)
                .map_or(DEFAULT_COOLDOWN, Duration::from_secs)
                .min(LONGEST_COOLDOWN),
            cache,
            version: plugin::version(get("CLAUDE_PLUGIN_ROOT").map(PathBuf::from).as_deref()),
            warnings,
        }
    }

    /// How long a request may take that a hook makes after running for `spent`, so that the
    /// hook still answers the host in time.
    #[must_use]
    pub fn limit(&self, event: Event, spent: Duration) -> Duration {
        let configured = self.timeout.unwrap_or(match event {
            Event::Pre => Duration::from_secs(8),
            Event::Post => Duration::from_secs(5),
        });
        configured.min((HOST_TIMEOUT - RESERVE).saturating_sub(spent))
    }
}

/// Seconds, fractions allowed, within [`SHORTEST_CALL`] and [`LONGEST_CALL`].
fn call_timeout(value: &str) -> Option<Duration> {
    let seconds: f64 = value.trim().parse().ok()?;
    (seconds.is_finite() && seconds > 0.0).then(|| {
        let seconds = seconds.clamp(SHORTEST_CALL.as_secs_f64(), LONGEST_CALL.as_secs_f64());
        Duration::from_secs_f64(seconds)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Settings {
        Settings::read(|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn limits(value: &str) -> (f64, f64) {
        let settings = with(&[("AXONFLOW_TIMEOUT_SECONDS", value)]);
        let seconds = |event| settings.limit(event, Duration::ZERO).as_secs_f64();
        (seconds(Event::Pre), seconds(Event::Post))
    }

    #[test]
    fn a_good_timeout_holds_for_all_calls() {
        assert_eq!(limits("12"), (12.0, 12.0));
        assert_eq!(limits(" 3.5 "), (3.5, 3.5));
    }

    #[test]
    fn a_bad_timeout_falls_back_or_is_bounded() {
        for value in ["", "0", "-1", "abc", "NaN", "inf", "5s", "1e999"] {
            assert_eq!(limits(value), (8.0, 5.0), "{value}");
        }
        assert_eq!(limits("1e9"), (13.0, 13.0));
        assert_eq!(limits("14"), (13.0, 13.0));
        assert_eq!(limits("0.001"), (1.0, 1.0));
        let late = with(&[]).limit(Event::Pre, Duration::from_secs(10));
        assert_eq!(late, Duration::from_secs(4));
    }

    #[test]
    fn only_the_documented_words_break_the_glass() {
        for (value, expected) in [
            ("1", true),
            ("true", true),
            ("0", false),
            ("false", false),
            ("yes", false),
            ("", false),
        ] {
            let settings = with(&[("AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR", value)]);
            assert_eq!(settings.break_glass, expected, "{value}");
        }
    }

    #[test]
    fn fail_mode_blocks_on_anything_but_open() {
        for (value, expected) in [
            ("", true),
            ("OPEN", true),
            ("closed", false),
            ("opne", false),
        ] {
            assert_eq!(
                with(&[("AXONFLOW_FAIL_MODE", value)]).fail_open,
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn folders_follow_the_environment() {
        let home = ("HOME", "/h");
        assert_eq!(
            with(&[home]).cache.unwrap(),
            PathBuf::from("/h/.cache/axonflow")
        );
        let cache = with(&[home, ("XDG_CACHE_HOME", "/c")]).cache.unwrap();
        assert_eq!(cache, PathBuf::from("/c/axonflow"));
        let cache = with(&[home, ("XDG_CACHE_HOME", "relative")]).cache.unwrap();
        assert_eq!(cache, PathBuf::from("/h/.cache/axonflow"));
        assert!(with(&[]).cache.is_none());
    }

    #[test]
    fn a_secret_is_never_in_a_warning() {
        let settings = with(&[("AXONFLOW_AUTH", "gehe\u{7}im")]);
        assert!(settings.auth.is_none());
        assert!(!settings.warnings[0].contains("gehe"));
    }
}
