//! Plugin directories and settings files: what is loaded, dropped, and said about mistakes.

use std::path::PathBuf;
use std::time::Duration;

use hookproof_host::{Client, ClientVersion, Event, HookSet, Source};
use serde_json::json;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/hooks")
        .join(name)
}

#[test]
fn a_plugin_is_loaded_with_its_matchers_and_timeouts() {
    let client = Client::default();
    let set = HookSet::from_plugin(&fixture("plugin-good"), &client).unwrap();
    assert!(set.dropped.is_empty());
    let before = set.matching(Event::PreToolUse, "Write", &json!({}), &client);
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].timeout, Duration::from_secs(5));
    assert!(matches!(&before[0].source, Source::Plugin { name, .. } if name == "good"));
    let after = set.matching(Event::PostToolUse, "Read", &json!({}), &client);
    assert_eq!(after[0].timeout, Duration::from_secs(600));
    assert!(
        set.matching(Event::PreToolUse, "Read", &json!({}), &client)
            .is_empty()
    );
}

#[test]
fn the_default_timeout_is_the_versions() {
    let old = Client::at(ClientVersion::new(2, 1, 2));
    let set = HookSet::from_plugin(&fixture("plugin-good"), &old).unwrap();
    let after = set.matching(Event::PostToolUse, "Read", &json!({}), &old);
    assert_eq!(after[0].timeout, Duration::from_secs(60));
}

#[test]
fn one_bad_entry_drops_all_hooks_and_says_where() {
    let set = HookSet::from_plugin(&fixture("plugin-bad-timeout"), &Client::default()).unwrap();
    assert!(set.hooks.is_empty());
    let reason = &set.dropped[0].reason;
    assert_eq!((reason.line, reason.column), (Some(8), Some(64)));
    assert!(reason.message.contains("timeout"), "{reason}");
}

#[test]
fn an_event_that_is_no_list_drops_the_file_only_where_it_guards() {
    let client = Client::default();
    let loads = |event: &str, value: &str| {
        let entry = r#"[{"matcher": "Bash", "hooks": [{"type": "command", "command": "x"}]}]"#;
        let text = format!(r#"{{"hooks": {{"{event}": {value}, "UserPromptSubmit": {entry}}}}}"#);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let set = HookSet::from_settings(file.path(), &client).unwrap();
        assert!(!set.dropped.is_empty(), "{event} {value}");
        !set.hooks.is_empty()
    };
    for (event, value, expected) in [
        ("PreToolUse", "null", true),
        ("PostToolUse", "null", true),
        ("PreToolUse", "5", false),
        ("PostToolUse", "5", true),
        ("PostToolUse", "{}", true),
        ("PreToolUse", "[null]", false),
    ] {
        assert_eq!(loads(event, value), expected, "{event} {value}");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    let client = Client::default();
    let missing = HookSet::from_plugin(&fixture("no-such-plugin"), &client).unwrap_err();
    assert!(missing.hint.is_some());
    let empty = HookSet::from_plugin(&fixture("plugin-without-hooks"), &client).unwrap_err();
    assert!(empty.message.contains("no hooks"), "{empty}");
    let broken = HookSet::from_settings(&fixture("settings-broken.json"), &client).unwrap_err();
    assert_eq!(broken.line, Some(3));
    assert!(
        broken.to_string().contains("settings-broken.json:3:"),
        "{broken}"
    );
}

#[test]
fn an_unknown_event_drops_the_file_only_in_older_clients() {
    let file = fixture("settings-unknown-event.json");
    for version in Client::MEASURED {
        let set = HookSet::from_settings(&file, &Client::at(version)).unwrap();
        let newest = version == Client::default().version;
        assert_eq!(set.hooks.len(), usize::from(newest), "{version}");
        assert_eq!(set.dropped.len(), 1, "{version}");
    }
}

#[test]
fn commands_can_be_given_without_a_file() {
    let client = Client::default();
    let set = HookSet::from_commands(
        Some("a"),
        Some("b"),
        Some("Bash"),
        Some(Duration::from_secs(3)),
    )
    .merge(HookSet::from_argv_command("c"));
    assert_eq!(
        set.matching(Event::PreToolUse, "Bash", &json!({}), &client)
            .len(),
        2
    );
    assert_eq!(
        set.matching(Event::PreToolUse, "Write", &json!({}), &client)
            .len(),
        1
    );
    assert_eq!(
        set.matching(Event::PostToolUse, "Bash", &json!({}), &client)
            .len(),
        1
    );
}
