//! Which scenarios a run holds, and which of their requirements apply to the subject.

use crate::catalog::{Catalog, ScenarioTemplate};
use crate::scenario::Ambient;
use crate::subject::{Side, Subject};
use hookproof_contract::{Level, Need};
use hookproof_host::ClientVersion;
use std::collections::BTreeSet;

/// What the probe found out about the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it asks an agent.
    pub agent: bool,
    /// How that was found, for people.
    pub agent_because: String,
    /// Whether it has a hook before the call (or should have).
    pub pre: bool,
    /// Whether it has a hook after the call (or should have).
    pub post: bool,
}

impl Capabilities {
    /// Everything: what embedded subjects have.
    #[must_use]
    pub fn of(subject: &Subject, agent: bool, agent_because: &str) -> Self {
        Self {
            agent,
            agent_because: agent_because.to_owned(),
            pre: !subject.leaves_out(Side::Pre),
            post: !subject.leaves_out(Side::Post),
        }
    }

    fn lacks(&self, need: Need) -> Option<String> {
        let (has, reason) = match need {
            Need::Agent => (
                self.agent,
                format!("the subject asks no policy agent ({})", self.agent_because),
            ),
            Need::PreHook => (
                self.pre,
                "the subject was given without a PreToolUse hook".to_owned(),
            ),
            Need::PostHook => (
                self.post,
                "the subject was given without a PostToolUse hook".to_owned(),
            ),
        };
        (!has).then_some(reason)
    }
}

/// One scenario of a run, with what it needs to be judged.
#[derive(Clone, Copy)]
pub struct Selected<'a> {
    /// The scenario.
    pub template: &'a ScenarioTemplate,
    catalog: &'a Catalog,
    contract: &'a str,
    capabilities: &'a Capabilities,
    /// An earlier scenario gives the same input to a subject that sees no other difference.
    redundant: bool,
}

impl<'a> Selected<'a> {
    /// The scenario `template` under `contract`.
    #[must_use]
    pub fn new(
        template: &'a ScenarioTemplate,
        catalog: &'a Catalog,
        contract: &'a str,
        capabilities: &'a Capabilities,
    ) -> Self {
        Self {
            template,
            catalog,
            contract,
            capabilities,
            redundant: false,
        }
    }

    /// The requirement's level, when the contract holds it.
    #[must_use]
    pub fn level(&self, requirement: &str) -> Option<Level> {
        self.catalog
            .requirement(requirement)?
            .item
            .level_in(self.contract)
    }

    /// Why the requirement does not apply to the subject, if it does not.
    #[must_use]
    pub fn not_applicable(&self, requirement: &str) -> Option<String> {
        let needs = &self.catalog.requirement(requirement)?.item.needs;
        needs.iter().find_map(|need| self.capabilities.lacks(*need))
    }

    /// Whether the subject asks no agent: nothing says which tools it means to look at.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        !self.capabilities.agent
    }

    /// Why one assertion of an applicable requirement does not apply: the wire of a subject without
    /// an agent says nothing.
    #[must_use]
    pub fn mute(&self, check: &str) -> Option<String> {
        check
            .starts_with("wire[")
            .then(|| self.capabilities.lacks(Need::Agent))
            .flatten()
    }

    /// Why the whole scenario is not worth running.
    #[must_use]
    pub fn pointless(&self, client: &ClientVersion, ambient: &[&Ambient]) -> Option<String> {
        let clients = &self.template.sample.clients;
        if !clients.is_empty() && !clients.contains(&client.to_string()) {
            return Some(format!("only for Claude Code {}", clients.join(", ")));
        }
        // Sides that were left out on purpose are not fired at all.
        let event = self
            .template
            .sample
            .situation
            .payload
            .as_deref()
            .unwrap_or_default();
        let side = if event.starts_with("PreToolUse") {
            Need::PreHook
        } else {
            Need::PostHook
        };
        if self.template.sample.step.is_empty()
            && let Some(reason) = self.capabilities.lacks(side)
        {
            return Some(reason);
        }
        let reasons: Vec<_> = self
            .template
            .requirements()
            .into_iter()
            .filter(|r| self.level(r).is_some())
            .map(|r| self.not_applicable(r))
            .collect();
        let ambient_applies = ambient
            .iter()
            .any(|a| self.not_applicable(a.expect.requirement.as_str()).is_none());
        let first = reasons.first().cloned().flatten();
        if reasons.iter().all(Option::is_some) && (!ambient_applies || self.redundant) {
            first
        } else {
            None
        }
    }
}

