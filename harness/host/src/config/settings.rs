//! One settings file.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::entry::Problem;
use super::locate::position;
use super::{ConfigError, groups};
use crate::semantics::NotUnderstood;
use crate::{Client, Hook, PermissionMode, Permissions, Source, rules};

/// What one settings file says, as far as hooks and permissions go.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// The hooks in order.
    pub hooks: Vec<Hook>,
    /// The permission rules.
    pub permissions: Permissions,
    /// `disableAllHooks`.
    pub disable_all_hooks: Option<bool>,
    /// `allowedHttpHookUrls`.
    pub allowed_http_hook_urls: Option<Vec<String>>,
    /// `permissions.defaultMode`.
    pub default_mode: Option<String>,
    /// Entries that the client leaves out one by one.
    pub stripped: Vec<ConfigError>,
}

impl Settings {
    /// Reads a settings file as this client does.
    ///
    /// # Errors
    /// When the client would drop the whole file.
    pub fn read(file: &Path, source: &Source, client: &Client) -> Result<Self, ConfigError> {
        Self::parse(&read_text(file)?, file, source, client)
    }

    /// Reads the text of a settings file as this client does.
    ///
    /// # Errors
    /// When the client would drop the whole file.
    pub fn parse(
        text: &str,
        file: &Path,
        source: &Source,
        client: &Client,
    ) -> Result<Self, ConfigError> {
        let object = parse_object(text, file)?;
        let wrong = |wrong: Problem| at_problem(file, text, &["hooks"], wrong);
        if let Some((key, expected)) = wrong_type(&object) {
            let wrong = Problem {
                path: vec![key.to_owned()],
                message: format!("`{key}` must be {expected}"),
            };
            return Err(at_problem(file, text, &[], wrong));
        }
        let mut settings = Self::default();
        if let Some(hooks) = groups::object(&object, "hooks") {
            let loaded = groups::load(hooks, source, client).map_err(wrong)?;
            settings.hooks = loaded.hooks;
            settings.stripped = loaded.stripped.into_iter().map(wrong).collect();
        }
        settings
            .take_permissions(&object, client)
            .map_err(|message| {
                at_problem(
                    file,
                    text,
                    &[],
                    Problem {
                        path: vec!["permissions".into()],
                        message,
                    },
                )
            })?;
        settings.disable_all_hooks = object.get("disableAllHooks").and_then(Value::as_bool);
        settings.allowed_http_hook_urls = object
            .get("allowedHttpHookUrls")
            .and_then(Value::as_array)
            .map(|urls| {
                urls.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            });
        Ok(settings)
    }

    fn take_permissions(
        &mut self,
        object: &Map<String, Value>,
        client: &Client,
    ) -> Result<(), String> {
        let Some(permissions) = groups::object(object, "permissions") else {
            return Ok(());
        };
        if !permissions.is_object() {
            return Err("`permissions` must be an object".into());
        }
        if let Some(mode) = permissions.get("defaultMode") {
            let known = mode.as_str().filter(|m| PermissionMode::named(m).is_some());
            let Some(mode) = known else {
                return Err(format!("`{mode}` is no permission mode"));
            };
            self.default_mode = Some(mode.to_owned());
        }
        for (key, list) in [
            ("allow", &mut self.permissions.allow),
            ("deny", &mut self.permissions.deny),
            ("ask", &mut self.permissions.ask),
        ] {
            let Some(rules) = permissions.get(key) else {
                continue;
            };
            let Value::Array(rules) = rules else {
                return Err(format!("`permissions.{key}` must be a list"));
            };
            for rule in rules {
                match rule.as_str().filter(|r| rules::is_well_formed(r, client)) {
                    Some(rule) => list.push(rule.to_owned()),
                    None if client.semantics.bad_rule == NotUnderstood::Ignored => {}
                    None => return Err(format!("`{rule}` is no permission rule")),
                }
            }
        }
        Ok(())
    }
}

pub(super) fn read_text(file: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(file).map_err(|error| {
        ConfigError::whole(file, format!("cannot be read: {error}"))
            .hint("give the path of an existing file")
    })
}

/// The object that a configuration file must be.
pub(super) fn parse_object(text: &str, file: &Path) -> Result<Map<String, Value>, ConfigError> {
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| ConfigError {
            file: file.to_owned(),
            line: Some(e.line()),
            column: Some(e.column().max(1)),
            message: without_position(&e.to_string()),
            hint: Some("the client silently ignores a file that is not JSON".into()),
        })?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ConfigError {
            file: file.to_owned(),
            line: Some(1),
            column: Some(1),
            message: "the file must be a JSON object".into(),
            hint: None,
        }),
    }
}

/// Settings beside the hooks that make clients drop the file when they have a wrong type.
fn wrong_type(object: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    type Check = (&'static str, fn(&Value) -> bool, &'static str);
    const CHECKS: [Check; 6] = [
        ("model", Value::is_string, "a text"),
        ("apiKeyHelper", Value::is_string, "a text"),
        ("cleanupPeriodDays", Value::is_number, "a number"),
        ("includeCoAuthoredBy", Value::is_boolean, "true or false"),
        ("disableAllHooks", Value::is_boolean, "true or false"),
        ("permissions", Value::is_object, "an object"),
    ];
    let wrong = CHECKS
        .iter()
        .find(|(key, good, _)| object.get(*key).is_some_and(|value| !good(value)));
    wrong.map(|(key, _, expected)| (*key, *expected))
}

fn without_position(message: &str) -> String {
    message
        .split(" at line ")
        .next()
        .unwrap_or(message)
        .to_owned()
}

/// The error for a problem below a path of the file.
pub(super) fn at_problem(file: &Path, text: &str, below: &[&str], wrong: Problem) -> ConfigError {
    let path: Vec<String> = below
        .iter()
        .map(|p| (*p).to_owned())
        .chain(wrong.path)
        .collect();
    let (line, column) = position(text, &path).unzip();
    ConfigError {
        file: PathBuf::from(file),
        line,
        column,
        message: wrong.message,
        hint: Some("the client silently drops the file, all its hooks included".into()),
    }
}
