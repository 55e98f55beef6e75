//! `cargo xtask policy check`: does a pack keep what it promises?

use super::described;
use crate::Failed;
use crate::arguments::{CheckArguments, CheckFormat};
use hookproof_policy::check::{Finding, Kind, check};
use hookproof_policy::{Engine, Pack};
use hookproof_suite::Exit;
use serde_json::json;

pub(crate) fn run(arguments: &CheckArguments) -> Result<Exit, Failed> {
    let mut exit = Exit::Conforms;
    let mut documents = Vec::new();
    for name in &arguments.packs {
        let pack = match Pack::open(name) {
            Ok(pack) => pack,
            Err(error) => {
                // The other packs are still worth a look.
                anstream::eprintln!("{:#}", described(error));
                exit = exit.max(Exit::Usage);
                continue;
            }
        };
        let engine = Engine::new(pack);
        let findings = check(&engine);
        if errors(&findings) > 0 {
            exit = exit.max(Exit::Violates);
        }
        match arguments.format {
            CheckFormat::Pretty => pretty(name, engine.pack(), &findings),
            CheckFormat::Json => documents.push(json!({
                "pack": engine.pack().id,
                "source": name,
                "policies": engine.pack().policies.len(),
                "dynamic": engine.pack().dynamic.len(),
                "errors": errors(&findings),
                "notes": findings.len() - errors(&findings),
                "findings": findings,
            })),
        }
    }
    if arguments.format == CheckFormat::Json {
        anstream::println!("{:#}", json!({ "packs": documents }));
    }
    Ok(exit)
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|one| one.kind.is_error()).count()
}

/// Kinds in the order in which they matter, each with a title.
const KINDS: [(Kind, &str); 6] = [
    (Kind::Example, "examples that do not hold"),
    (Kind::Duplicate, "duplicate policies"),
    (Kind::Cost, "patterns that take more than linear time"),
    (Kind::Shadowed, "shadowed policies"),
    (
        Kind::Dialect,
        "patterns that a backtracking engine reads otherwise",
    ),
    (
        Kind::Backtracking,
        "patterns that a backtracking engine gives up on",
    ),
];

fn pretty(name: &str, pack: &Pack, findings: &[Finding]) {
    let errors = errors(findings);
    anstream::println!(
        "{name}: {} policies, {} dynamic; {errors} errors, {} notes",
        pack.policies.len(),
        pack.dynamic.len(),
        findings.len() - errors
    );
    for (kind, title) in KINDS {
        let of_kind: Vec<_> = findings.iter().filter(|one| one.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        anstream::println!("\n  {title}: {}", of_kind.len());
        for finding in of_kind {
            anstream::println!("    {finding}");
        }
    }
    if !findings.is_empty() {
        anstream::println!();
    }
}
