//! `cargo xtask bench`: what decisions cost, and the report of it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};
use hookproof_suite::Exit;
use serde::Deserialize;

use crate::arguments::BenchArguments;
use crate::{Failed, places};

/// What the others are compared with.
const BASE: &str = "one by one";

pub(crate) fn run(arguments: &BenchArguments) -> Result<Exit, Failed> {
    // Criterion's own folder is left to those who call it themselves, with what they compare.
    let home = places::workspace().join("target/bench");
    if !arguments.reuse {
        if home.exists() {
            std::fs::remove_dir_all(&home).map_err(Failed::harness)?;
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args([
                "bench",
                "--package",
                "hookproof-benches",
                "--bench",
                "policy",
            ])
            .env("CRITERION_HOME", &home)
            .current_dir(places::workspace())
            .status()
            .map_err(Failed::harness)?;
        if !status.success() {
            return Err(Failed::harness(anyhow!("error: the benches did not run")));
        }
    }
    let measured = read(&home).map_err(Failed::usage)?;
    let text = markdown(&measured);
    let out = arguments.out.clone().unwrap_or_else(places::bench_report);
    if super::publish(&text, &out)? {
        anstream::println!("{}: {} measurements", places::shown(&out), measured.len());
    }
    Ok(Exit::Conforms)
}

/// One measurement.
#[derive(Debug, PartialEq)]
struct Measured {
    /// What was judged, such as `decide 200 B`.
    group: String,
    /// The way it was judged.
    way: String,
    /// Bytes per iteration.
    bytes: f64,
    /// Nanoseconds per iteration.
    nanoseconds: f64,
}

impl Measured {
    fn megabytes_per_second(&self) -> f64 {
        self.bytes * 1e3 / self.nanoseconds
    }

    /// Microseconds for a statement.
    fn microseconds(&self) -> f64 {
        self.nanoseconds / 1e3 / statements(&self.group)
    }
}

/// How many statements an iteration judges; criterion is told of the bytes alone.
fn statements(group: &str) -> f64 {
    match group {
        "decide 200 B" => 64.0,
        "decide 2 kB" => 16.0,
        _ => 1.0,
    }
}

/// Criterion's `benchmark.json`.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    throughput: Option<Throughput>,
}

#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Bytes")]
    bytes: f64,
}

/// Criterion's `estimates.json`.
#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    slope: Option<Estimate>,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn read(home: &Path) -> anyhow::Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for group in folders(home)? {
        for way in folders(&group)? {
            let newest = way.join("new");
            if newest.is_dir() {
                measured.extend(one(&newest)?);
            }
        }
    }
    if measured.is_empty() {
        anyhow::bail!(
            "error: {}: no measurement; run `cargo xtask bench`",
            home.display()
        );
    }
    let order = |one: &Measured| {
        let bytes = one.bytes / statements(&one.group);
        // Sizes are whole numbers of bytes.
        (
            one.group.starts_with("redact"),
            bytes as u64,
            one.group.clone(),
        )
    };
    measured.sort_by_key(order);
    Ok(measured)
}

fn one(folder: &Path) -> anyhow::Result<Option<Measured>> {
    let benchmark: Benchmark = json(&folder.join("benchmark.json"))?;
    let estimates: Estimates = json(&folder.join("estimates.json"))?;
    let Some(throughput) = benchmark.throughput else {
        return Ok(None);
    };
    let estimate = estimates.slope.unwrap_or(estimates.mean);
    Ok(Some(Measured {
        group: benchmark.group_id,
        way: benchmark.function_id.unwrap_or_default(),
        bytes: throughput.bytes,
        nanoseconds: estimate.point_estimate,
    }))
}

fn json<T: serde::de::DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}

fn folders(parent: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(parent)
        .with_context(|| format!("error: {}: no measurements", parent.display()))?;
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    folders.retain(|entry| entry.is_dir());
    folders.sort();
    Ok(folders)
}

fn markdown(measured: &[Measured]) -> String {
    let mut text = String::from(HEAD);
    for one in measured {
        let base = measured
            .iter()
            .find(|other| other.group == one.group && other.way == BASE);
        let ratio = base.map_or_else(String::new, |base| {
            format!("{:.1}", base.nanoseconds / one.nanoseconds)
        });
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {:.0} | {ratio} |",
            one.group,
            one.way,
            one.microseconds(),
            one.megabytes_per_second(),
        );
    }
    text
}

const HEAD: &str = "\
# What decisions cost

Written by `cargo xtask bench` (criterion). Absolute numbers are of the machine that ran it; the ratios, taken side by side in one run, carry over better.

- *system*, *hardened*: the whole pack: surfaces, views, patterns, validators, dynamic policies; the decision tells where each policy matches.
- *one by one*: the patterns of `system` one after the other, as the platform does, but with the Rust engine; it tells only whether a pattern occurs. The platform's own engine is far slower: Go 1.19's `regexp`, with these patterns on these statements, on the machine of the shipped report, took 511 µs (200 B), 5.0 ms (2 kB) and 558 ms (200 kB) a statement.
- *bare RegexSet*: the same patterns in one `RegexSet`; it tells only which occur.
- The statements are from the harmless corpus: those in which neither pack sees anything; *with matches*: all of them, so that `system` finds something. `redact` masks that text.

| what | way | µs a statement | MB/s | times as fast as one by one |
|---|---|---:|---:|---:|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_within_a_group() {
        let of = |group: &str, way: &str, nanoseconds| Measured {
            group: group.to_owned(),
            way: way.to_owned(),
            bytes: 12_800.0,
            nanoseconds,
        };
        let text = markdown(&[
            of("decide 200 B", BASE, 640_000.0),
            of("decide 200 B", "system", 64_000.0),
            of("redact", "200 kB", 1_000.0),
        ]);
        assert!(
            text.contains("| decide 200 B | system | 1.0 | 200 | 10.0 |"),
            "{text}"
        );
        assert!(
            text.contains("| redact | 200 kB | 1.0 | 12800 |  |"),
            "{text}"
        );
    }
}
