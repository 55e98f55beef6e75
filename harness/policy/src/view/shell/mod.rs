//! The commands that a shell would run, one pipeline a line.
//!
//! - `lex`: text as words and what stands between them.
//! - `escape`: backslash escapes.
//! - `expand`: words as the fields they become.
//! - `wrapper`: commands that run the command behind them.
//! - `filters`: commands whose output can be told from their input.
//! - `fetch`: files that `curl` and `wget` leave.
//! - `carriers`: scripts inside of arguments.
//! - `run`: a script, and the scripts it runs.
//! - `canonical`: one way to write a command.
//! - `known`: globs that can only mean one well-known file.
//! - `address`: hosts in all the ways that programs take them.
//!
//! Nothing is executed, and nothing outside of the text is looked at. What cannot be known is shown
//! as it is written.

mod address;
mod canonical;
mod carriers;
mod escape;
mod expand;
mod fetch;
mod filters;
mod known;
mod lex;
mod run;
mod wrapper;

use super::text;
use crate::Surface;

/// What a shell would run of a statement; for a script file, of its content.
#[must_use]
pub fn see(statement: &str, surface: Surface) -> String {
    let script = match (surface, statement.split_once('\n')) {
        (Surface::Script, Some((_, content))) => content,
        _ => statement,
    };
    run::lines(&text::see(script).text)
}
