//! `cargo xtask conform`: judge a hook against a contract.

use super::{catalog, client, runtime};
use crate::arguments::{AgentChoice, ConformArguments, Format, NetworkChoice, SubjectArguments};
use crate::progress::Progress;
use crate::{Failed, embedded, places};
use anyhow::{Context as _, anyhow};
use hookproof_contract::Contract;
use hookproof_host::Client;
use hookproof_process::isolation;
use hookproof_suite::report::{Results, junit, results::Fold, summary};
use hookproof_suite::{AgentUse, Catalog, ConformError, Exit, Plan, Shape, Subject, conform};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) fn run(arguments: &ConformArguments) -> Result<Exit, Failed> {
    // Threads would keep the old network, so this comes before everything.
    let network = enter_network(arguments.network)?;
    let catalog = Arc::new(catalog(arguments.scope.scenarios.as_deref())?);
    let contract = catalog.contract(&arguments.scope.contract);
    let (subject, _plugin) = subject(arguments, contract)?;
    let out = absolute(&arguments.out)?;
    let client = client(&arguments.scope.client)?;
    warn_of_unmeasured(&client);
    let plan = Plan {
        catalog: Arc::clone(&catalog),
        contract: arguments.scope.contract.clone(),
        client,
        subject,
        filters: arguments.filter.clone(),
        jobs: arguments.jobs.map(usize::from),
        payloads: places::payloads(),
        keep: arguments.keep.then(|| out.join("evidence")),
        network,
    };
    let results = runtime()?.block_on(watch(plan))?;
    report(&results, &catalog, arguments, &out)?;
    if !results.complete {
        return Ok(Exit::Harness);
    }
    Ok(Exit::of(&results.counts, arguments.strict))
}

/// Tells when nobody observed the client that is to be played.
fn warn_of_unmeasured(client: &Client) {
    if client.is_measured() {
        return;
    }
    let measured: Vec<_> = Client::MEASURED.iter().map(ToString::to_string).collect();
    anstream::eprintln!(
        "note: Claude Code {} was not observed; it is played by the rules known for its time (observed: {})",
        client.version,
        measured.join(", ")
    );
}

/// Cuts hooks off from every network but loopback, where possible and wanted; says which it is.
fn enter_network(choice: NetworkChoice) -> Result<String, Failed> {
    let watched = "the machine's own; the proxy sinkhole records who asks for an outside host";
    let isolated = || isolation::enter().map(|_| "loopback only (a network namespace)".to_owned());
    match choice {
        NetworkChoice::Shared => Ok(watched.to_owned()),
        NetworkChoice::Auto => {
            Ok(isolated().unwrap_or_else(|why| format!("{watched} (no namespace: {why})")))
        }
        NetworkChoice::Isolated => {
            isolated().map_err(|why| Failed::harness(anyhow!("error: --network isolated: {why}")))
        }
    }
}

/// Runs the plan, showing progress, and folds what it tells.
async fn watch(plan: Plan) -> Result<Results, Failed> {
    let _ = hookproof_process::become_subreaper();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let running = tokio::spawn(conform(plan, sender));
    let mut fold = Fold::default();
    let mut progress = Progress::new();
    loop {
        tokio::select! {
            event = receiver.recv() => match event {
                Some(event) => {
                    progress.take(&event);
                    fold.take(&event);
                }
                None => break,
            },
            // Dropping the runtime ends every hook and removes every scratch folder.
            () = super::interrupted() => {
                return Err(Failed::harness(anyhow!("interrupted: no report was written")));
            }
        }
    }
    drop(progress);
    match running.await {
        Ok(Ok(())) => fold
            .finish()
            .ok_or_else(|| Failed::harness(anyhow!("error: the run told nothing"))),
        Ok(Err(error)) => Err(failed(error)),
        Err(error) => Err(Failed::harness(anyhow!("error: the run broke: {error}"))),
    }
}

