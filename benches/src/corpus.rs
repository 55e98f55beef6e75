use std::fs;
use std::path::Path;

use hookproof_policy::{Engine, Input, Settings};
use serde_json::Value;

/// Statements of the harmless corpus that ships, cut and joined to a size.
#[derive(Debug)]
pub struct Corpus {
    statements: Vec<String>,
}

impl Corpus {
    /// Commands as they are typed: every file of the corpus whose name begins with `bash-`.
    #[must_use]
    pub fn commands() -> Self {
        Self::of(|name| name.starts_with("bash-"))
    }

    /// Everything that is no near miss: commands, files, queries, outputs, documentation. Near
    /// misses are made to look like attacks, which real text is not.
    #[must_use]
    pub fn everything() -> Self {
        Self::of(|name| !name.starts_with("near-misses"))
    }

    /// Only the statements in which these engines see nothing.
    #[must_use]
    pub fn unremarkable(mut self, engines: &[&Engine]) -> Self {
        let settings = Settings::default();
        self.statements.retain(|statement| {
            let sees = |engine: &&Engine| engine.decide(&Input::request(statement), &settings);
            engines.iter().all(|engine| sees(engine).matches.is_empty())
        });
        self
    }

    fn of(take: impl Fn(&str) -> bool) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/corpora/harmless");
        let entries = fs::read_dir(folder).expect("the corpus ships");
        let mut files: Vec<_> = entries
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
            .filter(|path| {
                path.file_name()
                    .is_some_and(|name| take(&name.to_string_lossy()))
            })
            .collect();
        files.sort();
        let mut statements = Vec::new();
        for file in files {
            for line in fs::read_to_string(file).expect("UTF-8").lines() {
                let line: Value = serde_json::from_str(line).expect("a JSON line");
                statements.extend(line["statement"].as_str().map(str::to_owned));
            }
        }
        // Kinds alternate as they do in a working day: a stride that meets every statement once.
        let count = statements.len();
        let stride = (count * 5 / 8..).find(|stride| coprime(*stride, count));
        let stride = stride.expect("a prime follows");
        let statements = (0..count).map(|at| statements[at * stride % count].clone());
        Self {
            statements: statements.collect(),
        }
    }

    /// `count` statements of `size` bytes, or one to three less where a character would be cut.
    /// Each joins whole statements; only its last one is cut.
    #[must_use]
    pub fn sized(&self, size: usize, joint: &str, count: usize) -> Vec<String> {
        let mut next = self.statements.iter().cycle();
        let mut one = || {
            let mut text = String::with_capacity(size + 1024);
            while text.len() < size {
                if !text.is_empty() {
                    text.push_str(joint);
                }
                text.push_str(next.next().expect("a corpus with statements"));
            }
            let end = (0..=size).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or_default());
            text
        };
        (0..count).map(|_| one()).collect()
    }
}

fn coprime(a: usize, b: usize) -> bool {
    if b == 0 { a == 1 } else { coprime(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_the_size_and_are_the_same_every_time() {
        let statements = Corpus::everything().sized(2048, "\n", 8);
        assert_eq!(statements, Corpus::everything().sized(2048, "\n", 8));
        assert!(
            statements
                .iter()
                .all(|one| (2045..=2048).contains(&one.len()))
        );
        assert_ne!(statements[0], statements[1]);
    }
}
