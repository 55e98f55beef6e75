//! Do the miniatures fail what they should, and nothing else?

use crate::catalog::Catalog;
use crate::verdict::{CheckResult, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What one miniature was found to break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The miniature.
    pub miniature: String,
    /// The requirements it broke.
    pub requirements: BTreeSet<String>,
    /// Checks the harness could not judge.
    pub harness_errors: Vec<String>,
}

impl Broken {
    /// Reads it off the results of a run.
    #[must_use]
    pub fn of(miniature: &str, results: &[CheckResult]) -> Self {
        let broken = results
            .iter()
            .filter(|r| matches!(r.verdict, Verdict::Fail | Verdict::Warn));
        let errors = results
            .iter()
            .filter(|r| r.verdict == Verdict::HarnessError);
        Self {
            miniature: miniature.to_owned(),
            requirements: broken.map(|r| r.requirement.clone()).collect(),
            harness_errors: errors
                .map(|r| format!("{}: {}", r.scenario, r.reason))
                .collect(),
        }
    }
}

/// What is wrong with the alarm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// No miniature breaks the requirement.
    Unproven {
        /// The requirement.
        requirement: String,
    },
    /// A miniature named in `proven-by` does not break the requirement.
    Silent {
        /// The requirement.
        requirement: String,
        /// The miniature.
        miniature: String,
    },
    /// A miniature breaks another requirement of the area of one that it proves.
    Spills {
        /// The miniature.
        miniature: String,
        /// The requirement it is not named by.
        requirement: String,
    },
    /// `proven-by` names a miniature that does not exist.
    Unknown {
        /// The requirement.
        requirement: String,
        /// The name.
        miniature: String,
    },
    /// The sound miniature breaks something.
    FalseAlarm {
        /// The requirement.
        requirement: String,
    },
    /// The harness was in trouble.
    Harness {
        /// The miniature.
        miniature: String,
        /// What happened.
        what: String,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unproven { requirement } => write!(f, "no miniature breaks `{requirement}`"),
            Self::Silent {
                requirement,
                miniature,
            } => {
                write!(f, "`{miniature}` should break `{requirement}` and does not")
            }
            Self::Spills {
                miniature,
                requirement,
            } => {
                write!(
                    f,
                    "`{miniature}` breaks `{requirement}` of the same area, which does not name it"
                )
            }
            Self::Unknown {
                requirement,
                miniature,
            } => {
                write!(
                    f,
                    "`{requirement}` is proven by `{miniature}`, which does not exist"
                )
            }
            Self::FalseAlarm { requirement } => {
                write!(f, "the sound miniature breaks `{requirement}`")
            }
            Self::Harness { miniature, what } => {
                write!(f, "harness error with `{miniature}`: {what}")
            }
        }
    }
}

/// The name of the miniature without a defect.
pub const SOUND: &str = "sound";

/// Compares what miniatures broke under `contract` with what the requirements say.
#[must_use]
pub fn flaws(
    catalog: &Catalog,
    contract: &str,
    known: &[&str],
    broken: &[Broken],
) -> BTreeSet<Flaw> {
    let by_name: BTreeMap<&str, &Broken> =
        broken.iter().map(|b| (b.miniature.as_str(), b)).collect();
    let mut flaws = BTreeSet::new();
    for placed in catalog
        .requirements
        .iter()
        .filter(|r| r.item.level_in(contract).is_some())
    {
        let requirement = placed.item.id.to_string();
        let mut proven = false;
        for miniature in &placed.item.proven_by {
            if !known.contains(&miniature.as_str()) {
                flaws.insert(Flaw::Unknown {
                    requirement: requirement.clone(),
                    miniature: miniature.clone(),
                });
            } else if by_name
                .get(miniature.as_str())
                .is_some_and(|b| b.requirements.contains(&requirement))
            {
                proven = true;
            } else {
                flaws.insert(Flaw::Silent {
                    requirement: requirement.clone(),
                    miniature: miniature.clone(),
                });
            }
        }
        if !proven {
            flaws.insert(Flaw::Unproven { requirement });
        }
    }
    for one in broken {
        flaws.extend(one.harness_errors.iter().map(|what| Flaw::Harness {
            miniature: one.miniature.clone(),
            what: what.clone(),
        }));
        flaws.extend(spills(catalog, one));
    }
    flaws
}

fn spills(catalog: &Catalog, one: &Broken) -> Vec<Flaw> {
    if one.miniature == SOUND {
        return one
            .requirements
            .iter()
            .map(|r| Flaw::FalseAlarm {
                requirement: r.clone(),
            })
            .collect();
    }
    let proves = |id: &str| {
        catalog
            .requirement(id)
            .is_some_and(|r| r.item.proven_by.contains(&one.miniature))
    };
    let areas: BTreeSet<&str> = catalog
        .requirements
        .iter()
        .filter(|r| r.item.proven_by.contains(&one.miniature))
        .map(|r| r.area.as_str())
        .collect();
    one.requirements
        .iter()
        .filter(|id| {
            !proves(id)
                && catalog
                    .requirement(id)
                    .is_some_and(|r| areas.contains(r.area.as_str()))
        })
        .map(|id| Flaw::Spills {
            miniature: one.miniature.clone(),
            requirement: id.clone(),
        })
        .collect()
}
