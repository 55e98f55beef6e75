//! One file per command.

pub(crate) mod agent;
pub(crate) mod bench;
pub(crate) mod conform;
pub(crate) mod explain;
pub(crate) mod fuzz;
pub(crate) mod host;
pub(crate) mod list;
pub(crate) mod policy;
pub(crate) mod prove;
pub(crate) mod test;

use crate::{Failed, places};
use anyhow::Context as _;
use hookproof_host::{Client, ClientVersion};
use hookproof_suite::Catalog;
use std::path::Path;

/// The scenario files in `folder`, or the ones that ship.
fn catalog(folder: Option<&Path>) -> Result<Catalog, Failed> {
    let folder = folder.map_or_else(places::scenarios, Path::to_owned);
    let catalog = Catalog::load(&folder).map_err(Failed::usage)?;
    catalog
        .check_payloads(&places::payloads())
        .map_err(Failed::usage)?;
    Ok(catalog)
}

/// The client of this version.
fn client(version: &str) -> Result<Client, Failed> {
    let parsed: ClientVersion = version.parse().map_err(|e| {
        Failed::usage(anyhow::anyhow!(
            "error: --client {version}: {e}\n  help: write a Claude Code version such as 2.1.330"
        ))
    })?;
    Ok(Client::at(parsed))
}

/// Writes a report; `-` is the terminal. Whether it went to a file.
fn publish(text: &str, out: &Path) -> Result<bool, Failed> {
    if out.as_os_str() == "-" {
        anstream::print!("{text}");
        return Ok(false);
    }
    std::fs::write(out, text)
        .with_context(|| format!("error: {}: cannot write", out.display()))
        .map_err(Failed::usage)?;
    Ok(true)
}

/// Returns when somebody wants this to end: by Ctrl-C, or politely by SIGTERM.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// A runtime for everything asynchronous.
fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failed::harness)
}
