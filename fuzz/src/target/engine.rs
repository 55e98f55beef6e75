use std::sync::LazyLock;
use std::time::Duration;

use hookproof_policy::check::processor_time;
use hookproof_policy::{Action, Decision, Engine, Input, Policy, Settings, View, translate};
use regex::Regex;

use super::{ENGINES, split, statement};

/// What a byte may cost. Instrumented code with assertions is ten times slower than the engine
/// itself, and text of no language makes a new state of the automaton with nearly every byte.
const PER_BYTE: Duration = Duration::from_micros(100);

/// What a statement may cost beside its bytes: automata that are built on first use.
const AT_ALL: Duration = Duration::from_millis(200);

/// Statements no longer than this are also judged many times over.
const UNIT: usize = 12;

/// The lesser length of those.
const LITTLE: usize = 8 << 10;

/// Places told of a policy that does not redact.
const SHOWN: usize = 16;

/// Policies whose pattern says everything: by engine, with their index.
static PLAIN: LazyLock<Vec<Vec<(usize, Regex)>>> =
    LazyLock::new(|| ENGINES.iter().map(plain).collect());

fn plain(engine: &Engine) -> Vec<(usize, Regex)> {
    let only = |policy: &Policy| {
        let more = [
            policy.except.is_some(),
            policy.context.is_some(),
            policy.validator.is_some(),
        ];
        let more = more.contains(&true);
        let raw = policy.view == View::Raw && policy.patterns.is_empty();
        let everywhere = policy.surfaces.is_empty() && policy.integration.is_none();
        let pattern = policy
            .pattern
            .as_ref()
            .filter(|_| !more && raw && everywhere)?;
        // Matches of these are cut to the group.
        let pattern = (!pattern.contains("<value>")).then_some(pattern)?;
        Some(Regex::new(&translate(pattern).ok()?).expect("the pack was checked"))
    };
    let policies = engine.pack().policies.iter().enumerate();
    policies
        .filter_map(|(index, policy)| Some((index, only(policy)?)))
        .collect()
}

/// A decision is the same every time and the same as pattern by pattern, in linear time.
pub fn engine(data: &[u8]) {
    let Some((choice, text)) = split(data) else {
        return;
    };
    let (engine, input) = statement(choice, &text);
    let settings = Settings::default();
    let decide = || {
        let start = processor_time();
        let decision = engine.decide(&input, &settings);
        (processor_time().saturating_sub(start), decision)
    };
    let (first, decision) = decide();
    let (second, again) = decide();
    assert_eq!(decision, again, "the same statement gave two decisions");
    let bound = AT_ALL + PER_BYTE * u32::try_from(text.len()).unwrap_or(u32::MAX);
    let fastest = first.min(second);
    assert!(fastest <= bound, "{fastest:?} for {} bytes", text.len());
    agrees(engine, &input, &decision);
    if !text.is_empty() && text.len() <= UNIT {
        grows_evenly(engine, &input);
    }
}

/// The same unit again and again: what is quadratic somewhere takes sixteen times as long for
/// four times as much.
fn grows_evenly(engine: &Engine, input: &Input<'_>) {
    let fastest = |bytes: usize| {
        let text = input.text.repeat(bytes / input.text.len() + 1);
        let input = Input {
            text: &text,
            ..*input
        };
        let decide = || {
            let start = processor_time();
            let _ = engine.decide(&input, &Settings::default());
            processor_time().saturating_sub(start)
        };
        decide().min(decide())
    };
    let (little, much) = (fastest(LITTLE), fastest(4 * LITTLE));
    assert!(
        much <= little * 10 + AT_ALL,
        "{little:?} for {LITTLE} bytes, {much:?} for four times as many"
    );
}

fn agrees(engine: &Engine, input: &Input<'_>, decision: &Decision) {
    let which = ENGINES.iter().position(|one| std::ptr::eq(one, engine));
    let Some(plain) = which.map(|which| &PLAIN[which]) else {
        return;
    };
    for (index, regex) in plain {
        let policy = &engine.pack().policies[*index];
        if policy.action.of(input.phase).is_none() {
            continue;
        }
        let found = decision.matches.iter().find(|one| one.policy == policy.id);
        let spans = found.map(|one| one.spans.clone()).unwrap_or_default();
        let limit = match found.map(|one| one.action) {
            Some(Action::Redact) => usize::MAX,
            Some(_) => SHOWN,
            None => 1,
        };
        let expected: Vec<_> = regex
            .find_iter(input.text)
            .map(|found| found.range())
            .take(limit)
            .collect();
        assert_eq!(spans, expected, "{}", policy.id);
    }
}
