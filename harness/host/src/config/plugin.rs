//! A plugin directory.

use std::path::Path;

use serde_json::Value;

use super::settings::{at_problem, parse_object, read_text};
use super::{ConfigError, Dropped, HookSet, groups};
use crate::{Client, Source};

const MANIFEST: &str = ".claude-plugin/plugin.json";
const HOOKS: &str = "hooks/hooks.json";

/// The hooks of a plugin directory. What the client would silently drop is in `dropped`.
pub(super) fn load(dir: &Path, client: &Client) -> Result<HookSet, ConfigError> {
    if !dir.is_dir() {
        return Err(ConfigError::whole(dir, "there is no such directory")
            .hint("give the directory that holds .claude-plugin/ or hooks/hooks.json"));
    }
    let manifest = dir.join(MANIFEST);
    let described = if manifest.is_file() {
        Some(parse_object(&read_text(&manifest)?, &manifest)?)
    } else {
        None
    };
    let named = described
        .as_ref()
        .and_then(|m| m.get("name"))
        .and_then(Value::as_str);
    let name = named.map_or_else(|| folder_name(dir), str::to_owned);
    let source = Source::Plugin {
        name,
        root: dir.to_owned(),
    };
    let mut set = HookSet::default();
    let file = dir.join(HOOKS);
    let inline = described.as_ref().and_then(|m| m.get("hooks"));
    if file.is_file() {
        add_file(&file, &source, client, &mut set)?;
    }
    match inline {
        Some(Value::String(path)) => {
            let other = dir.join(path.trim_start_matches("./"));
            if other != file {
                add_file(&other, &source, client, &mut set)?;
            }
        }
        Some(object @ Value::Object(_)) => {
            let text = read_text(&manifest)?;
            let hooks = object
                .get("hooks")
                .filter(|h| h.is_object())
                .unwrap_or(object);
            add(hooks, &manifest, &text, &source, client, &mut set);
        }
        _ if !file.is_file() => {
            return Err(ConfigError::whole(&file, "the plugin declares no hooks")
                .hint("put them into hooks/hooks.json or into `hooks` of plugin.json"));
        }
        _ => {}
    }
    Ok(set)
}

fn add_file(
    file: &Path,
    source: &Source,
    client: &Client,
    set: &mut HookSet,
) -> Result<(), ConfigError> {
    let text = read_text(file)?;
    let object = parse_object(&text, file)?;
    match object.get("hooks") {
        Some(hooks) => add(hooks, file, &text, source, client, set),
        None => set.dropped.push(Dropped {
            source: source.clone(),
            reason: ConfigError {
                file: file.to_owned(),
                line: Some(1),
                column: Some(1),
                message: "the key `hooks` is missing".into(),
                hint: Some("wrap the events: {\"hooks\": {…}}".into()),
            },
        }),
    }
    Ok(())
}

fn add(
    hooks: &Value,
    file: &Path,
    text: &str,
    source: &Source,
    client: &Client,
    set: &mut HookSet,
) {
    let drop = |wrong| Dropped {
        source: source.clone(),
        reason: at_problem(file, text, &["hooks"], wrong),
    };
    match groups::load(hooks, source, client) {
        Ok(loaded) => {
            set.hooks.extend(loaded.hooks);
            set.dropped.extend(loaded.stripped.into_iter().map(drop));
        }
        Err(wrong) => set.dropped.push(drop(wrong)),
    }
}

fn folder_name(dir: &Path) -> String {
    dir.file_name()
        .map_or_else(|| "plugin".into(), |n| n.to_string_lossy().into_owned())
}
