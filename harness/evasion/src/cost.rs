use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hookproof_policy::check::processor_time;
use hookproof_policy::{Engine, Input, Phase, Settings};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, IteratorRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use serde::Serialize;

use crate::judge::all_on;

/// Nanoseconds of processor time that a byte of a statement may cost at most, in a build that is
/// optimised as this workspace's `dev` profile is. Ordinary text costs a few with the pack `system`
/// and a few hundred with `hardened`; whatever is beyond this lets a large file hold up a session.
pub const NANOSECONDS_PER_BYTE: f64 = 20_000.0;

/// How much more a byte may cost where there are eight times as many: less than linear time would
/// need, with room for caches that no longer hold everything.
pub const GROWTH: f64 = 3.0;

/// Bytes of a statement while searching.
const SIZE: usize = 8 << 10;

/// How many times that the costliest are made to see how they grow.
const FACTOR: usize = 8;

/// Statements kept to go on from.
const KEPT: usize = 12;

/// Statements reported.
const SHOWN: usize = 5;

/// Searches for statements that cost the most time for each byte.
pub struct CostSearch<'a> {
    /// The pack.
    pub engine: &'a Engine,
    /// What is tried: the same seed begins with the same statements.
    pub seed: u64,
    /// How long to search.
    pub time: Duration,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostReport {
    /// The pack.
    pub pack: String,
    /// What was tried.
    pub seed: u64,
    /// How many statements were.
    pub tried: usize,
    /// The costliest of them, the worst first.
    pub worst: Vec<Costly>,
}

/// A costly statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Costly {
    /// What it is made of, in any order, over and over.
    pub parts: Vec<String>,
    /// When it is judged.
    pub phase: Phase,
    /// The tool it comes from.
    pub tool: Option<&'static str>,
    /// Nanoseconds of processor time a byte.
    pub nanoseconds_per_byte: f64,
    /// How much more a byte costs with eight times as many.
    pub growth: f64,
}

impl Costly {
    /// Whether it costs more than a statement may.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.nanoseconds_per_byte > NANOSECONDS_PER_BYTE || self.growth > GROWTH
    }
}

impl CostReport {
    /// Text for people.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = format!(
            "{}: {} statements tried; a byte may cost {:.0} µs, and {GROWTH} times that in a statement {FACTOR} times as long\n",
            self.pack,
            self.tried,
            NANOSECONDS_PER_BYTE / 1e3,
        );
        for one in &self.worst {
            let mark = if one.is_beyond() { "BEYOND" } else { "within" };
            let tool = one.tool.unwrap_or("any tool");
            let _ = writeln!(
                text,
                "  {mark}  {:.2} µs a byte, × {:.1}  {:?}, {tool}: {:?}",
                one.nanoseconds_per_byte / 1e3,
                one.growth,
                one.phase,
                one.parts,
            );
        }
        text
    }
}

/// A statement to try.
#[derive(Clone, Debug)]
struct Tried {
    parts: Vec<String>,
    phase: Phase,
    tool: Option<&'static str>,
    cost: f64,
}

const TOOLS: [Option<&str>; 5] = [
    None,
    Some("Bash"),
    Some("Write"),
    Some("NotebookEdit"),
    Some("mcp__db__query"),
];

impl CostSearch<'_> {
    /// Searches until the time is over.
    #[must_use]
    pub fn run(&self) -> CostReport {
        let settings = all_on(self.engine);
        let mut rng = StdRng::seed_from_u64(self.seed);
        let fragments = fragments(self.engine);
        let end = Instant::now() + self.time;
        let mut kept: Vec<Tried> = Vec::new();
        let mut tried = 0;
        while Instant::now() < end {
            let mut next = match kept.choose(&mut rng) {
                // Now and then something quite new.
                Some(one) if tried % 4 != 0 => one.clone(),
                _ => Tried {
                    parts: vec![pick(&fragments, &mut rng)],
                    phase: [Phase::Request, Phase::Response][rng.random_range(0..2)],
                    tool: TOOLS[rng.random_range(0..TOOLS.len())],
                    cost: 0.0,
                },
            };
            change(&mut next, &fragments, &mut rng);
            next.cost = self.cost(&next, tried as u64, SIZE, &settings);
            tried += 1;
            keep(&mut kept, next);
        }
        kept.truncate(SHOWN);
        let costly = |one: Tried| self.measured(one, &settings);
        let mut worst: Vec<Costly> = kept.into_iter().map(costly).collect();
        worst.sort_by(|a, b| b.nanoseconds_per_byte.total_cmp(&a.nanoseconds_per_byte));
        CostReport {
            pack: self.engine.pack().id.clone(),
            seed: self.seed,
            tried,
            worst,
        }
    }

    /// Once more, in other orders of its parts, so that neither chance nor what is remembered of it
    /// decides.
    fn measured(&self, one: Tried, settings: &Settings) -> Costly {
        let cheapest = |size| {
            let costs = (1..4).map(|n| self.cost(&one, u64::MAX - n, size, settings));
            costs.fold(f64::INFINITY, f64::min)
        };
        let (small, large) = (cheapest(SIZE), cheapest(SIZE * FACTOR));
        Costly {
            parts: one.parts,
            phase: one.phase,
            tool: one.tool,
            nanoseconds_per_byte: small.max(large),
            growth: large / small,
        }
    }

    fn cost(&self, one: &Tried, order: u64, size: usize, settings: &Settings) -> f64 {
        let text = text(&one.parts, order, size);
        let input = Input {
            text: &text,
            phase: one.phase,
            tool: one.tool,
        };
        let begun = processor_time();
        std::hint::black_box(self.engine.decide(&input, settings));
        let took = processor_time().saturating_sub(begun);
        // Sizes are far below the numbers that are no longer exact.
        took.as_nanos() as f64 / text.len().max(1) as f64
    }
}

