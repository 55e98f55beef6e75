//! `cargo xtask prove`: does every requirement have a hook that breaks it, and it alone?

use super::conform::{embedded_subject, enter_network, watch};
use super::{catalog, client, runtime};
use crate::arguments::{NetworkChoice, ProveArguments};
use crate::progress::Progress;
use crate::{Failed, places};
use anyhow::anyhow;
use futures::{StreamExt as _, TryStreamExt as _};
use hookproof_host::Client;
use hookproof_suite::prove::{Broken, SOUND, flaws};
use hookproof_suite::{Catalog, Exit, Plan};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;

pub(crate) fn run(arguments: &ProveArguments) -> Result<Exit, Failed> {
    let network = enter_network(NetworkChoice::Auto)?;
    let catalog = Arc::new(catalog(arguments.scenarios.as_deref())?);
    let client = client(&arguments.client)?;
    for name in &arguments.miniature {
        super::list::known_miniature(name)?;
    }
    let contracts = contracts(&catalog, arguments)?;
    let begun = Instant::now();
    let proving = Proving {
        catalog,
        client,
        network,
        arguments,
    };
    let mut found = 0;
    let mut miniatures = 0;
    for (n, contract) in contracts.iter().enumerate() {
        let (ran, flaws) = runtime()?.block_on(proving.contract(contract, &contracts[..n]))?;
        miniatures += ran;
        for flaw in &flaws {
            anstream::println!("{contract}: {flaw}");
        }
        found += flaws.len();
    }
    let took = begun.elapsed().as_secs_f64();
    let verdict = if found == 0 {
        "every alarm is proven".to_owned()
    } else {
        format!("{found} flaws")
    };
    anstream::println!("{miniatures} miniature runs in {took:.1} s: {verdict}");
    Ok(if found == 0 {
        Exit::Conforms
    } else {
        Exit::Violates
    })
}

fn contracts(catalog: &Catalog, arguments: &ProveArguments) -> Result<Vec<String>, Failed> {
    let all: Vec<_> = catalog.contracts.iter().map(|c| c.id.to_string()).collect();
    match &arguments.contract {
        None => Ok(all),
        Some(one) if all.contains(one) => Ok(vec![one.clone()]),
        Some(one) => Err(Failed::usage(anyhow!(
            "error: there is no contract `{one}`; there are {}",
            all.join(", ")
        ))),
    }
}

/// Miniatures under way at the same time.
const SIDE_BY_SIDE: usize = 4;

struct Proving<'a> {
    catalog: Arc<Catalog>,
    client: Client,
    network: String,
    arguments: &'a ProveArguments,
}

impl Proving<'_> {
    /// Proves the requirements that `contract` holds and `earlier` ones do not.
    async fn contract(
        &self,
        contract: &str,
        earlier: &[String],
    ) -> Result<(usize, BTreeSet<hookproof_suite::prove::Flaw>), Failed> {
        let mut narrowed = (*self.catalog).clone();
        narrowed.requirements.retain(|r| {
            r.item.level_in(contract).is_some()
                && !earlier.iter().any(|e| r.item.level_in(e).is_some())
        });
        let wanted = |name: &str| {
            self.arguments.miniature.is_empty()
                || self.arguments.miniature.iter().any(|m| m == name)
        };
        if !self.arguments.miniature.is_empty() {
            narrowed
                .requirements
                .retain(|r| r.item.proven_by.iter().any(|p| wanted(p)));
            for placed in &mut narrowed.requirements {
                placed.item.proven_by.retain(|p| wanted(p));
            }
        }
        let known: Vec<&str> = hookproof_miniatures::all().iter().map(|m| m.name).collect();
        let runs = known
            .iter()
            .map(|name| (name, self.areas(&narrowed, name)))
            .filter(|(name, areas)| (!areas.is_empty() || **name == SOUND) && wanted(name))
            .map(|(name, areas)| self.miniature(name, contract, areas));
        // Miniatures that make us wait cost no core meanwhile, so several are run side by side.
        let broken: Vec<Broken> = futures::stream::iter(runs)
            .buffered(SIDE_BY_SIDE)
            .try_collect()
            .await?;
        Ok((broken.len(), flaws(&narrowed, contract, &known, &broken)))
    }

    /// The areas in which a miniature proves something; the sound one is shown everything.
    fn areas(&self, narrowed: &Catalog, name: &str) -> Vec<String> {
        let proven = narrowed
            .requirements
            .iter()
            .filter(|r| r.item.proven_by.iter().any(|p| p == name));
        let areas: BTreeSet<String> = proven.map(|r| r.area.clone()).collect();
        areas.into_iter().collect()
    }

    async fn miniature(
        &self,
        name: &str,
        contract: &str,
        areas: Vec<String>,
    ) -> Result<Broken, Failed> {
        let folder = TempDir::with_prefix("hookproof-subject-").map_err(Failed::harness)?;
        let contract_data = self.catalog.contract(contract);
        let subject = embedded_subject(Some(name), contract_data, &self.client, folder.path())?;
        let everything = self.arguments.all || name == SOUND;
        let plan = Plan {
            catalog: Arc::clone(&self.catalog),
            contract: contract.to_owned(),
            client: self.client.clone(),
            subject,
            filters: if everything { Vec::new() } else { areas },
            jobs: Some(self.arguments.jobs.map_or(2, usize::from)),
            payloads: places::payloads(),
            keep: None,
            network: self.network.clone(),
        };
        Ok(Broken::of(
            name,
            &watch(plan, Progress::hidden()).await?.results,
        ))
    }
}
