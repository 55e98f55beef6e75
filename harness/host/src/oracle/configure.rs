//! From the arranged files to a session, as the client loads them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Case;
use super::arrange::Arranged;
use super::fill::Placeholders;
use crate::config::Settings;
use crate::{Client, HookSet, PermissionMode, Permissions, Prompter, Session, Source};

/// The command line that the client does not take; it exits at once.
pub(super) struct Rejected;

/// What a client makes of the arranged files and the command line.
pub(super) fn configure(
    case: &Case,
    arranged: &Arranged,
    places: &Placeholders,
    client: &Client,
) -> Result<Session, Rejected> {
    let flags = Flags::parse(case, places);
    let known = &client.semantics;
    let mode = match case.mode.as_deref().map(PermissionMode::named) {
        None => PermissionMode::Default,
        Some(Some(PermissionMode::DontAsk)) if !known.dont_ask_mode => return Err(Rejected),
        Some(Some(PermissionMode::Auto)) if !known.auto_mode => return Err(Rejected),
        Some(Some(mode)) => mode,
        Some(None) => return Err(Rejected),
    };
    let bare_unknown = flags.bare && !known.http;
    if bare_unknown || (arranged.plugin.is_some() && !known.plugins) {
        return Err(Rejected);
    }
    let mut merged = Merged::default();
    for source in sources(arranged) {
        if flags.reads(&source) {
            merged.add_file(&source, client);
        }
    }
    if let Some(given) = &flags.settings {
        merged.add_flag(given, client);
    }
    merged.permissions.allow.extend(flags.allowed_tools);
    merged.permissions.deny.extend(flags.disallowed_tools);
    let mut hooks = HookSet {
        hooks: merged.hooks,
        dropped: Vec::new(),
    };
    if let Some(root) = &arranged.plugin {
        let plugin = HookSet::from_plugin(root, client).unwrap_or_default();
        hooks = hooks.merge(plugin);
    }
    if flags.bare || merged.disabled {
        hooks = HookSet::default();
    }
    let mut session = Session::new(client.clone(), hooks, arranged.project.clone());
    session.permissions = merged.permissions;
    session.mode = match case.mode {
        Some(_) => mode,
        None => merged.mode.unwrap_or(mode),
    };
    session.allowed_http_urls = merged.http_urls;
    session.prompter = case.prompter.as_deref().map(|answer| Prompter {
        allow: answer == "allow",
        message: "USER-SAID-NO".to_owned(),
        delay: Duration::try_from_secs_f64(case.prompter_delay).unwrap_or_default(),
    });
    session.env = vec![
        ("HOME".into(), arranged.home.clone().into()),
        ("PATH".into(), std::env::var_os("PATH").unwrap_or_default()),
        ("TERM".into(), "dumb".into()),
    ];
    for (name, value) in &case.env {
        session.env.push((name.into(), places.text(value).into()));
    }
    Ok(session)
}

fn sources(arranged: &Arranged) -> [Source; 3] {
    let file = |folder: &Path, name: &str| folder.join(".claude").join(name);
    [
        Source::User(file(&arranged.home, "settings.json")),
        Source::Project(file(&arranged.project, "settings.json")),
        Source::Local(file(&arranged.project, "settings.local.json")),
    ]
}

#[derive(Default)]
struct Merged {
    hooks: Vec<crate::Hook>,
    permissions: Permissions,
    disabled: bool,
    http_urls: Option<Vec<String>>,
    mode: Option<PermissionMode>,
}

impl Merged {
    fn add_file(&mut self, source: &Source, client: &Client) {
        let (Source::User(file) | Source::Project(file) | Source::Local(file)) = source else {
            return;
        };
        if let Ok(settings) = Settings::read(file, source, client) {
            self.add(settings);
        }
    }

    fn add_flag(&mut self, given: &str, client: &Client) {
        let source = Source::Flag(PathBuf::from("--settings"));
        let settings = if given.trim_start().starts_with('{') {
            Settings::parse(given, Path::new("--settings"), &source, client)
        } else {
            Settings::read(Path::new(given), &source, client)
        };
        if let Ok(settings) = settings {
            self.add(settings);
        }
    }

    fn add(&mut self, settings: Settings) {
        self.hooks.extend(settings.hooks);
        self.permissions.allow.extend(settings.permissions.allow);
        self.permissions.deny.extend(settings.permissions.deny);
        self.permissions.ask.extend(settings.permissions.ask);
        self.disabled = settings.disable_all_hooks.unwrap_or(self.disabled);
        // A project cannot free itself of all checks.
        let mode = settings
            .default_mode
            .as_deref()
            .and_then(PermissionMode::named);
        self.mode = mode
            .filter(|mode| *mode != PermissionMode::BypassPermissions)
            .or(self.mode);
        if let Some(urls) = settings.allowed_http_hook_urls {
            self.http_urls.get_or_insert_default().extend(urls);
        }
    }
}

/// The command line arguments that change what is loaded.
#[derive(Default)]
struct Flags {
    settings: Option<String>,
    sources: Option<Vec<String>>,
    allowed_tools: Vec<String>,
    disallowed_tools: Vec<String>,
    bare: bool,
}

impl Flags {
    fn parse(case: &Case, places: &Placeholders) -> Self {
        let mut flags = Self::default();
        let mut args = case.args.iter().map(|a| places.text(a)).peekable();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--bare" => flags.bare = true,
                "--settings" => flags.settings = args.next(),
                "--setting-sources" => {
                    let given = args.next().unwrap_or_default();
                    flags.sources = Some(given.split(',').map(|s| s.trim().to_owned()).collect());
                }
                "--allowedTools" | "--allowed-tools" => {
                    flags.allowed_tools.extend(rules(args.next()));
                }
                "--disallowedTools" | "--disallowed-tools" => {
                    flags.disallowed_tools.extend(rules(args.next()));
                }
                _ => {}
            }
        }
        flags
    }

    fn reads(&self, source: &Source) -> bool {
        let name = match source {
            Source::User(_) => "user",
            Source::Project(_) => "project",
            Source::Local(_) => "local",
            _ => return true,
        };
        self.sources
            .as_ref()
            .is_none_or(|given| given.iter().any(|s| s == name))
    }
}

/// Rules separated by commas or spaces, outside parentheses.
fn rules(given: Option<String>) -> Vec<String> {
    let mut rules = vec![String::new()];
    let mut depth = 0_usize;
    for c in given.unwrap_or_default().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c.is_whitespace()) {
            rules.push(String::new());
        } else if let Some(rule) = rules.last_mut() {
            rule.push(c);
        }
    }
    rules.retain(|rule| !rule.is_empty());
    rules
}
