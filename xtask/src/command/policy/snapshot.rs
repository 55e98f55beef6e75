//! `cargo xtask policy snapshot`: decisions on a corpus, compared with the last ones.

use super::{corpus, engines};
use crate::arguments::SnapshotArguments;
use crate::{Failed, places};
use anyhow::anyhow;
use hookproof_corpus::snapshot::{Snapshot, Store, StoreError};
use hookproof_corpus::{names_a_folder, session};
use hookproof_suite::Exit;
use std::collections::BTreeMap;

pub(crate) fn run(arguments: &SnapshotArguments) -> Result<Exit, Failed> {
    let engines = engines(&arguments.pack)?;
    let corpus = corpus(arguments.corpus.as_deref())?;
    if corpus.is_empty() {
        anstream::eprintln!(
            "error: the corpus holds no statement\n  help: it has files KIND/AREA.jsonl, one JSON object a line"
        );
        return Ok(Exit::NothingRun);
    }
    let folder = match (&arguments.snapshots, &arguments.corpus) {
        (Some(given), _) => given.clone(),
        (None, Some(corpus)) => corpus.join("snapshots"),
        (None, None) => places::snapshots(),
    };
    let settings = session();
    let mut exit = Exit::Conforms;
    for engine in &engines {
        let id = &engine.pack().id;
        if !names_a_folder(engine.pack()) {
            return Err(Failed::usage(anyhow!(
                "error: the pack's id `{id}` cannot name a folder\n  help: use letters, digits, `_` and `-`"
            )));
        }
        let store = Store::new(&folder, id);
        let taken: BTreeMap<String, Snapshot> = corpus
            .areas
            .iter()
            .map(|area| (area.name.clone(), Snapshot::take(engine, &settings, area)))
            .collect();
        if arguments.update {
            let done = store.update(&taken).map_err(failed)?;
            anstream::println!(
                "{id}: {} statements in {} files; {} written, {} removed",
                corpus.len(),
                taken.len(),
                done.written,
                done.removed
            );
            continue;
        }
        let difference = store.compare(&taken).map_err(failed)?;
        if difference.is_empty() {
            anstream::println!("{id}: {} statements, nothing changed", corpus.len());
            continue;
        }
        exit = Exit::Violates;
        anstream::print!("{id}: decisions changed\n\n{difference}");
        anstream::println!(
            "\n  help: `cargo xtask policy snapshot --update` writes them, for review"
        );
    }
    Ok(exit)
}

fn failed(error: StoreError) -> Failed {
    let text = anyhow!("error: {error}");
    match error {
        StoreError::Text { .. } => Failed::usage(text),
        StoreError::Io { .. } => Failed::harness(text),
    }
}