/// The scenarios of `contract` that `filters` let through; every filter is a prefix of a scenario or
/// requirement id or of an area; one that is a whole scenario id means just that scenario, and one
/// that only begins a requirement judged everywhere means every scenario.
#[must_use]
pub fn select<'a>(
    catalog: &'a Catalog,
    contract: &'a str,
    filters: &[String],
    capabilities: &'a Capabilities,
) -> Vec<Selected<'a>> {
    // Many a scenario is named after its requirement; then the requirement is meant.
    let exact = |f: &String| {
        let scenario = catalog.scenarios.iter().any(|t| t.sample.id.as_str() == f);
        scenario && catalog.requirement(f).is_none()
    };
    let begins = |template: &ScenarioTemplate, f: &String| {
        let id = template.sample.id.as_str();
        if exact(f) {
            return id == f;
        }
        let mut requirements = template.requirements().into_iter();
        id.starts_with(f.as_str())
            || template.area.starts_with(f.as_str())
            || requirements.any(|r| r.starts_with(f.as_str()))
    };
    // What is judged in every scenario needs them all, unless some are there for it alone.
    let everywhere = |f: &String| {
        let general = ambient(catalog, contract);
        let mut names = general.iter().map(|a| a.expect.requirement.as_str());
        names.any(|r| r.starts_with(f.as_str())) && !catalog.scenarios.iter().any(|t| begins(t, f))
    };
    let all_wanted = filters.is_empty() || filters.iter().any(everywhere);
    let wanted = |t: &ScenarioTemplate| all_wanted || filters.iter().any(|f| begins(t, f));
    let mut all: Vec<_> = catalog
        .scenarios
        .iter()
        .filter(|t| belongs(catalog, t, contract) && wanted(t))
        .map(|template| Selected::new(template, catalog, contract, capabilities))
        .collect();
    if !capabilities.agent {
        mark_redundant(&mut all);
    }
    // Long waits begin first, so that everything else happens while they wait.
    all.sort_by(|a, b| {
        b.template
            .sample
            .waits_s
            .total_cmp(&a.template.sample.waits_s)
    });
    all
}

/// To a subject without an agent, scenarios that differ only in what the agent does are one.
fn mark_redundant(all: &mut [Selected<'_>]) {
    let mut seen = BTreeSet::new();
    for selected in all {
        let scenario = &selected.template.sample;
        let s = &scenario.situation;
        let input = format!("{:?} {:?} {:?} {:?}", s.payload, s.patch, s.remove, s.stdin);
        selected.redundant = !scenario.step.is_empty() || !seen.insert(input);
    }
}

/// Whether the scenario is run under the contract.
fn belongs(catalog: &Catalog, template: &ScenarioTemplate, contract: &str) -> bool {
    let named = &template.sample.contracts;
    if !named.is_empty() {
        return named.iter().any(|c| c.as_str() == contract);
    }
    let mut requirements = template.requirements().into_iter();
    requirements.any(|r| {
        catalog
            .requirement(r)
            .is_some_and(|r| r.item.level_in(contract).is_some())
    })
}

/// The ambient expectations that the contract holds.
#[must_use]
pub fn ambient<'a>(catalog: &'a Catalog, contract: &str) -> Vec<&'a Ambient> {
    let holds = |a: &&Ambient| {
        catalog
            .requirement(a.expect.requirement.as_str())
            .is_some_and(|r| r.item.level_in(contract).is_some())
    };
    catalog
        .ambient
        .iter()
        .map(|p| &p.item)
        .filter(holds)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_that_is_judged_everywhere_can_be_filtered_for() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalog = Catalog::load(&folder).unwrap();
        let capabilities = Capabilities {
            agent: true,
            agent_because: String::new(),
            pre: true,
            post: true,
        };
        let chosen = |filter: &str| {
            let filters = [filter.to_owned()];
            select(&catalog, "axonflow-1.6", &filters, &capabilities).len()
        };
        let all = select(&catalog, "axonflow-1.6", &[], &capabilities).len();
        for requirement in catalog.requirements.iter().map(|r| &r.item) {
            if requirement.level_in("axonflow-1.6").is_some() {
                assert!(chosen(requirement.id.as_str()) > 0, "{}", requirement.id);
            }
        }
        assert_eq!(chosen("stdout-is-protocol-only"), all);
        // Scenarios of its own come first.
        assert!((1..all).contains(&chosen("leaves-nothing-running")));
        assert_eq!(chosen("no-such-thing"), 0);
    }
}
