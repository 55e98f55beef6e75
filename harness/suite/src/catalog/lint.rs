//! What must hold between the files: ids are unique, names mean something, nothing is unjudged.

use super::{Catalog, Diagnostic, meaning};
use crate::scenario::Expect;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Appends every mistake in `catalog` to `found`.
pub fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    unique_ids(catalog, found);
    known_contracts(catalog, found);
    known_requirements(catalog, found);
    every_requirement_is_judged(catalog, found);
    meaning::expectations(catalog, found);
}

pub(super) fn at_line(file: &Path, line: usize, message: &str, hint: Option<String>) -> Diagnostic {
    let source = std::fs::read_to_string(file).unwrap_or_default();
    let start: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let end = source[start..]
        .find('\n')
        .map_or(source.len(), |n| start + n);
    Diagnostic::at(file, &source, start..end, message, hint)
}

fn unique_ids(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut seen = BTreeMap::new();
    let requirements = catalog
        .requirements
        .iter()
        .map(|r| ("requirement", &r.item.id, &r.file, r.line));
    let scenarios = catalog
        .scenarios
        .iter()
        .map(|s| ("scenario", &s.sample.id, &s.file, s.line));
    for (kind, id, file, line) in requirements.chain(scenarios) {
        if let Some((other, other_line)) = seen.insert((kind, id), (file, line)) {
            let message = format!(
                "the {kind} `{id}` exists already at {}:{other_line}",
                other.display()
            );
            let hint = "ids are unique; a scenario with `each` names its keys in the id".to_owned();
            found.push(at_line(file, line, &message, Some(hint)));
        }
    }
}

fn known_contracts(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let known: Vec<_> = catalog
        .contracts
        .iter()
        .map(|c| format!("`{}`", c.id))
        .collect();
    for requirement in &catalog.requirements {
        for contract in requirement.item.contracts.keys() {
            if catalog.contract(contract.as_str()).is_none() {
                let message = format!(
                    "unknown contract `{contract}`, expected one of {}",
                    known.join(", ")
                );
                found.push(at_line(&requirement.file, requirement.line, &message, None));
            }
        }
    }
    for scenario in &catalog.scenarios {
        for contract in &scenario.sample.contracts {
            if catalog.contract(contract.as_str()).is_none() {
                let message = format!(
                    "unknown contract `{contract}`, expected one of {}",
                    known.join(", ")
                );
                found.push(at_line(&scenario.file, scenario.line, &message, None));
            }
        }
    }
}

fn known_requirements(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut check = |expect: &Expect, file: &Path, line: usize| {
        if catalog.requirement(expect.requirement.as_str()).is_none() {
            let message = format!("unknown requirement `{}`", expect.requirement);
            let likely = catalog
                .requirements
                .iter()
                .map(|r| r.item.id.as_str())
                .max_by(|a, b| {
                    let likeness = |id| strsim::jaro_winkler(id, expect.requirement.as_str());
                    likeness(a).total_cmp(&likeness(b))
                })
                .map(|id| format!("did you mean `{id}`?"));
            found.push(at_line(file, line, &message, likely));
        }
    };
    for scenario in &catalog.scenarios {
        let steps = scenario.sample.step.iter().flat_map(|s| &s.expect);
        for expect in scenario.sample.expect.iter().chain(steps) {
            check(expect, &scenario.file, scenario.line);
        }
    }
    for ambient in &catalog.ambient {
        check(&ambient.item.expect, &ambient.file, ambient.line);
    }
}

fn every_requirement_is_judged(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let scenarios = catalog
        .scenarios
        .iter()
        .flat_map(super::ScenarioTemplate::requirements);
    let ambient = catalog
        .ambient
        .iter()
        .map(|a| a.item.expect.requirement.as_str());
    let judged: BTreeSet<&str> = scenarios.chain(ambient).collect();
    for requirement in &catalog.requirements {
        if !judged.contains(requirement.item.id.as_str()) {
            let message = format!(
                "no scenario judges the requirement `{}`",
                requirement.item.id
            );
            let hint = "add a [[scenario]] with an [[scenario.expect]] that names it".to_owned();
            found.push(at_line(
                &requirement.file,
                requirement.line,
                &message,
                Some(hint),
            ));
        }
        if requirement.item.proven_by.is_empty() {
            let message = format!(
                "no miniature proves the requirement `{}`",
                requirement.item.id
            );
            let hint = "name at least one in `proven-by`".to_owned();
            found.push(at_line(
                &requirement.file,
                requirement.line,
                &message,
                Some(hint),
            ));
        }
    }
}
