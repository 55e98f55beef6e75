//! Texts that may not appear, files afterwards, hosts outside loopback, processes left behind.

use super::Finding;
use super::host::{streams, told_to_model};
use super::text::{excerpt, judge};
use crate::evidence::{Evidence, FileSeen, StepEvidence};
use crate::scenario::{Expect, FileExpect};
use hookproof_agent::Call;
use regex::Regex;

pub(super) fn evaluate(
    expect: &Expect,
    step: &StepEvidence,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) {
    if !expect.nowhere.is_empty() {
        findings.push(absent(
            "nowhere",
            &expect.nowhere,
            &everywhere(step, evidence),
            step.bytes_unseen(),
        ));
    }
    if !expect.secret.is_empty() {
        findings.push(absent(
            "secret",
            &expect.secret,
            &in_public(step, evidence),
            step.bytes_unseen(),
        ));
    }
    for file in &expect.files {
        findings.push(one_file(file, step));
    }
    if let Some(allowed) = &expect.outside {
        findings.push(outside(allowed, step));
    }
    if expect.leaves_nothing == Some(true) {
        findings.push(leaves_nothing(step));
    }
}

fn leaves_nothing(step: &StepEvidence) -> Finding {
    let expected = "no process of the hook is left once its requests are over";
    match &step.leftovers {
        Err(why) => Finding::unknown("leaves-nothing", expected, why.clone()),
        Ok(left) if left.is_empty() => Finding::new("leaves-nothing", expected, "nothing", true),
        Ok(left) => Finding::new("leaves-nothing", expected, left.join("; "), false),
    }
}

/// A place where a text can turn up, and its content.
type Place = (String, Vec<u8>);

fn in_public(step: &StepEvidence, evidence: &Evidence) -> Vec<Place> {
    let mut places = outputs(step);
    places.extend(
        evidence
            .command_lines
            .iter()
            .map(|line| ("a command line".to_owned(), line.clone().into_bytes())),
    );
    let readable = step
        .files
        .iter()
        .filter(|f| !f.arranged && f.mode & 0o077 != 0);
    places.extend(readable.map(|f| {
        (
            format!("the file {} (mode {:o})", f.path, f.mode),
            f.content.clone(),
        )
    }));
    places
}

fn everywhere(step: &StepEvidence, evidence: &Evidence) -> Vec<Place> {
    let mut places = outputs(step);
    places.extend(
        evidence
            .command_lines
            .iter()
            .map(|line| ("a command line".to_owned(), line.clone().into_bytes())),
    );
    let audits = step.wire.iter().filter(|e| e.call == Call::AuditToolCall);
    places.extend(audits.map(|e| ("the audit request".to_owned(), e.body.to_vec())));
    let files = step.files.iter().filter(|f| !f.arranged);
    places.extend(files.map(|f| (format!("the file {}", f.path), f.content.clone())));
    places
}

fn outputs(step: &StepEvidence) -> Vec<Place> {
    let mut places = Vec::new();
    for outcome in &step.outcomes {
        places.push((
            "stdout".to_owned(),
            streams(outcome, |f| &f.stdout).into_bytes(),
        ));
        places.push((
            "stderr".to_owned(),
            streams(outcome, |f| &f.stderr).into_bytes(),
        ));
        places.push((
            "what the model is told".to_owned(),
            told_to_model(outcome).into_bytes(),
        ));
    }
    places
}

fn absent(check: &str, texts: &[String], places: &[Place], unseen: u64) -> Finding {
    let shown: Vec<_> = texts.iter().map(|t| excerpt(t)).collect();
    let expected = format!("{} nowhere", shown.join(", "));
    for text in texts {
        // A text inside JSON inside JSON is written with escapes: look for those forms as well.
        let forms = forms_of(text);
        for (place, content) in places {
            if forms.iter().any(|form| contains(content, form.as_bytes())) {
                return Finding::new(
                    check,
                    expected,
                    format!("{} in {place}", excerpt(text)),
                    false,
                );
            }
        }
    }
    if unseen > 0 {
        let why = format!("{unseen} bytes of the hook's output were too many to keep");
        return Finding::unknown(check, expected, why);
    }
    Finding::new(check, expected, "nowhere", true)
}