fn failed(error: ConformError) -> Failed {
    let hint = match &error {
        ConformError::Subject(reason) | ConformError::Dropped { reason, .. } => reason.hint.clone(),
        ConformError::NotStarted { .. } => Some(
            "give a command that the shell can run; `--agent absent` judges it nevertheless".into(),
        ),
        _ => None,
    };
    let hint = hint.map(|h| format!("\n  help: {h}")).unwrap_or_default();
    let text = anyhow!("error: {error}{hint}");
    match error {
        ConformError::Payloads(_) | ConformError::Probe(_) => Failed::harness(text),
        _ => Failed::usage(text),
    }
}

/// The subject that the arguments name, and the folder it needs while it is run.
fn subject(
    arguments: &ConformArguments,
    contract: Option<&Contract>,
) -> Result<(Subject, Option<TempDir>), Failed> {
    let given = &arguments.subject;
    let mut words = Vec::new();
    let mut word = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
    let (label, shape) = if let Some(folder) = &given.plugin {
        word("--plugin", folder.display().to_string());
        (
            format!("plugin {}", folder.display()),
            Shape::Plugin(existing(folder, "--plugin", true)?),
        )
    } else if let Some(file) = &given.settings {
        word("--settings", file.display().to_string());
        (
            format!("settings {}", file.display()),
            Shape::Settings(existing(file, "--settings", false)?),
        )
    } else if let Some(command) = &given.argv_pre {
        word("--argv-pre", command.clone());
        (
            format!("argv command `{command}`"),
            Shape::Argv(rooted(command)),
        )
    } else if given.pre.is_some() || given.post.is_some() {
        for (flag, command) in [("--pre", &given.pre), ("--post", &given.post)] {
            command.iter().for_each(|c| word(flag, c.clone()));
        }
        let commands: Vec<_> = given
            .pre
            .iter()
            .chain(&given.post)
            .map(|c| format!("`{c}`"))
            .collect();
        (
            format!("commands {}", commands.join(" and ")),
            commands_of(given),
        )
    } else {
        return built_in(arguments, contract);
    };
    more_words(arguments, &mut words);
    let agent = match arguments.agent {
        AgentChoice::Detect => AgentUse::Detect,
        AgentChoice::Required => AgentUse::Required,
        AgentChoice::Absent => AgentUse::Absent,
    };
    Ok((
        Subject {
            label,
            arguments: words,
            shape,
            env: environment(arguments)?,
            agent,
        },
        None,
    ))
}

fn commands_of(given: &SubjectArguments) -> Shape {
    Shape::Commands {
        pre: given.pre.as_deref().map(rooted),
        post: given.post.as_deref().map(rooted),
    }
}

