//! A script, and the scripts it runs.

use std::collections::HashMap;

use super::builtin;
use super::canonical::{line, operand};
use super::expand::{Environment, Substitute};
use super::languages::functions;
use super::lex::{Redirect, Token, Word, tokens};
use super::wrapper::core;
use super::{fetch, filters};

/// Words that stand before a command and leave it what it is.
const BEFORE: [&str; 9] = [
    "!", "if", "then", "elif", "else", "while", "until", "do", "time",
];

/// Scripts inside of scripts that are followed.
const DEPTH: usize = 8;

/// Bytes of scripts that are read, beside four times the statement's: what a script writes and
/// then runs counts again.
const ROOM: usize = 64 << 10;

/// How words with blanks or signs are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// As they are, so that a line reads like plain text.
    Bare,
    /// In quotes, so that what is one word stays one.
    Quoted,
}

/// All pipelines of a script, canonical, each on a line.
pub(super) fn lines(script: &str, shown: Shown) -> String {
    let budget = script.len().saturating_mul(4) + ROOM;
    let mut runner = Runner {
        shown,
        lines: Vec::new(),
        aliases: HashMap::new(),
        functions: HashMap::new(),
        depth: 0,
        reading: budget,
        writing: budget,
    };
    runner.script(script, &mut Environment::new(budget));
    runner.lines.join("\n")
}

pub(super) struct Runner {
    shown: Shown,
    lines: Vec<String>,
    pub(super) aliases: HashMap<String, String>,
    functions: HashMap<String, String>,
    depth: usize,
    /// Bytes that may still be read.
    reading: usize,
    /// Bytes that may still be written.
    writing: usize,
}

/// A command as it was read.
#[derive(Default)]
struct Simple {
    words: Vec<Word>,
    outputs: Vec<Word>,
    input: Option<Word>,
    here: Option<Word>,
    /// The group that stands in place of words.
    group: Option<Ran>,
}

impl Simple {
    fn is_blank(&self) -> bool {
        self.words.is_empty() && self.group.is_none()
    }

    fn is_empty(&self) -> bool {
        self.is_blank() && self.outputs.is_empty() && self.input.is_none() && self.here.is_none()
    }

    fn is_group_alone(&self) -> bool {
        self.group.is_some()
            && self.words.is_empty()
            && self.outputs.is_empty()
            && self.input.is_none()
    }
}

/// What the pipelines of a script wrote; `None` for one of which that cannot be told.
#[derive(Default)]
struct Written {
    parts: Vec<Option<String>>,
    /// Where the groups that are open began.
    opened: Vec<usize>,
}

impl Written {
    fn open(&mut self) {
        self.opened.push(self.parts.len());
    }

    /// The group as one command: what is known of its output, and how its last line reads.
    fn close(&mut self, last: Option<&String>) -> Option<Ran> {
        let start = self.opened.pop()?;
        if start == self.parts.len() {
            return None;
        }
        let output = self.parts.split_off(start).into_iter().flatten().collect();
        Some(Ran {
            line: last.cloned().unwrap_or_default(),
            output: Some(output),
        })
    }
}

/// A command as it reads, and what it writes if that can be told.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) line: String,
    pub(super) output: Option<String>,
}

impl Runner {
    /// Runs a script; what it writes, if that can be told.
    pub(super) fn script(&mut self, script: &str, environment: &mut Environment) -> Option<String> {
        if self.depth >= DEPTH || script.len() > self.reading {
            return None;
        }
        self.reading -= script.len();
        self.depth += 1;
        self.functions.extend(functions(script));
        let mut written = Written::default();
        let mut pipeline = Vec::new();
        let mut simple = Simple::default();
        let mut redirect = None;
        for token in tokens(script).into_iter().chain([Token::End]) {
            match token {
                Token::Word(word) => match redirect.take() {
                    Some(Redirect::Output) => simple.outputs.push(word),
                    Some(Redirect::Input) => simple.input = Some(word),
                    Some(Redirect::HereString) => simple.here = Some(word),
                    None if simple.is_blank() && BEFORE.iter().any(|one| word.is_bare(one)) => {}
                    None if simple.is_blank() && word.is_bare("{") => written.open(),
                    None if simple.is_blank() && word.is_bare("}") => {
                        simple.group = written.close(self.lines.last());
                    }
                    None => simple.words.push(word),
                },
                Token::Open => written.open(),
                Token::Close => simple.group = written.close(self.lines.last()),
                Token::Redirect(kind) => redirect = Some(kind),
                Token::HereDoc(body) => {
                    match simple.words.is_empty() && simple.outputs.is_empty() {
                        true => {}
                        false => simple.here = Some(body),
                    }
                }
                Token::Pipe => pipeline.push(std::mem::take(&mut simple)),
                Token::End if simple.is_empty() && pipeline.is_empty() => {}
                Token::End => {
                    pipeline.push(std::mem::take(&mut simple));
                    let output = self.pipeline(std::mem::take(&mut pipeline), environment);
                    written.parts.push(output);
                }
            }
        }
        self.depth -= 1;
        written.parts.into_iter().collect()
    }

    fn pipeline(&mut self, commands: Vec<Simple>, environment: &mut Environment) -> Option<String> {
        let mut output = Some(String::new());
        let mut shown = Vec::new();
        for (at, simple) in commands.iter().enumerate() {
            let before = output.take();
            let ran = self.command(simple, before.filter(|_| at > 0), environment);
            output = ran.output;
            if !ran.line.is_empty() {
                shown.push(ran.line);
            }
        }
        // A group alone was shown by its commands.
        if commands.len() > 1 || !commands[0].is_group_alone() {
            self.emit(shown.join(" | "));
        }
        output
    }

