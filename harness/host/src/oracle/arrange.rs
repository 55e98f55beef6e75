//! The files of a run.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::fill::Placeholders;
use super::{Case, HookSpec, PluginSpec, script};

const ALLOWED: [&str; 13] = [
    "Bash",
    "Write",
    "Edit",
    "MultiEdit",
    "Read",
    "NotebookEdit",
    "Glob",
    "Grep",
    "Task",
    "Agent",
    "WebFetch",
    "mcp__memory",
    "mcp__other",
];

/// The arranged files of a run.
pub(super) struct Arranged {
    pub(super) project: PathBuf,
    pub(super) home: PathBuf,
    pub(super) rec: PathBuf,
    pub(super) plugin: Option<PathBuf>,
    /// Files that are looked at after the run.
    pub(super) watched: Vec<PathBuf>,
}

/// Writes everything that a case's run needs into an empty directory.
pub(super) fn arrange(
    case: &Case,
    directory: &Path,
    places: &Placeholders,
) -> io::Result<Arranged> {
    let [project, home, hooks, rec] =
        ["proj", "home", "hooks", "rec"].map(|name| directory.join(name));
    for folder in [
        &project.join(".claude"),
        &home.join(".claude"),
        &hooks,
        &rec,
    ] {
        std::fs::create_dir_all(folder)?;
    }
    let log = project.join("ran.log");
    let side = format!("echo ran >> '{}'\necho TOOL-STDOUT\n", log.display());
    std::fs::write(project.join("side.sh"), side)?;
    let command = |hook: &HookSpec| hooks.join(format!("{}.sh", hook.name));
    for hook in case.hooks.iter().chain(&case.user_hooks) {
        if hook.raw.is_none() && needs_script(hook) {
            script::write(hook, &command(hook), places)?;
        }
    }
    let named = |hook: &HookSpec| command(hook).to_string_lossy().into_owned();
    let mut settings = Map::new();
    let rules = case.permissions.clone();
    let rules = rules.unwrap_or_else(|| json!({"allow": ALLOWED}));
    settings.insert("permissions".into(), places.value(&rules));
    let groups = groups(&case.hooks, places, &named);
    if !groups.is_empty() {
        settings.insert("hooks".into(), Value::Object(groups));
    }
    for (name, value) in &case.settings {
        settings.insert(name.clone(), places.value(value));
    }
    write_json(
        &project.join(".claude/settings.json"),
        &Value::Object(settings),
    )?;
    if !case.user_hooks.is_empty() {
        let groups = self::groups(&case.user_hooks, places, &named);
        write_json(
            &home.join(".claude/settings.json"),
            &json!({"hooks": groups}),
        )?;
    }
    let plugin = match &case.plugin {
        Some(plugin) => Some(arrange_plugin(plugin, directory, places)?),
        None => None,
    };
    write_files(case, &project, places)?;
    let watched = case
        .watch
        .iter()
        .map(|file| project.join(places.text(file)))
        .collect();
    Ok(Arranged {
        project,
        home,
        rec,
        plugin,
        watched,
    })
}

/// A hook with a command of its own needs a script only when it says what the script does.
fn needs_script(hook: &HookSpec) -> bool {
    match &hook.cmd {
        None => true,
        Some(command) => {
            command.contains("{hook}")
                || hook.stdout.is_some()
                || hook.stderr.is_some()
                || hook.body.is_some()
                || hook.sleep.is_some()
                || hook.rc != 0
        }
    }
}

fn groups(
    hooks: &[HookSpec],
    places: &Placeholders,
    named: &dyn Fn(&HookSpec) -> String,
) -> Map<String, Value> {
    let mut events: Map<String, Value> = Map::new();
    for hook in hooks {
        let entry = entry(hook, places, &named(hook));
        for event in hook.events() {
            let groups = events.entry(event).or_insert_with(|| json!([]));
            let Value::Array(groups) = groups else {
                continue;
            };
            let before = groups.last_mut().and_then(|g| g.get_mut("hooks"));
            if let (true, Some(Value::Array(entries))) = (hook.same_group, before) {
                entries.push(entry.clone());
                continue;
            }
            let mut group = Map::new();
            if let Some(matcher) = hook.matcher.as_ref().filter(|m| *m != "<absent>") {
                group.insert("matcher".into(), matcher.clone());
            }
            group.insert("hooks".into(), json!([entry]));
            groups.push(Value::Object(group));
        }
    }
    events
}

fn entry(hook: &HookSpec, places: &Placeholders, script: &str) -> Value {
    if let Some(raw) = &hook.raw {
        return places.value(raw);
    }
    let places = places.with_hook(script);
    let command = hook.cmd.as_deref().map(|c| places.text(c));
    let mut entry = Map::new();
    entry.insert("type".into(), json!("command"));
    entry.insert(
        "command".into(),
        json!(command.unwrap_or_else(|| script.to_owned())),
    );
    for (name, value) in &hook.extra {
        entry.insert(name.clone(), places.value(value));
    }
    Value::Object(entry)
}

fn arrange_plugin(
    plugin: &PluginSpec,
    directory: &Path,
    places: &Placeholders,
) -> io::Result<PathBuf> {
    let root = directory.join(plugin.dir.as_deref().unwrap_or("plug"));
    for folder in ["scripts", "hooks", ".claude-plugin"] {
        std::fs::create_dir_all(root.join(folder))?;
    }
    for hook in plugin.hooks.iter().filter(|h| h.raw.is_none()) {
        script::write(
            hook,
            &root.join(format!("scripts/{}.sh", hook.name)),
            places,
        )?;
    }
    let named = |hook: &HookSpec| format!("${{CLAUDE_PLUGIN_ROOT}}/scripts/{}.sh", hook.name);
    let groups = groups(&plugin.hooks, places, &named);
    let mut manifest = json!({
        "name": plugin.name.as_deref().unwrap_or("plug"),
        "version": "1.0.0",
        "description": "arranged",
    });
    if plugin.inline {
        manifest["hooks"] = Value::Object(groups);
    } else {
        let hooks = if plugin.nowrap {
            Value::Object(groups)
        } else {
            json!({"hooks": groups})
        };
        write_json(&root.join("hooks/hooks.json"), &hooks)?;
    }
    write_json(&root.join(".claude-plugin/plugin.json"), &manifest)?;
    Ok(root)
}

fn write_files(case: &Case, project: &Path, places: &Placeholders) -> io::Result<()> {
    for (name, content) in &case.files {
        let file = project.join(places.text(name));
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match places.value(content) {
            Value::String(text) => std::fs::write(&file, text)?,
            other => write_json(&file, &other)?,
        }
    }
    Ok(())
}

fn write_json(file: &Path, value: &Value) -> io::Result<()> {
    std::fs::write(file, value.to_string())
}
