//! `cargo xtask list`: requirements and scenarios.

use super::catalog;
use crate::Failed;
use crate::arguments::ListArguments;
use anyhow::anyhow;
use hookproof_contract::Level;
use hookproof_miniatures::{Miniature, all};
use hookproof_suite::Catalog;
use hookproof_suite::{Exit, catalog::ScenarioTemplate};
use serde_json::{Value, json};

pub(crate) fn run(arguments: &ListArguments) -> Result<Exit, Failed> {
    if arguments.miniatures {
        for miniature in all() {
            anstream::println!("{:<34} {}", miniature.name, miniature.defect);
        }
        return Ok(Exit::Conforms);
    }
    let catalog = catalog(arguments.scope.scenarios.as_deref())?;
    if catalog.contract(&arguments.scope.contract).is_none() {
        return Err(Failed::usage(anyhow!(
            "error: there is no contract `{}`",
            arguments.scope.contract
        )));
    }
    if arguments.json {
        anstream::println!("{:#}", document(&catalog, arguments));
    } else {
        text(&catalog, arguments);
    }
    Ok(Exit::Conforms)
}

/// One requirement with its scenarios.
struct Row<'a> {
    id: &'a str,
    level: Level,
    area: &'a str,
    text: &'a str,
    source: &'a str,
    scenarios: Vec<&'a ScenarioTemplate>,
    ambient: bool,
}

fn rows<'a>(catalog: &'a Catalog, arguments: &'a ListArguments) -> Vec<Row<'a>> {
    let wanted = |id: &str, area: &str| {
        arguments.prefix.is_empty()
            || arguments
                .prefix
                .iter()
                .any(|p| id.starts_with(p.as_str()) || area.starts_with(p.as_str()))
    };
    catalog
        .requirements
        .iter()
        .filter_map(|placed| {
            let id = placed.item.id.as_str();
            let level = placed.item.level_in(&arguments.scope.contract)?;
            let scenarios: Vec<_> = catalog
                .scenarios
                .iter()
                .filter(|s| s.requirements().contains(&id))
                .collect();
            let named = wanted(id, &placed.area)
                || scenarios
                    .iter()
                    .any(|s| wanted(s.sample.id.as_str(), &s.area));
            named.then_some(Row {
                id,
                level,
                area: &placed.area,
                text: &placed.item.text,
                source: &placed.item.source,
                scenarios,
                ambient: catalog
                    .ambient
                    .iter()
                    .any(|a| a.item.expect.requirement.as_str() == id),
            })
        })
        .collect()
}

fn text(catalog: &Catalog, arguments: &ListArguments) {
    let rows = rows(catalog, arguments);
    let mut area = "";
    for row in &rows {
        if row.area != area {
            area = row.area;
            anstream::println!("\n{area}");
        }
        anstream::println!(
            "  {} ({})\n    {}\n    Source: {}",
            row.id,
            row.level,
            row.text,
            row.source
        );
        if row.ambient {
            anstream::println!("      in every scenario");
        }
        for scenario in &row.scenarios {
            anstream::println!("      {}", scenario.sample.id);
        }
    }
    let musts = rows.iter().filter(|r| r.level == Level::Must).count();
    let scenarios: usize = catalog.scenarios.len();
    anstream::println!(
        "\n{}: {} requirements ({musts} MUST); {scenarios} scenarios in all contracts",
        arguments.scope.contract,
        rows.len()
    );
}

fn document(catalog: &Catalog, arguments: &ListArguments) -> Value {
    rows(catalog, arguments)
        .iter()
        .map(|row| {
            json!({
                "requirement": row.id, "level": row.level, "area": row.area, "text": row.text, "source": row.source,
                "scenarios": row.scenarios.iter().map(|s| s.sample.id.to_string()).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Checks that a miniature of this name exists.
pub(crate) fn known_miniature(name: &str) -> Result<&'static Miniature, Failed> {
    all().iter().find(|m| m.name == name).ok_or_else(|| {
        Failed::usage(anyhow!("error: there is no miniature `{name}`\n  help: `cargo xtask list --miniatures` names them"))
    })
}
