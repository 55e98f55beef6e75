//! `cargo xtask policy eval`: decisions on statements from stdin.

use crate::Failed;
use crate::arguments::{EvalArguments, PhaseChoice};
use anyhow::anyhow;
use hookproof_corpus::{Lines, Statement, StreamError};
use hookproof_policy::{Action, Decision, Engine, Match, Phase, Posture, Settings};
use hookproof_suite::Exit;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, BufReader, BufWriter, Write};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;

pub(crate) fn run(arguments: &EvalArguments) -> Result<Exit, Failed> {
    let engine = Engine::new(super::pack(&arguments.pack)?);
    let mut settings = settings(arguments, &engine)?;
    let mut lines = Lines::new(BufReader::with_capacity(CHUNK, io::stdin()), "<stdin>");
    let mut out = BufWriter::new(io::stdout().lock());
    loop {
        let (line, mut statement) = match lines.next_statement() {
            Ok(Some(next)) => next,
            Ok(None) => break,
            Err(error) => {
                out.flush().or_else(reader_left).map_err(Failed::harness)?;
                return Err(unreadable(&error));
            }
        };
        statement.phase.get_or_insert(match arguments.phase {
            PhaseChoice::Request => Phase::Request,
            PhaseChoice::Response => Phase::Response,
        });
        if let Some(tool) = &statement.tool {
            settings.activate_for(tool);
        }
        let decision = engine.decide(&statement.input(), &settings);
        let text = if arguments.explain {
            explained(line, &statement, &decision)
        } else {
            serde_json::to_string(&Line::of(&decision)).map_err(Failed::harness)?
        };
        let mut written = writeln!(out, "{text}");
        if lines.reader().buffer().is_empty() {
            // Whoever feeds us line by line waits for this one.
            written = written.and_then(|()| out.flush());
        }
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Exit::Conforms),
            other => other.map_err(Failed::harness)?,
        }
    }
    out.flush().or_else(reader_left).map_err(Failed::harness)?;
    Ok(Exit::Conforms)
}

/// A reader that has seen enough is no error.
fn reader_left(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(error)
}

fn unreadable(error: &StreamError) -> Failed {
    let text = anyhow!("error: {error}");
    match error {
        StreamError::Read { .. } => Failed::harness(text),
        StreamError::Line { .. } => Failed::usage(text),
    }
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    allowed: bool,
    action: String,
    policies: Vec<&'a str>,
    redacted: Option<&'a str>,
    matches: &'a [Match],
    policies_evaluated: usize,
    block_reason: Option<String>,
}

impl<'a> Line<'a> {
    fn of(decision: &'a Decision) -> Self {
        Self {
            allowed: decision.allowed(),
            action: decision.verdict.to_string(),
            policies: decision
                .matches
                .iter()
                .map(|one| one.policy.as_str())
                .collect(),
            redacted: decision.redacted.as_deref(),
            matches: &decision.matches,
            policies_evaluated: decision.evaluated,
            block_reason: decision.block_reason(),
        }
    }
}

fn explained(line: usize, statement: &Statement, decision: &Decision) -> String {
    let mut text = format!("{line}: {}: {}", decision.verdict, excerpt(&statement.text));
    for one in &decision.matches {
        let _ = write!(
            text,
            "\n    {}: {} ({}, {}, {})",
            one.action, one.policy, one.name, one.category, one.severity
        );
        for span in one.spans.iter().take(3) {
            let found = statement.text.get(span.clone()).unwrap_or_default();
            let _ = write!(text, "\n        at {}: {}", span.start, excerpt(found));
        }
        if let Some(saw) = &one.saw {
            let _ = write!(text, "\n        it reads: {}", excerpt(saw));
        }
    }
    if let Some(redacted) = &decision.redacted {
        let _ = write!(text, "\n    goes on as: {}", excerpt(redacted));
    }
    text
}

fn excerpt(text: &str) -> String {
    const LONGEST: usize = 120;
    let quoted = serde_json::Value::from(text).to_string();
    match quoted.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &quoted[..at]),
        None => quoted,
    }
}

fn settings(arguments: &EvalArguments, engine: &Engine) -> Result<Settings, Failed> {
    let mut posture = match arguments.profile.as_deref() {
        None => Posture::default(),
        Some(name) => Posture::profile(name).ok_or_else(|| {
            Failed::usage(anyhow!(
                "error: --profile {name}: there is no such profile\n  help: dev, default, strict or compliance"
            ))
        })?,
    };
    for given in &arguments.posture {
        set(&mut posture, given)?;
    }
    let known: std::collections::BTreeSet<&str> = engine
        .pack()
        .policies
        .iter()
        .filter_map(|policy| policy.integration.as_deref())
        .collect();
    for name in &arguments.integration {
        if !known.contains(name.as_str()) {
            let names: Vec<&str> = known.into_iter().collect();
            let help = if names.is_empty() {
                "this pack has none".to_owned()
            } else {
                format!("this pack has {}", names.join(", "))
            };
            return Err(Failed::usage(anyhow!(
                "error: --integration {name}: no policy belongs to it\n  help: {help}"
            )));
        }
    }
    Ok(Settings {
        posture,
        integrations: arguments.integration.iter().cloned().collect(),
        ..Settings::default()
    })
}

fn set(posture: &mut Posture, given: &str) -> Result<(), Failed> {
    let wrong = |what: &str| {
        Failed::usage(anyhow!(
            "error: --posture {given}: {what}\n  help: write GROUP=ACTION; groups are pii, sqli, sensitive-data, dangerous-command; actions are block, redact, require_approval, warn, log"
        ))
    };
    let (group, action) = given.split_once('=').ok_or_else(|| wrong("no `=`"))?;
    let action: Action = serde_json::from_value(action.into())
        .map_err(|_| wrong(&format!("`{action}` is no action")))?;
    let lever = match group.replace('_', "-").as_str() {
        "pii" => &mut posture.pii,
        "sqli" => &mut posture.sqli,
        "sensitive-data" => &mut posture.sensitive_data,
        "dangerous-command" => &mut posture.dangerous_command,
        _ => return Err(wrong(&format!("`{group}` is no group"))),
    };
    *lever = Some(action);
    Ok(())
}
