//! The files by which hooks of one user tell each other to leave the agent alone.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

use crate::limits::LONGEST_BACK_OFF;
use crate::settings::{Contract, Settings};

/// The type of the stamp that a failed authentication leaves.
pub const AUTH_FAILURE: &str = "auth_failure";
const THROTTLE: &str = "throttle-until";
/// How long a limit's stamp holds under fail-mode, which does not trust what is written in it.
const FAIL_MODE_LIMIT: Duration = Duration::from_secs(300);
/// How far ahead of the clock a file may be dated (fail-mode).
const AHEAD: Duration = Duration::from_secs(60);

/// A back-off in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// `auth_failure` or a limit's type.
    pub kind: String,
    /// Seconds until the agent is asked again.
    pub seconds_left: u64,
}

/// A back-off to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStamp {
    /// End in seconds since 1970.
    pub until: u64,
    /// `auth_failure` or a limit's type.
    pub kind: String,
    /// What the user is told on stderr, once a day.
    pub lines: Vec<String>,
}

/// Seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// The back-off in force, if any. A stamp that cannot be true is ignored: it would switch
/// governance off for as long as it claims.
#[must_use]
pub fn active(settings: &Settings, now: u64) -> Option<Stamp> {
    let path = settings.cache.as_ref()?.join(THROTTLE);
    let written = fs::metadata(&path).ok()?.modified().ok()?;
    let text = fs::read_to_string(&path).ok()?;
    let (epoch, kind) = text.trim().split_once(' ')?;
    let until: u64 = epoch.parse().ok().filter(|_| epoch.len() <= 18)?;
    let kind = kind.trim();
    let end = match settings.contract {
        Contract::Axonflow16 => until,
        Contract::FailMode => {
            let holds = match kind {
                AUTH_FAILURE => settings.cooldown,
                "daily_quota" | "per_minute" => FAIL_MODE_LIMIT,
                _ => return None,
            };
            let written = written.duration_since(UNIX_EPOCH).ok()?.as_secs();
            if written > now + AHEAD.as_secs() {
                return None;
            }
            written + holds.as_secs()
        }
    };
    let believable = now + LONGEST_BACK_OFF.as_secs();
    (end > now && end <= believable).then(|| Stamp {
        kind: kind.to_owned(),
        seconds_left: end - now,
    })
}

/// Begins a back-off; returns the lines the user has not been told today. Never fails: without
/// a folder to write to, every call asks the agent.
pub fn begin(settings: &Settings, stamp: &NewStamp) -> Vec<String> {
    let Some(cache) = &settings.cache else {
        return stamp.lines.clone();
    };
    let _ = fs::create_dir_all(cache);
    write(
        &cache.join(THROTTLE),
        &format!("{} {}\n", stamp.until, stamp.kind),
    );
    let prompt = cache.join(if stamp.kind == AUTH_FAILURE {
        "auth-failure-prompt-last-shown"
    } else {
        "upgrade-prompt-last-shown"
    });
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    if fs::read_to_string(&prompt).is_ok_and(|shown| shown.trim() == today) {
        return Vec::new();
    }
    write(&prompt, &format!("{today}\n"));
    stamp.lines.clone()
}

/// Writes beside the file, then renames: another hook reads the old text or the new one.
fn write(path: &Path, text: &str) {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    if fs::write(&beside, text).is_err() || fs::rename(&beside, path).is_err() {
        let _ = fs::remove_file(&beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(home: &Path, contract: &str) -> Settings {
        let home = home.to_string_lossy().into_owned();
        Settings::read(|name| match name {
            "HOME" => Some(home.clone()),
            "HOOKPROOF_REFERENCE_CONTRACT" => Some(contract.to_owned()),
            _ => None,
        })
    }

    fn begun(settings: &Settings, text: &str) {
        let cache = settings.cache.clone().unwrap();
        fs::create_dir_all(&cache).unwrap();
        fs::write(cache.join(THROTTLE), text).unwrap();
    }

    #[test]
    fn holds_until_its_end_and_tells_once() {
        let home = tempfile::tempdir().unwrap();
        let settings = settings(home.path(), "");
        assert_eq!(active(&settings, now()), None);
        let stamp = NewStamp {
            until: now() + 300,
            kind: AUTH_FAILURE.to_owned(),
            lines: vec!["told".to_owned()],
        };
        assert_eq!(begin(&settings, &stamp), ["told"]);
        assert!(begin(&settings, &stamp).is_empty());
        let active_stamp = active(&settings, stamp.until - 10).unwrap();
        assert_eq!(
            (active_stamp.kind.as_str(), active_stamp.seconds_left),
            (AUTH_FAILURE, 10)
        );
        assert_eq!(active(&settings, stamp.until), None);
    }

    #[test]
    fn an_impossible_stamp_is_ignored() {
        let home = tempfile::tempdir().unwrap();
        let settings = settings(home.path(), "");
        for text in [
            "",
            "x",
            "99999999999 daily_quota",
            "99999999999999999999999 auth_failure",
            "-5 x",
        ] {
            begun(&settings, text);
            assert_eq!(active(&settings, now()), None, "{text}");
        }
    }

    #[test]
    fn fail_mode_counts_from_the_file() {
        let home = tempfile::tempdir().unwrap();
        let settings = settings(home.path(), "axonflow-fail-mode");
        begun(&settings, "99999999999 daily_quota");
        let left = active(&settings, now()).unwrap().seconds_left;
        assert!((295..=301).contains(&left), "{left}");
        begun(&settings, "99999999999 active_policies");
        assert_eq!(active(&settings, now()), None);
        begun(&settings, "99999999999 auth_failure");
        assert_eq!(active(&settings, now() - 3600), None);
    }
}