    pub(super) fn emit(&mut self, line: String) {
        let line = line.replace('\n', " ");
        if !line.is_empty() && line.len() < self.writing {
            self.writing -= line.len() + 1;
            self.lines.push(line);
        }
    }

    fn command(
        &mut self,
        simple: &Simple,
        stdin: Option<String>,
        environment: &mut Environment,
    ) -> Ran {
        let words = self.fields(&simple.words, environment);
        let outputs: Vec<String> = simple
            .outputs
            .iter()
            .flat_map(|word| self.expand(word, false, environment))
            .collect();
        let here = simple.here.as_ref().map(|word| {
            let mut run =
                |script: &str, environment: &mut Environment| self.substitute(script, environment);
            environment.text(word, &mut run as &mut Substitute<'_>)
        });
        let input = simple
            .input
            .iter()
            .flat_map(|word| self.expand(word, false, environment))
            .next();
        let read = input
            .as_ref()
            .and_then(|file| environment.files.get(file).cloned());
        let stdin = here.or(read).or(stdin);
        let mut ran = match &simple.group {
            Some(group) if words.is_empty() => group.clone(),
            _ => self.run(&words, stdin.as_deref(), environment),
        };
        if let Some(input) = input.filter(|input| input.starts_with(['<', '/', '~', '.'])) {
            ran.line = format!("{} < {}", ran.line, operand(&input));
        }
        for file in outputs {
            let file = operand(&file);
            ran.line = format!("{} > {file}", ran.line).trim_start().to_owned();
            if let Some(output) = ran.output.take() {
                environment.files.insert(file, output);
            } else if ran.line.starts_with("curl ") || ran.line.starts_with("wget ") {
                environment.fetched.insert(file, ran.line.clone());
            }
        }
        ran
    }

    pub(super) fn expand(
        &mut self,
        word: &Word,
        is_command: bool,
        environment: &mut Environment,
    ) -> Vec<String> {
        let mut run =
            |script: &str, environment: &mut Environment| self.substitute(script, environment);
        environment.fields(word, is_command, &mut run as &mut Substitute<'_>)
    }

    /// What a substitution puts in its place, or how its script reads.
    pub(super) fn substitute(
        &mut self,
        script: &str,
        environment: &mut Environment,
    ) -> Result<String, String> {
        let before = self.lines.len();
        let output = self.script(script, environment);
        output.ok_or_else(|| {
            self.lines[before.min(self.lines.len())..]
                .last()
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Runs words: what they are, what they write, and what else they run.
    pub(super) fn run(
        &mut self,
        words: &[String],
        stdin: Option<&str>,
        environment: &mut Environment,
    ) -> Ran {
        let given = words.len();
        let mut words = core(words);
        if let [script] = words.as_slice() {
            // `watch` and its like take a command as one word.
            if given > 1 && script.contains(' ') {
                let script = script.clone();
                let output = self.script(&script, environment);
                return Ran {
                    line: String::new(),
                    output,
                };
            }
        }
        if let Some(alias) = words.first().and_then(|name| self.aliases.get(name)) {
            words = alias
                .split_whitespace()
                .map(str::to_owned)
                .chain(words[1..].iter().cloned())
                .collect();
        }
        let Some(name) = words.first().map(|name| super::known::command(name)) else {
            return Ran {
                line: String::new(),
                output: stdin.map(str::to_owned).or(Some(String::new())),
            };
        };
        words[0] = name.clone();
        if let Some(body) = self.functions.get(&name).cloned() {
            let output = self.call(&body, &words[1..], environment);
            return Ran {
                line: String::new(),
                output,
            };
        }
        builtin::locate(&mut words, environment);
        let nested = self.nested(&name, &words, stdin, environment);
        builtin::remember(&name, &words, &mut self.aliases, environment);
        let output = nested.or_else(|| {
            match environment
                .files
                .get(words.get(1).map_or("", String::as_str))
            {
                Some(content) if name == "cat" && words.len() == 2 => Some(content.clone()),
                _ => filters::output(&words, stdin),
            }
        });
        let mut line = match self.shown {
            Shown::Bare => line(&words),
            Shown::Quoted => line(&words.iter().map(quoted).collect::<Vec<_>>()),
        };
        if let Some(file) = fetch::saved(&words) {
            let file = operand(&file);
            environment.fetched.insert(file.clone(), line.clone());
            line = format!("{line} > {file}");
        }
        Ran { line, output }
    }

    /// Shows a file that was fetched and is run now as the pipeline that it amounts to.
    pub(super) fn run_fetched(&mut self, by: &str, file: &str, environment: &Environment) {
        if let Some(how) = environment.fetched.get(&operand(file)) {
            self.emit(format!("{how} | {by}"));
        }
    }
}

/// A word in quotes, where it needs some.
fn quoted(word: &String) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./:=@%+,~".contains(c);
    if word.chars().all(is_plain) {
        return word.clone();
    }
    match (word.contains('"'), word.contains('\'')) {
        (false, _) => format!("\"{word}\""),
        (true, false) => format!("'{word}'"),
        (true, true) => format!("\"{}\"", word.replace('"', "\\\"")),
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
