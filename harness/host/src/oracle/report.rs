//! Agreement per version and level.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use futures::stream::{self, StreamExt};
use serde_json::json;

use super::{
    Agreement, CaseError, Difference, Level, Observed, OracleCase, SimulateError, Unreached, agree,
    read_cases, simulate, simulate::simulate_with,
};
use crate::{Client, ClientVersion};

/// How many cases are played at the same time; most of them wait most of the time.
const SIDE_BY_SIDE: usize = 40;

/// What went wrong before there was anything to compare.
#[derive(Debug, thiserror::Error)]
pub enum OracleError {
    /// A cases file or the list of unreached cases.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A run could not be arranged.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// The output cannot be written.
    #[error("cannot write the observations: {0}")]
    Write(#[from] std::io::Error),
}

/// One case on one version.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The case.
    pub id: String,
    /// The version.
    pub version: ClientVersion,
    /// What differs.
    pub agreement: Agreement,
}

/// Agreement over all cases.
#[derive(Debug, Clone, Default)]
pub struct AgreementReport {
    /// Every case on every version.
    pub compared: Vec<Compared>,
    /// The known differences.
    pub unreached: Unreached,
}

/// Plays the cases of these files and writes one JSON line per case and version, in order.
///
/// # Errors
/// When a file cannot be read, a run arranged, or the output written.
pub async fn host_simulate(
    files: &[PathBuf],
    version: Option<ClientVersion>,
    mut out: impl Write,
) -> Result<(), OracleError> {
    let cases = read_all(files)?;
    let runs = runs(&cases, version, |case| match &case.case.only_versions {
        Some(only) => only.clone(),
        None => Client::MEASURED.to_vec(),
    });
    for (case, version, observed) in play(runs).await? {
        let line = json!({"id": case.id, "version": version, "observed": observed});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Plays the cases of these files and compares with what was observed.
///
/// # Errors
/// When a file cannot be read or a run arranged.
pub async fn host_agree(
    files: &[PathBuf],
    version: Option<ClientVersion>,
    unreached: &Path,
) -> Result<AgreementReport, OracleError> {
    let cases = read_all(files)?;
    let runs = runs(&cases, version, |case| {
        case.observed.keys().copied().collect()
    });
    let mut report = AgreementReport {
        compared: Vec::new(),
        unreached: Unreached::read(unreached)?,
    };
    for (case, version, observed) in play(runs).await? {
        let expected = &case.observed[&version];
        let mut agreement = agree(expected, &observed);
        if !agreement.differences.is_empty() {
            let alone = agreement_alone(case, version, expected).await?;
            if alone.differences.len() < agreement.differences.len() {
                agreement = alone;
            }
        }
        report.compared.push(Compared {
            id: case.id.clone(),
            version,
            agreement,
        });
    }
    Ok(report)
}

/// A difference is confirmed by playing the case again alone: on a busy machine a hook can miss
/// its time limit or its place among the others. Which of two hooks that finish together a real
/// client took first is luck, so both orders count.
async fn agreement_alone(
    case: &OracleCase,
    version: ClientVersion,
    expected: &Observed,
) -> Result<Agreement, SimulateError> {
    let client = Client::at(version);
    let mut best: Option<Agreement> = None;
    for ties_reversed in [false, true] {
        let observed = simulate_with(&case.case, &client, ties_reversed).await?;
        let agreement = agree(expected, &observed);
        let fewer = |best: &Agreement| agreement.differences.len() < best.differences.len();
        if best.as_ref().is_none_or(fewer) {
            best = Some(agreement);
        }
        if best
            .as_ref()
            .is_some_and(|best| best.differences.is_empty())
        {
            break;
        }
    }
    Ok(best.unwrap_or_default())
}

fn read_all(files: &[PathBuf]) -> Result<Vec<OracleCase>, CaseError> {
    let mut cases = Vec::new();
    for file in files {
        cases.extend(read_cases(file)?);
    }
    Ok(cases)
}

fn runs(
    cases: &[OracleCase],
    only: Option<ClientVersion>,
    versions: impl Fn(&OracleCase) -> Vec<ClientVersion>,
) -> Vec<(&OracleCase, ClientVersion)> {
    let mut runs = Vec::new();
    for case in cases {
        for version in versions(case) {
            if only.is_none_or(|only| only == version) {
                runs.push((case, version));
            }
        }
    }
    runs
}

type Played<'a> = Vec<(&'a OracleCase, ClientVersion, Observed)>;

/// Plays all runs side by side, those that take longest first; the answers are in order.
async fn play(runs: Vec<(&OracleCase, ClientVersion)>) -> Result<Played<'_>, SimulateError> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(waiting(runs[*index].0)));
    let mut played: Vec<_> = stream::iter(order)
        .map(|index| {
            let (case, version) = runs[index];
            async move {
                let observed = simulate(&case.case, &Client::at(version)).await;
                (index, case, version, observed)
            }
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    played.sort_by_key(|(index, ..)| *index);
    played
        .into_iter()
        .map(|(_, case, version, observed)| Ok((case, version, observed?)))
        .collect()
}

/// A rough measure of how long a case waits, in tenths of a second.
fn waiting(case: &OracleCase) -> u64 {
    let hooks = case.case.hooks.iter().chain(&case.case.user_hooks);
    let sleeps = hooks.map(|hook| {
        let sleep = hook
            .sleep
            .as_ref()
            .and_then(serde_json::Value::as_f64)
            .unwrap_or(0.0);
        let body = hook.body.as_deref().is_some_and(|b| b.contains("sleep"));
        let timeout = hook.extra.contains_key("timeout");
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small"
        )]
        let tenths = (sleep * 10.0) as u64;
        tenths + if body || timeout { 60 } else { 0 }
    });
    sleeps.max().unwrap_or(0)
}

