//! `cargo xtask policy import`: a pack from a live agent.

use crate::Failed;
use crate::arguments::ImportArguments;
use anyhow::{Context as _, anyhow};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hookproof_policy::import::{Page, import};
use hookproof_suite::Exit;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

/// Path of the endpoint on an agent.
const ENDPOINT: &str = "/api/v1/static-policies";

/// Policies asked for at a time.
const PAGE: usize = 100;

/// Pages after which an agent is not believed that there are more.
const PAGES: usize = 1000;

/// Bytes of an answer.
const LARGEST: u64 = 64 << 20;

/// An agent that does not answer for so long is taken for gone.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn run(arguments: &ImportArguments) -> Result<Exit, Failed> {
    let from = arguments.from.as_str();
    let served = if from.starts_with("http://") || from.starts_with("https://") {
        fetched(from, arguments.credential.as_deref())?
    } else {
        let text = std::fs::read(from)
            .with_context(|| format!("error: {from}: cannot read"))
            .map_err(Failed::usage)?;
        page(from, &text)?.policies.unwrap_or_default()
    };
    let import = import(&arguments.id, &served);
    for one in &import.left_out {
        anstream::eprintln!("left out: {one}");
    }
    let Some(text) = import.text else {
        return Err(Failed::usage(anyhow!(
            "error: {from}: none of {} policies can be imported",
            served.len()
        )));
    };
    match &arguments.out {
        None => anstream::print!("{text}"),
        Some(out) => {
            create(out, &text)?;
            anstream::println!(
                "{}: {} of {} policies\n  help: replace the examples, then `cargo xtask policy check {0}`",
                out.display(),
                import.imported.len(),
                served.len()
            );
        }
    }
    Ok(if import.left_out.is_empty() {
        Exit::Conforms
    } else {
        Exit::Violates
    })
}

/// A pack file may hold examples that somebody wrote: it is not overwritten.
fn create(out: &Path, text: &str) -> Result<(), Failed> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(out);
    file.as_mut()
        .map_err(|error| std::io::Error::new(error.kind(), error.to_string()))
        .and_then(|file| file.write_all(text.as_bytes()))
        .with_context(|| format!("error: {}: cannot write a new file", out.display()))
        .map_err(Failed::usage)
}

fn page(name: &str, text: &[u8]) -> Result<Page, Failed> {
    let page: Page = serde_json::from_slice(text)
        .with_context(|| format!("error: {name}: not an answer of {ENDPOINT}"))
        .map_err(Failed::usage)?;
    if page.policies.is_none() && page.pagination.is_none() {
        return Err(Failed::usage(anyhow!(
            "error: {name}: not an answer of {ENDPOINT}: it has no `policies`"
        )));
    }
    Ok(page)
}

/// All policies an agent serves, page by page.
fn fetched(from: &str, credential: Option<&str>) -> Result<Vec<Value>, Failed> {
    let base = from.split(['?', '#']).next().unwrap_or(from);
    let base = base.trim_end_matches('/');
    let url = if base.ends_with(ENDPOINT) {
        base.to_owned()
    } else {
        format!("{base}{ENDPOINT}")
    };
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .build();
    let agent: ureq::Agent = config.into();
    let mut all: Vec<Value> = Vec::new();
    for number in 1..=PAGES {
        let target = format!("{url}?page={number}&page_size={PAGE}");
        let page = page(&target, &got(&agent, &target, credential)?)?;
        let fresh: Vec<Value> = page
            .policies
            .unwrap_or_default()
            .into_iter()
            .filter(|policy| !all.contains(policy))
            .collect();
        // An agent that knows no pages serves the same again.
        let is_last = fresh.is_empty()
            || page
                .pagination
                .is_none_or(|pagination| number >= pagination.total_pages);
        all.extend(fresh);
        if is_last {
            break;
        }
    }
    Ok(all)
}

fn got(agent: &ureq::Agent, target: &str, credential: Option<&str>) -> Result<Vec<u8>, Failed> {
    let mut request = agent.get(target);
    if let Some(credential) = credential {
        let encoded = BASE64_STANDARD.encode(credential);
        request = request.header("Authorization", format!("Basic {encoded}"));
    }
    let answer = request
        .call()
        .and_then(|mut answer| answer.body_mut().with_config().limit(LARGEST).read_to_vec());
    answer
        .with_context(|| format!("error: {target}: no answer"))
        .map_err(Failed::usage)
}
