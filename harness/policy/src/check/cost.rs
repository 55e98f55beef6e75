use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::{Finding, Kind, short};
use crate::engine::Rule;
use crate::{Pack, Policy};

const SMALL: usize = 8 << 10;
const FACTOR: usize = 8;

/// With eight times the input, linear time is eight times as long and quadratic 64 times. Where
/// between them a pattern is called costly leaves room for a busy machine.
const TOLERATED: f64 = 24.0;

/// Below this the clock says more than the pattern.
const NOTICEABLE: Duration = Duration::from_millis(2);

pub(super) fn check(pack: &Pack) -> Vec<Finding> {
    pack.policies.iter().filter_map(of_policy).collect()
}

fn of_policy(policy: &Policy) -> Option<Finding> {
    policy
        .all_patterns()
        .enumerate()
        .find_map(|(index, pattern)| {
            let rule = Rule::new(index, policy, &pattern.pattern);
            let fill = fillings(policy)
                .into_iter()
                .find(|fill| grows(&rule, fill))?;
            Some(Finding {
                policy: policy.id.clone(),
                kind: Kind::Cost,
                message: format!(
                    "takes more than linear time on {} over and over",
                    short(&fill)
                ),
            })
        })
}

/// What an input is filled with: examples, their beginnings, their single characters.
fn fillings(policy: &Policy) -> Vec<String> {
    let mut all = Vec::new();
    for example in policy.must_match.iter().chain(&policy.must_not_match) {
        all.push(format!("{example} "));
        let chars: Vec<char> = example.chars().collect();
        for part in [1, 2, 3] {
            all.push(chars[..chars.len() * part / 4].iter().collect());
        }
    }
    all.extend(
        [
            "a", "A", "0", " ", "-", ".", "/", "\"", "(", "a ", "0 ", "A0",
        ]
        .map(str::to_owned),
    );
    all.retain(|fill| !fill.is_empty());
    all.sort();
    all.dedup();
    all
}

fn grows(rule: &Rule, fill: &str) -> bool {
    let time = |size: usize, runs: usize| {
        let text = fill.repeat(size / fill.len() + 1);
        let run = |_| {
            let start = processor_time();
            std::hint::black_box(rule.spans(&text).count());
            processor_time().saturating_sub(start)
        };
        (0..runs).map(run).min().unwrap_or_default()
    };
    if time(SMALL * FACTOR, 1) < NOTICEABLE {
        return false;
    }
    let (small, large) = (time(SMALL, 5), time(SMALL * FACTOR, 3));
    large >= NOTICEABLE && large.as_secs_f64() > TOLERATED * small.as_secs_f64()
}

/// The processor time of this thread alone: a busy machine does not make a pattern look slow.
#[must_use]
pub fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap_or_default()
}
