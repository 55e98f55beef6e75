//! What a decision costs, by size of the statement, beside plainer ways to match.
#![allow(
    missing_docs,
    reason = "what criterion's macros make has no documentation"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hookproof_benches::{BareSet, Corpus, OneByOne};
use hookproof_policy::{Engine, Input, Pack, Phase, Settings};

fn engine(pack: &str) -> Engine {
    let pack = Pack::shipped(pack).expect("it ships");
    Engine::new(pack.unwrap_or_else(|errors| panic!("{errors}")))
}

/// Statements of one size; one iteration takes each once, so that no single one decides.
fn statements() -> [(&'static str, Vec<String>); 3] {
    [
        ("200 B", Corpus::commands().sized(200, " && ", 64)),
        ("2 kB", Corpus::everything().sized(2_000, "\n", 16)),
        ("200 kB", Corpus::everything().sized(200_000, "\n", 1)),
    ]
}

fn decide(criterion: &mut Criterion) {
    let engines = [
        ("system", engine("system")),
        ("hardened", engine("hardened")),
    ];
    let pack = engines[0].1.pack();
    let (one_by_one, bare) = (
        OneByOne::new(pack, Phase::Request),
        BareSet::new(pack, Phase::Request),
    );
    let settings = Settings::default();
    for (size, texts) in statements() {
        let bytes: usize = texts.iter().map(String::len).sum();
        let mut group = criterion.benchmark_group(format!("decide/{size}"));
        group.throughput(Throughput::Bytes(bytes as u64));
        for (name, engine) in &engines {
            group.bench_function(BenchmarkId::new("engine", name), |bencher| {
                bencher.iter(|| {
                    for text in &texts {
                        black_box(engine.decide(&Input::request(black_box(text)), &settings));
                    }
                });
            });
        }
        group.bench_function("bare RegexSet", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(bare.matching(black_box(text)));
                }
            });
        });
        group.bench_function("one by one", |bencher| {
            bencher.iter(|| {
                for text in &texts {
                    black_box(one_by_one.matching(black_box(text)));
                }
            });
        });
        group.finish();
    }
}

fn redact(criterion: &mut Criterion) {
    let engine = engine("system");
    let settings = Settings::default();
    let texts = Corpus::everything().sized(200_000, "\n", 1);
    let json = serde_json::to_string(&texts).expect("strings are JSON");
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
