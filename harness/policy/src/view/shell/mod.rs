//! The commands that a shell would run, one pipeline a line.
//!
//! - `lex`: text as words and what stands between them.
//! - `escape`: backslash escapes.
//! - `braces`: `{a,b}` and `{1..3}`.
//! - `expand`: words as the fields they become.
//! - `wrapper`: commands that run the command behind them.
//! - `filters`: commands whose output can be told from their input.
//! - `fetch`: files that `curl` and `wget` leave.
//! - `carriers`: scripts inside of arguments.
//! - `embedded`: commands inside of files that are no scripts.
//! - `run`: a script, pipeline after pipeline.
//! - `nested`: what a command itself runs.
//! - `builtin`: commands of the shell that change what later ones mean.
//! - `canonical`: one way to write a command.
//! - `known`: globs that can only mean one well-known file.
//! - `address`: hosts in all the ways that programs take them.
//!
//! Nothing is executed, and nothing outside of the text is looked at. What cannot be known is shown
//! as it is written.

mod address;
mod braces;
mod builtin;
mod canonical;
mod carriers;
mod embedded;
mod escape;
mod expand;
mod fetch;
mod filters;
mod known;
mod lex;
mod nested;
mod run;
mod wrapper;

use super::text;
use crate::Surface;

/// What a shell would run of a statement; of a file, what its content is or holds for a shell.
#[must_use]
pub fn see(statement: &str, surface: Surface) -> String {
    let seen = text::see(statement);
    let (path, content) = seen.text.split_once('\n').unwrap_or((&seen.text, ""));
    match surface {
        Surface::Command => run::lines(&seen.text),
        Surface::Script => run::lines(content),
        Surface::File => run::lines(&embedded::script(path, content)),
        Surface::Cell => run::lines(&embedded::cell(&seen.text)),
        _ => String::new(),
    }
}