fn forms_of(text: &str) -> Vec<String> {
    let once = serde_json::Value::from(text).to_string();
    let once = once[1..once.len() - 1].to_owned();
    let twice = serde_json::Value::from(once.as_str()).to_string();
    let twice = twice[1..twice.len() - 1].to_owned();
    let mut forms = vec![text.to_owned(), once, twice];
    forms.dedup();
    forms
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && memchr::memmem::find(content, part).is_some()
}

fn one_file(expect: &FileExpect, step: &StepEvidence) -> Finding {
    let check = format!("file[{}]", expect.path);
    let expected = file_words(expect);
    let Some(pattern) = glob(&expect.path) else {
        return Finding::new(&check, expected, "the pattern cannot be read", false);
    };
    let found: Vec<&FileSeen> = step
        .files
        .iter()
        .filter(|f| pattern.is_match(&f.path))
        .collect();
    if found.is_empty() || !expect.exists {
        let names: Vec<_> = found.iter().map(|f| f.path.as_str()).collect();
        let observed = if names.is_empty() {
            "no such file".to_owned()
        } else {
            names.join(", ")
        };
        return Finding::new(
            &check,
            expected,
            observed,
            found.is_empty() != expect.exists,
        );
    }
    for file in &found {
        if let Some(mode) = &expect.mode
            && u32::from_str_radix(mode, 8).ok() != Some(file.mode)
        {
            return Finding::new(
                &check,
                expected,
                format!("{} has mode {:o}", file.path, file.mode),
                false,
            );
        }
        if let Some(text) = &expect.text
            && let Err((_, observed)) = judge(text, &String::from_utf8_lossy(&file.content))
        {
            return Finding::new(
                &check,
                expected,
                format!("{} holds {observed}", file.path),
                false,
            );
        }
    }
    Finding::new(&check, expected, format!("{} file(s)", found.len()), true)
}

fn file_words(expect: &FileExpect) -> String {
    if !expect.exists {
        return format!("no file {}", expect.path);
    }
    let mode = expect
        .mode
        .as_deref()
        .map(|m| format!(" with mode {m}"))
        .unwrap_or_default();
    let text = expect
        .text
        .as_ref()
        .map(|t| format!(" that {}", super::text::words(t)))
        .unwrap_or_default();
    format!("a file {}{mode}{text}", expect.path)
}

fn glob(path: &str) -> Option<Regex> {
    let pattern = regex::escape(path)
        .replace(r"\*\*", ".*")
        .replace(r"\*", "[^/]*");
    Regex::new(&format!("^{pattern}$")).ok()
}

fn outside(allowed: &[String], step: &StepEvidence) -> Finding {
    let expected = if allowed.is_empty() {
        "no connection outside loopback is asked for".to_owned()
    } else {
        format!(
            "no connection outside loopback but to {}",
            allowed.join(", ")
        )
    };
    let others: Vec<_> = step
        .outside
        .iter()
        .filter(|a| !a.routed && !allowed.contains(&a.host))
        .map(|a| format!("{}:{} ({})", a.host, a.port, excerpt(&a.what)))
        .collect();
    let observed = if others.is_empty() {
        "none".to_owned()
    } else {
        others.join(", ")
    };
    Finding::new("outside", expected, observed, others.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_paths() {
        let pattern = glob("~/.cache/*/thr.ttle-*").unwrap();
        assert!(pattern.is_match("~/.cache/axonflow/thr.ttle-until"));
        assert!(!pattern.is_match("~/.cache/a/b/thr.ttle-until"));
        assert!(!pattern.is_match("~/.cache/axonflow/thrXttle-until"));
        assert!(glob("~/**").unwrap().is_match("~/a/b"));
    }

    #[test]
    fn escaped_forms_are_found_too() {
        let places = vec![("x".to_owned(), br#"{"a":"say \"hi\""}"#.to_vec())];
        assert!(!absent("nowhere", &["say \"hi\"".into()], &places, 0).held);
        assert!(absent("nowhere", &["other".into()], &places, 0).held);
    }
}