/// The command with the files it names by relative paths named absolutely: hooks run in a scratch
/// project, not where the user typed.
fn rooted(command: &str) -> String {
    let word = |word: &str| {
        let plain = word.trim_matches(['"', '\'']);
        let full = Path::new(plain)
            .is_file()
            .then(|| std::path::absolute(plain).ok())
            .flatten();
        match full {
            Some(full) if !plain.is_empty() => word.replace(plain, &full.display().to_string()),
            _ => word.to_owned(),
        }
    };
    command.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The reference hook or a miniature, as a plugin in a scratch folder.
fn built_in(
    arguments: &ConformArguments,
    contract: Option<&Contract>,
) -> Result<(Subject, Option<TempDir>), Failed> {
    let name = arguments.subject.miniature.as_deref();
    let folder = TempDir::with_prefix("hookproof-subject-").map_err(Failed::harness)?;
    let mut subject = embedded_subject(
        name,
        contract,
        &client(&arguments.scope.client)?,
        folder.path(),
    )?;
    subject.env.extend(environment(arguments)?);
    more_words(arguments, &mut subject.arguments);
    Ok((subject, Some(folder)))
}

/// A built-in subject whose plugin directory is written into `folder`.
fn embedded_subject(
    miniature: Option<&str>,
    contract: Option<&Contract>,
    client: &Client,
    folder: &Path,
) -> Result<Subject, Failed> {
    if let Some(name) = miniature {
        super::list::known_miniature(name)?;
    }
    embedded::write_plugin(folder, miniature, client).map_err(Failed::harness)?;
    let env = contract
        .map(|c| c.reference_env.clone())
        .unwrap_or_default();
    Ok(Subject {
        label: miniature.map_or("the embedded reference hook".into(), |n| {
            format!("miniature {n}")
        }),
        arguments: miniature
            .map(|n| vec!["--miniature".to_owned(), n.to_owned()])
            .unwrap_or_default(),
        shape: Shape::Plugin(folder.to_owned()),
        env: env.into_iter().collect(),
        agent: AgentUse::Required,
    })
}

/// Arguments that a reproduction needs beside the subject.
fn more_words(arguments: &ConformArguments, words: &mut Vec<String>) {
    let scope = &arguments.scope;
    match arguments.agent {
        AgentChoice::Detect => {}
        AgentChoice::Required => words.extend(["--agent".to_owned(), "required".to_owned()]),
        AgentChoice::Absent => words.extend(["--agent".to_owned(), "absent".to_owned()]),
    }
    for pair in &arguments.env {
        words.extend(["--env".to_owned(), pair.clone()]);
    }
    if scope.contract != "axonflow-1.6" {
        words.extend(["--contract".to_owned(), scope.contract.clone()]);
    }
    if scope.client != "2.1.330" {
        words.extend(["--client".to_owned(), scope.client.clone()]);
    }
    if let Some(folder) = &scope.scenarios {
        words.extend(["--scenarios".to_owned(), folder.display().to_string()]);
    }
}

fn existing(path: &Path, flag: &str, folder: bool) -> Result<PathBuf, Failed> {
    let what = if folder { "directory" } else { "file" };
    let full = fs::canonicalize(path).map_err(|e| {
        Failed::usage(anyhow!(
            "error: {flag} {}: {e}\n  help: give the path of an existing {what}",
            path.display()
        ))
    })?;
    if full.is_dir() == folder {
        Ok(full)
    } else {
        Err(Failed::usage(anyhow!(
            "error: {flag} {}: not a {what}",
            path.display()
        )))
    }
}

fn environment(arguments: &ConformArguments) -> Result<Vec<(String, String)>, Failed> {
    let pair = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(Failed::usage(anyhow!(
            "error: --env {text}: no `=`\n  help: write --env NAME=VALUE"
        ))),
    };
    arguments.env.iter().map(pair).collect()
}

fn absolute(out: &Path) -> Result<PathBuf, Failed> {
    std::path::absolute(out).map_err(Failed::usage)
}

/// Writes the reports. Each file is complete or absent: it is written beside and renamed.
fn report(
    results: &Results,
    catalog: &Catalog,
    arguments: &ConformArguments,
    out: &Path,
) -> Result<(), Failed> {
    let wants = |format| arguments.format.contains(&format);
    let mut written = Vec::new();
    if wants(Format::Json) {
        let text = serde_json::to_string_pretty(results).map_err(Failed::harness)? + "\n";
        written.push(write(out, "results.json", &text)?);
        if !wants(Format::Pretty) {
            let _ = anstream::stdout().write_all(text.as_bytes());
        }
    }
    if wants(Format::Junit) {
        let text =
            junit::render(results).map_err(|e| Failed::harness(anyhow!("error: junit: {e}")))?;
        written.push(write(out, "junit.xml", &text)?);
    }
    if wants(Format::Pretty) {
        anstream::print!("{}", summary::render(results, catalog, arguments.strict));
        for file in written {
            anstream::println!("  {}", shown(&file));
        }
    }
    Ok(())
}

/// The path as the user would type it.
fn shown(file: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(here)
        .unwrap_or(file)
        .display()
        .to_string()
}

fn write(out: &Path, name: &str, text: &str) -> Result<PathBuf, Failed> {
    let place = out.join(name);
    let all = || -> anyhow::Result<()> {
        fs::create_dir_all(out)?;
        let mut file = tempfile::NamedTempFile::new_in(out)?;
        file.write_all(text.as_bytes())?;
        file.persist(&place)?;
        Ok(())
    };
    all()
        .with_context(|| format!("error: cannot write {}", place.display()))
        .map_err(Failed::harness)?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_relative_files_are_rooted() {
        let here = std::env::current_dir().unwrap();
        let full = here.join("Cargo.toml").display().to_string();
        assert_eq!(
            rooted("sh 'Cargo.toml' pre --x"),
            format!("sh '{full}' pre --x")
        );
        assert_eq!(rooted("no-such-file; cat  >x"), "no-such-file; cat  >x");
    }
}