impl AgreementReport {
    /// Differences that are not listed as known.
    #[must_use]
    pub fn unlisted(&self) -> Vec<(&Compared, &Difference)> {
        self.each_difference()
            .filter(|(c, d)| self.unreached.find(&c.id, c.version, d.level).is_none())
            .collect()
    }

    /// Entries of the list that agree after all, as `id version level`.
    #[must_use]
    pub fn stale(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for compared in &self.compared {
            for level in [Level::Outcome, Level::Text] {
                let listed = self.unreached.find(&compared.id, compared.version, level);
                if listed.is_some() && compared.agreement.holds(level) {
                    stale.push(format!("{} {} {level}", compared.id, compared.version));
                }
            }
        }
        stale
    }

    fn each_difference(&self) -> impl Iterator<Item = (&Compared, &Difference)> {
        self.compared
            .iter()
            .flat_map(|c| c.agreement.differences.iter().map(move |d| (c, d)))
    }

    /// Agreeing and all runs, per version and level.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(ClientVersion, Level), (usize, usize)> {
        let mut counts = BTreeMap::new();
        for compared in &self.compared {
            for level in [Level::Outcome, Level::Text] {
                let (agreeing, all) = counts.entry((compared.version, level)).or_insert((0, 0));
                *agreeing += usize::from(compared.agreement.holds(level));
                *all += 1;
            }
        }
        counts
    }
}

impl fmt::Display for AgreementReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (compared, difference) in self.each_difference() {
            let known = self
                .unreached
                .find(&compared.id, compared.version, difference.level);
            let known = known.map_or_else(String::new, |e| format!(" (known: {})", e.reason));
            writeln!(
                f,
                "{} {} {} {}{known}\n  expected {}\n  observed {}",
                compared.id,
                compared.version,
                difference.level,
                difference.field,
                difference.expected,
                difference.observed
            )?;
        }
        for stale in self.stale() {
            writeln!(f, "stale: {stale} is listed as unreached and agrees")?;
        }
        for ((version, level), (agreeing, all)) in self.counts() {
            writeln!(f, "{version} {level}: {agreeing} of {all} agree")?;
        }
        Ok(())
    }
}