/// The parts in an order of their own, over and over.
fn text(parts: &[String], order: u64, size: usize) -> String {
    let mut rng = StdRng::seed_from_u64(order);
    let mut text = String::with_capacity(size + 256);
    while text.len() < size {
        match parts.choose(&mut rng) {
            Some(part) if !part.is_empty() => text.push_str(part),
            _ => break,
        }
    }
    text
}

/// What the pack looks for, what only resembles it, and what texts are made of.
fn fragments(engine: &Engine) -> Vec<String> {
    let policies = engine.pack().policies.iter();
    let examples =
        policies.flat_map(|policy| policy.must_match.iter().chain(&policy.must_not_match));
    let mut all: Vec<String> = Vec::new();
    for example in examples {
        all.push(example.clone());
        all.extend(example.split_whitespace().map(str::to_owned));
    }
    let signs = " \n\t'\"`\\$(){}[]<>|&;#-=*/.,:@!?%_0aAzé\u{200b}Ａ";
    all.extend(signs.chars().map(String::from));
    all.sort();
    all.dedup();
    all
}

fn pick(fragments: &[String], rng: &mut StdRng) -> String {
    fragments.choose(rng).cloned().unwrap_or_default()
}

/// Changes one thing.
fn change(one: &mut Tried, fragments: &[String], rng: &mut StdRng) {
    let at = rng.random_range(0..one.parts.len());
    match rng.random_range(0..7) {
        0 => one.parts.push(pick(fragments, rng)),
        1 if one.parts.len() > 1 => {
            one.parts.swap_remove(at);
        }
        2 => one.parts[at] = pick(fragments, rng),
        3 => one.parts[at] = beginning(&one.parts[at], rng),
        4 => {
            let more = pick(fragments, rng);
            one.parts[at].push_str(&more);
        }
        5 => one.tool = TOOLS[rng.random_range(0..TOOLS.len())],
        _ => one.phase = [Phase::Request, Phase::Response][rng.random_range(0..2)],
    }
}

fn beginning(part: &str, rng: &mut StdRng) -> String {
    let ends = part.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.choose(rng)
        .map_or_else(String::new, |end| part[..end].to_owned())
}

/// The costliest first, and no more than are worth going on from.
fn keep(kept: &mut Vec<Tried>, next: Tried) {
    let at = kept.partition_point(|one| one.cost >= next.cost);
    if at < KEPT {
        kept.insert(at, next);
        kept.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_costliest_are_kept_in_order() {
        let mut kept = Vec::new();
        for cost in [3.0, 9.0, 1.0, 5.0].into_iter().cycle().take(40) {
            let one = Tried {
                parts: vec!["a".to_owned()],
                phase: Phase::Request,
                tool: None,
                cost,
            };
            keep(&mut kept, one);
        }
        let costs: Vec<f64> = kept.iter().map(|one| one.cost).collect();
        assert_eq!(costs.len(), KEPT);
        assert!(costs.is_sorted_by(|a, b| a >= b));
        assert_eq!(costs[0], 9.0);
    }

    #[test]
    fn the_same_order_is_the_same_text() {
        let parts = ["ab".to_owned(), "é".to_owned()];
        assert_eq!(text(&parts, 7, 100), text(&parts, 7, 100));
        assert_ne!(text(&parts, 7, 100), text(&parts, 8, 100));
        assert!(text(&parts, 7, 100).len() >= 100);
        assert_eq!(text(&[String::new()], 7, 100), "");
    }

    #[test]
    fn what_costs_too_much_is_beyond() {
        let costly = |nanoseconds_per_byte, growth| Costly {
            parts: Vec::new(),
            phase: Phase::Request,
            tool: None,
            nanoseconds_per_byte,
            growth,
        };
        assert!(!costly(500.0, 1.1).is_beyond());
        assert!(costly(NANOSECONDS_PER_BYTE * 2.0, 1.0).is_beyond());
        assert!(costly(500.0, 8.0).is_beyond());
    }
}
