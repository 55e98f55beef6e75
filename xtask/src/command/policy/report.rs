//! `cargo xtask policy report`: precision and recall on a corpus.

use super::{corpus, engines};
use crate::arguments::ReportArguments;
use crate::command::publish;
use crate::{Failed, places};
use hookproof_corpus::{Measure, markdown, session};
use hookproof_suite::Exit;
use std::path::PathBuf;

pub(crate) fn run(arguments: &ReportArguments) -> Result<Exit, Failed> {
    let engines = engines(&arguments.pack)?;
    let corpus = corpus(arguments.corpus.as_deref())?;
    if corpus.is_empty() {
        anstream::eprintln!("error: the corpus holds no statement");
        return Ok(Exit::NothingRun);
    }
    let settings = session();
    let measures: Vec<Measure> = engines
        .iter()
        .map(|engine| Measure::take(engine, &settings, &corpus))
        .collect();
    let text = markdown(&measures);
    let ours = arguments.pack.is_empty() && arguments.corpus.is_none();
    let out = match &arguments.out {
        Some(given) => given.clone(),
        None if ours => places::policy_report(),
        None => PathBuf::from("-"),
    };
    if publish(&text, &out)? {
        anstream::println!("{}: {} statements", places::shown(&out), corpus.len());
    }
    Ok(Exit::Conforms)
}
