//! What a client adds to the environment of its hooks.

use std::ffi::OsString;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Session;
use crate::{ClientVersion, Hook};

#[derive(Deserialize)]
struct Table {
    variable: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    name: String,
    value: String,
    since: Option<ClientVersion>,
    until: Option<ClientVersion>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/environment.toml"))
        .expect("data/environment.toml is part of the program and tested")
});

impl Session {
    /// The complete environment of a hook.
    #[must_use]
    pub fn hook_environment(&self, hook: &Hook) -> Vec<(OsString, OsString)> {
        let mut env = self.env.clone();
        let mut set = |name: &str, value: OsString| {
            env.retain(|(known, _)| known != name);
            env.push((name.into(), value));
        };
        let version = self.client.version;
        for variable in &TABLE.variable {
            let known = variable.since.is_none_or(|since| since <= version)
                && variable.until.is_none_or(|until| version <= until);
            if known {
                let value = variable
                    .value
                    .replace("{session}", &self.id)
                    .replace("{version}", &version.to_string())
                    .replace("{pid}", &std::process::id().to_string());
                set(
                    &variable.name,
                    if value == "{project}" {
                        self.project_dir.clone().into()
                    } else {
                        value.into()
                    },
                );
            }
        }
        set("PWD", self.cwd.clone().into());
        if let Some((_, root)) = hook.source.plugin() {
            set("CLAUDE_PLUGIN_ROOT", root.into());
        }
        env
    }
}
