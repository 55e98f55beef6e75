//! `cargo xtask explain`: a requirement, a scenario or a miniature.

use super::catalog;
use crate::Failed;
use crate::arguments::ExplainArguments;
use anyhow::anyhow;
use hookproof_contract::Requirement;
use hookproof_suite::{Catalog, Exit};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Exit, Failed> {
    let catalog = catalog(arguments.scope.scenarios.as_deref())?;
    let id = arguments.id.as_str();
    if let Some(placed) = catalog.requirement(id) {
        requirement(&catalog, &placed.item, &placed.area);
    } else if let Some(scenario) = catalog
        .scenarios
        .iter()
        .find(|s| s.sample.id.as_str() == id)
    {
        anstream::println!(
            "{id}\n  {}\n  {}:{}",
            scenario.sample.title,
            scenario.file.display(),
            scenario.line
        );
        anstream::println!("  Judges:");
        for requirement in scenario.requirements() {
            anstream::println!("    {requirement}");
        }
        anstream::println!("  Run it: cargo xtask conform --filter {id} --keep");
    } else if let Some(miniature) = hookproof_miniatures::all().iter().find(|m| m.name == id) {
        anstream::println!("miniature {id}\n  {}", miniature.defect);
        anstream::println!("  Proves:");
        let proves = |r: &&Requirement| r.proven_by.iter().any(|p| p == id);
        for requirement in catalog.requirements.iter().map(|r| &r.item).filter(proves) {
            anstream::println!("    {}", requirement.id);
        }
        anstream::println!("  Run it: cargo xtask conform --miniature {id}");
    } else {
        return Err(Failed::usage(anyhow!(
            "error: `{id}` is no requirement, scenario or miniature\n  help: `cargo xtask list` shows them"
        )));
    }
    Ok(Exit::Conforms)
}

fn requirement(catalog: &Catalog, requirement: &Requirement, area: &str) {
    let levels: Vec<_> = requirement
        .contracts
        .iter()
        .map(|(c, l)| format!("{l} in {c}"))
        .collect();
    anstream::println!(
        "{} ({})\n\n  {}\n",
        requirement.id,
        levels.join(", "),
        requirement.text
    );
    anstream::println!(
        "  Why:    {}\n  Source: {}\n  Area:   {area}",
        requirement.why,
        requirement.source
    );
    anstream::println!("\n  Scenarios:");
    let id = requirement.id.as_str();
    if catalog
        .ambient
        .iter()
        .any(|a| a.item.expect.requirement.as_str() == id)
    {
        anstream::println!("    every scenario");
    }
    for scenario in catalog
        .scenarios
        .iter()
        .filter(|s| s.requirements().contains(&id))
    {
        anstream::println!(
            "    {:<48} {}",
            scenario.sample.id.to_string(),
            scenario.sample.title
        );
    }
    anstream::println!("\n  Miniatures that prove the alarm:");
    for name in &requirement.proven_by {
        let miniature = hookproof_miniatures::all().iter().find(|m| m.name == name);
        anstream::println!(
            "    {name:<34} {}",
            miniature.map_or("(does not exist)", |m| m.defect)
        );
    }
    anstream::println!("\n  Run it: cargo xtask conform --filter {id}");
}
