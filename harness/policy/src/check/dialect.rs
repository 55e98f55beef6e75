use std::ops::Range;

use pcre2::bytes::{Regex, RegexBuilder};

use super::{Finding, Kind, short};
use crate::engine::Rule;
use crate::{Pack, Policy};

/// What people run in place of RE2: PCRE2, which backtracks.
pub(super) fn check(pack: &Pack) -> Vec<Finding> {
    pack.policies.iter().filter_map(of_policy).collect()
}

fn of_policy(policy: &Policy) -> Option<Finding> {
    let finding = |kind, message| {
        Some(Finding {
            policy: policy.id.clone(),
            kind,
            message,
        })
    };
    for pattern in policy.all_patterns() {
        let ours = Rule::regex(&pattern.pattern).ok()?;
        let theirs = match RegexBuilder::new().utf(true).build(&pattern.pattern) {
            Ok(theirs) => theirs,
            Err(error) => {
                return finding(
                    Kind::Dialect,
                    format!("a backtracking engine does not take it: {error}"),
                );
            }
        };
        for probe in probes(policy) {
            let our = ours.find(&probe).map(|found| found.range());
            match their_span(&theirs, &probe) {
                Err(error) => {
                    return finding(
                        Kind::Backtracking,
                        format!(
                            "a backtracking engine gives up on {}: {error}",
                            short(&probe)
                        ),
                    );
                }
                Ok(their) if their != our => {
                    return finding(
                        Kind::Dialect,
                        format!(
                            "on {} RE2 finds {our:?}, a backtracking engine {their:?}",
                            short(&probe)
                        ),
                    );
                }
                Ok(_) => {}
            }
        }
    }
    None
}

fn their_span(regex: &Regex, text: &str) -> Result<Option<Range<usize>>, pcre2::Error> {
    Ok(regex
        .find(text.as_bytes())?
        .map(|found| found.start()..found.end()))
}

/// The examples, and the same with what the dialects disagree about.
fn probes(policy: &Policy) -> impl Iterator<Item = String> + '_ {
    let examples = policy.must_match.iter().chain(&policy.must_not_match);
    examples.flat_map(|example| {
        [
            example.clone(),
            format!("{example}\n"),
            example.replace(' ', "\u{b}"),
            example
                .replace(['k', 'K'], "\u{212a}")
                .replace('s', "\u{17f}"),
            example.repeat(64),
        ]
    })
}
