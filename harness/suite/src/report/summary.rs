//! The console: what a person understands in ten seconds.

use super::{Results, failure};
use crate::catalog::Catalog;
use crate::exit::Exit;
use crate::verdict::{CheckResult, Provenance, Verdict};
use anstyle::{AnsiColor, Style};
use hookproof_contract::Level;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Renders the summary with ANSI styles; the stream it is written to strips them off a terminal.
#[must_use]
pub fn render(results: &Results, catalog: &Catalog, strict: bool) -> String {
    let mut out = String::new();
    for (verdict, style) in [
        (Verdict::HarnessError, RED),
        (Verdict::Fail, RED),
        (Verdict::Warn, YELLOW),
    ] {
        for (requirement, broken) in group(&results.results, verdict) {
            if let Some(placed) = catalog.requirement(requirement) {
                let text = failure::block(&placed.item, &broken);
                let (head, rest) = text.split_once('\n').unwrap_or((&text, ""));
                let _ = writeln!(out, "{style}{head}{style:#}\n{rest}");
            }
        }
    }
    notes(&mut out, results);
    strays(&mut out, results);
    totals(&mut out, results);
    verdict(&mut out, results, strict);
    out
}

/// The checks with `verdict`, by requirement.
fn group(results: &[CheckResult], verdict: Verdict) -> BTreeMap<&str, Vec<&CheckResult>> {
    let mut groups: BTreeMap<&str, Vec<&CheckResult>> = BTreeMap::new();
    for result in results.iter().filter(|r| r.verdict == verdict) {
        groups.entry(&result.requirement).or_default().push(result);
    }
    groups
}

/// Why something was not judged, each reason once.
fn notes(out: &mut String, results: &Results) {
    for verdict in [Verdict::Inconclusive, Verdict::NotApplicable] {
        let mut reasons: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for result in results.results.iter().filter(|r| r.verdict == verdict) {
            reasons
                .entry(&result.reason)
                .or_default()
                .insert(&result.requirement);
        }
        for (reason, requirements) in reasons {
            let n = requirements.len();
            let _ = writeln!(
                out,
                "{DIM}{n} requirement(s) {}: {reason}{DIM:#}",
                verdict.word()
            );
        }
    }
}

/// Processes that no scenario could be blamed for.
fn strays(out: &mut String, results: &Results) {
    for stray in &results.strays {
        let _ = writeln!(
            out,
            "{YELLOW}A hook left {stray} running; it was ended.{YELLOW:#}"
        );
    }
}

fn totals(out: &mut String, results: &Results) {
    let row = |name: &str, text: String| format!("  {name:<13}{text}\n");
    let (must, should) = requirements(results);
    let _ = writeln!(
        out,
        "\nHookproof: {} against {}",
        results.subject, results.contract
    );
    out.push_str(&row(
        "host",
        format!(
            "Claude Code {} (simulated) on {}",
            results.client, results.host
        ),
    ));
    out.push_str(&row("agent", results.agent.clone()));
    out.push_str(&row("network", results.network.clone()));
    out.push_str(&row("MUST", must));
    out.push_str(&row("SHOULD/MAY", should));
    let counts = Verdict::ALL
        .iter()
        .map(|v| (results.counts.of(*v), v.word()))
        .filter(|(n, word)| *n > 0 || *word == "pass" || *word == "fail")
        .map(|(n, word)| format!("{n} {word}"));
    out.push_str(&row("checks", counts.collect::<Vec<_>>().join(", ")));
    let of = |p| results.payloads.get(&p).copied().unwrap_or(0);
    out.push_str(&row(
        "scenarios",
        format!(
            "{}; payloads: {} recorded, {} recorded and patched, {} synthetic",
            results.scenarios,
            of(Provenance::Recorded),
            of(Provenance::RecordedPatched),
            of(Provenance::Synthetic)
        ),
    ));
    out.push_str(&row("time", time(results)));
}

/// Wall time against what it cannot be shorter than.
fn time(results: &Results) -> String {
    let cpu = results.subject_cpu_s / results.cores.max(1) as f64;
    let least = results.longest_mandated_wait_s.max(cpu);
    // Of a short run the ratio says nothing.
    let ratio = if least >= 1.0 {
        format!(" ({:.2} x)", results.wall_s / least)
    } else {
        String::new()
    };
    let event = if results.floor_s > 0.0 {
        format!("one event costs {:.3} s", results.floor_s)
    } else {
        "the hook did not end by itself when probed".to_owned()
    };
    format!(
        "{:.2} s; longest mandated wait {:.1} s, hooks' CPU time per core {cpu:.2} s{ratio}; {event}",
        results.wall_s, results.longest_mandated_wait_s
    )
}

/// Requirements by their worst verdict, the MUSTs and the others.
fn requirements(results: &Results) -> (String, String) {
    let mut worst: BTreeMap<&str, (Level, Verdict)> = BTreeMap::new();
    for result in &results.results {
        let entry = worst
            .entry(&result.requirement)
            .or_insert((result.level, result.verdict));
        entry.1 = worse(entry.1, result.verdict);
    }
    let line = |musts: bool, broken: Verdict, word: &str| {
        let of = |verdict| {
            worst
                .values()
                .filter(|(l, v)| (*l == Level::Must) == musts && *v == verdict)
                .count()
        };
        let mut parts = vec![
            format!("{} hold", of(Verdict::Pass)),
            format!("{} {word}", of(broken)),
        ];
        for verdict in [
            Verdict::Inconclusive,
            Verdict::NotApplicable,
            Verdict::HarnessError,
        ] {
            if of(verdict) > 0 {
                parts.push(format!("{} {}", of(verdict), verdict.word()));
            }
        }
        parts.join(", ")
    };
    (
        line(true, Verdict::Fail, "broken"),
        line(false, Verdict::Warn, "not met"),
    )
}

fn worse(a: Verdict, b: Verdict) -> Verdict {
    let rank = |v| match v {
        Verdict::NotApplicable => 0,
        Verdict::Pass => 1,
        Verdict::Inconclusive => 2,
        Verdict::Warn => 3,
        Verdict::Fail => 4,
        Verdict::HarnessError => 5,
    };
    if rank(b) > rank(a) { b } else { a }
}

fn verdict(out: &mut String, results: &Results, strict: bool) {
    let exit = if results.complete {
        Exit::of(&results.counts, strict)
    } else {
        Exit::Harness
    };
    let (style, text) = match exit {
        Exit::Conforms => (
            GREEN,
            format!("Every MUST of {} that was judged holds.", results.contract),
        ),
        Exit::Violates if results.counts.fail == 0 => (
            RED,
            "Not everything could be judged, and --strict was given.".to_owned(),
        ),
        Exit::Violates => (
            RED,
            format!(
                "{} does not conform to {}.",
                results.subject, results.contract
            ),
        ),
        Exit::NothingRun => (RED, "Nothing was judged.".to_owned()),
        Exit::Harness | Exit::Usage => (
            RED,
            "The harness was in trouble: these verdicts are incomplete.".to_owned(),
        ),
    };
    let _ = writeln!(out, "\n{style}{text}{style:#}");
}
