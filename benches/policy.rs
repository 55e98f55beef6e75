//! What a decision costs, by size of the statement, beside plainer ways to match.
#![allow(
    missing_docs,
    reason = "what criterion's macros make has no documentation"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hookproof_benches::{BareSet, Corpus, OneByOne};
use hookproof_policy::{Engine, Input, Pack, Phase, Settings};

fn engine(pack: &str) -> Engine {
    let pack = Pack::shipped(pack).expect("it ships");
    Engine::new(pack.unwrap_or_else(|errors| panic!("{errors}")))
}

/// Statements of one kind; one iteration takes each once, so that no single one decides.
struct Statements {
    name: &'static str,
    texts: Vec<String>,
}

fn statements(engines: &[&Engine]) -> Vec<Statements> {
    let commands = Corpus::commands().unremarkable(engines);
    let harmless = Corpus::everything().unremarkable(engines);
    let of = |name, texts| Statements { name, texts };
    vec![
        of("200 B", commands.sized(200, " && ", 64)),
        of("2 kB", harmless.sized(2_000, "\n", 16)),
        of("200 kB", harmless.sized(200_000, "\n", 1)),
        // The platform's patterns find something in ordinary texts, and then tell where.
        of(
            "200 kB with matches",
            Corpus::everything().sized(200_000, "\n", 1),
        ),
    ]
}

/// A way to decide, and its name.
type Way<'a> = (&'static str, &'a dyn Fn(&str));

fn decide(criterion: &mut Criterion) {
    let (system, hardened) = (engine("system"), engine("hardened"));
    let one_by_one = OneByOne::new(system.pack(), Phase::Request);
    let bare = BareSet::new(system.pack(), Phase::Request);
    let settings = Settings::default();
    let decide = |engine: &Engine, text: &str| {
        black_box(engine.decide(&Input::request(black_box(text)), &settings));
    };
    let ways: [Way<'_>; 4] = [
        ("system", &|text| decide(&system, text)),
        ("hardened", &|text| decide(&hardened, text)),
        ("bare RegexSet", &|text| {
            black_box(bare.matching(black_box(text)));
        }),
        ("one by one", &|text| {
            black_box(one_by_one.matching(black_box(text)));
        }),
    ];
    for Statements { name, texts } in statements(&[&system, &hardened]) {
        let bytes: usize = texts.iter().map(String::len).sum();
        let mut group = criterion.benchmark_group(format!("decide {name}"));
        group.throughput(Throughput::Bytes(bytes as u64));
        for (way, decide) in ways {
            group.bench_function(way, |bencher| {
                bencher.iter(|| texts.iter().for_each(|text| decide(text)));
            });
        }
        group.finish();
    }
}

fn redact(criterion: &mut Criterion) {
    let engine = engine("system");
    let settings = Settings::default();
    let texts = Corpus::everything().sized(200_000, "\n", 1);
    // As tools answer: all of the output in one string.
    let json = serde_json::json!({ "stdout": texts[0], "exit": 0 }).to_string();
    let mut group = criterion.benchmark_group("redact");
    for (name, text) in [("200 kB", &texts[0]), ("200 kB of JSON", &json)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| engine.mask(&Input::response(black_box(text)), &settings));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(2));
    targets = decide, redact
}
criterion_main!(benches);
