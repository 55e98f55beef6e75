//! The sealed surroundings of one scenario: scratch HOME, agent, sinkhole, environment.

use super::files;
use crate::catalog::placeholder::Bindings;
use crate::scenario::{Scenario, Situation};
use crate::subject::Subject;
use hookproof_agent::{Agent, Entry, Script, Sinkhole};
use hookproof_process::{Marker, Scratch};
use rustix::fs::{Access, StatVfsMountFlags};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Environment variable by which all processes of a run are recognised.
const MARKER: &str = "HOOKPROOF_RUN";

/// The surroundings of one scenario. Dropping it removes the scratch folder.
pub(crate) struct Surroundings {
    pub(crate) nonce: String,
    pub(crate) scratch: Scratch,
    pub(crate) agent: Agent,
    pub(crate) sinkhole: Sinkhole,
    pub(crate) marker: Marker,
    pub(crate) command_lines: Arc<Mutex<BTreeSet<String>>>,
    pub(crate) arranged: BTreeSet<PathBuf>,
    pub(crate) guard: Guard,
    /// The project of a subject that is a settings file.
    pub(crate) project: Option<PathBuf>,
    env: Vec<(String, String)>,
    path: String,
}

/// A run that is dropped half-way, as on an interrupt, leaves nothing either.
pub(crate) struct Guard {
    marker: Marker,
    /// Nothing of the run is left.
    pub(crate) settled: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.settled {
            hookproof_process::end_now(&self.marker);
        }
    }
}

/// Trouble of the harness, never a verdict on the subject.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ArrangeError(String);

impl ArrangeError {
    pub(crate) fn of(what: &str, error: impl std::fmt::Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

impl Surroundings {
    /// Starts agent and sinkhole and makes the scratch folder, for a scenario whose agent plays
    /// `script`; `watch`: reads the command lines of whoever asks the agent, which costs a look at
    /// the process table per request.
    pub(crate) async fn new(
        nonce: &str,
        script: Script,
        subject: &Subject,
        watch: bool,
    ) -> Result<Self, ArrangeError> {
        let scratch = Scratch::new_in("hookproof-", &scratch_parent())
            .map_err(|e| ArrangeError::of("scratch folder", e))?;
        let marker = Marker::new(MARKER, nonce);
        let project = subject.project().map(Path::to_owned);
        if let Some(project) = &project {
            link_hooks(project, &scratch.work())
                .map_err(|e| ArrangeError::of("the project's .claude folder", e))?;
        }
        let guard = Guard {
            marker: marker.clone(),
            settled: false,
        };
        let command_lines = Arc::new(Mutex::new(BTreeSet::new()));
        let agent = if watch {
            let observer = command_line_observer(marker.clone(), Arc::clone(&command_lines));
            Agent::start_observed(script, observer).await
        } else {
            Agent::start(script).await
        };
        let agent = agent.map_err(|e| ArrangeError::of("mock agent", e))?;
        let sinkhole = Sinkhole::start(Some(&agent.endpoint()))
            .await
            .map_err(|e| ArrangeError::of("sinkhole", e))?;
        let mut env = standard_env(&agent.endpoint(), &sinkhole.proxy_url());
        env.extend(subject.env.iter().cloned());
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
        Ok(Self {
            nonce: nonce.to_owned(),
            scratch,
            agent,
            sinkhole,
            marker,
            command_lines,
            arranged: BTreeSet::new(),
            guard,
            project,
            env,
            path,
        })
    }

    /// What the scenario's placeholders stand for.
    pub(crate) fn bindings(&self, subject: &Subject) -> Bindings {
        let mut bindings = Bindings::default();
        bindings.set("nonce", self.nonce.clone());
        bindings.set("endpoint", self.agent.endpoint());
        bindings.set("home", self.scratch.home().display().to_string());
        bindings.set("project", self.scratch.work().display().to_string());
        let plugin = subject.plugin_root().map(|p| p.display().to_string());
        bindings.set("plugin", plugin.unwrap_or_default());
        bindings.set_now(jiff::Timestamp::now().as_second());
        bindings
    }

    /// Writes the scenario's files.
    pub(crate) fn write_files(&mut self, scenario: &Scenario) -> Result<(), ArrangeError> {
        let arranged = files::arrange(&scenario.situation.files, &self.scratch.home())
            .map_err(|e| ArrangeError::of("arranging files", e))?;
        self.arranged.extend(arranged);
        Ok(())
    }

    /// The complete base environment of the hook in `situation`.
    pub(crate) fn environment(
        &self,
        situation: &Situation,
    ) -> Result<Vec<(OsString, OsString)>, ArrangeError> {
        let mut path = self.path.clone();
        if !situation.path_without.is_empty() {
            let folder = self.scratch.path().join("path");
            files::path_without(&self.path, &situation.path_without, &folder)
                .map_err(|e| ArrangeError::of("PATH without programs", e))?;
            path = folder.display().to_string();
        }
        let mut all = self.scratch.env();
        all.push(("PATH".into(), path.into()));
        for (name, value) in self.env.iter().cloned().chain(situation.env.clone()) {
            all.retain(|(n, _)| *n != *name);
            all.push((name.into(), value.into()));
        }
        all.retain(|(name, _)| !situation.unset.iter().any(|u| *name == **u));
        all.push(self.marker.pair());
        Ok(all)
    }
}

/// Where scratch folders go: memory where there is some, because every scenario makes and removes a
/// home, which costs a disk's file system more than everything else the scenario does.
fn scratch_parent() -> PathBuf {
    let chosen = std::env::var_os("TMPDIR")
        .filter(|t| !t.is_empty())
        .map(PathBuf::from);
    let memory = Path::new("/dev/shm");
    let usable = || {
        let runs = rustix::fs::statvfs(memory)
            .is_ok_and(|v| !v.f_flag.contains(StatVfsMountFlags::NOEXEC));
        runs && rustix::fs::access(memory, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    };
    match chosen {
        Some(folder) => folder,
        None if usable() => memory.to_owned(),
        None => std::env::temp_dir(),
    }
}

/// Lets `.claude/hooks/x.sh`, written relative to the project, be found from the scratch project.
fn link_hooks(project: &Path, work: &Path) -> std::io::Result<()> {
    let hooks = project.join(".claude");
    if hooks.is_dir() {
        std::os::unix::fs::symlink(hooks, work.join(".claude"))?;
    }
    Ok(())
}

/// The environment every hook gets, before scenario and subject add theirs.
fn standard_env(endpoint: &str, proxy: &str) -> Vec<(String, String)> {
    let mut env = vec![
        ("LANG", "C.UTF-8".to_owned()),
        ("AXONFLOW_ENDPOINT", endpoint.to_owned()),
        ("AXONFLOW_TELEMETRY", "off".to_owned()),
        ("AXONFLOW_PLUGIN_VERSION_CHECK", "off".to_owned()),
        ("AXONFLOW_CHECKPOINT_URL", format!("{proxy}/checkpoint")),
    ];
    for name in [
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        env.push((name, proxy.to_owned()));
    }
    // The agent's own address is reached directly; a name that cannot be resolved must be tried.
    let direct = format!("127.0.0.1,[::1],{}", host_of(endpoint));
    env.push(("no_proxy", direct.clone()));
    env.push(("NO_PROXY", direct));
    env.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host)
}

/// While the agent has a request, its sender is alive: that is the moment to read command lines.
fn command_line_observer(
    marker: Marker,
    seen: Arc<Mutex<BTreeSet<String>>>,
) -> hookproof_agent::Observer {
    Arc::new(move |_: &Entry| {
        let lines = hookproof_process::argv_of(&marker).unwrap_or_default();
        let lines = lines.into_iter().map(|argv| {
            argv.iter()
                .map(|a| a.to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join(" ")
        });
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(lines);
        Box::pin(async {})
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_cut_from_urls() {
        assert_eq!(host_of("http://127.0.0.1:80/x"), "127.0.0.1");
        assert_eq!(host_of("https://a.invalid:1"), "a.invalid");
    }
}
