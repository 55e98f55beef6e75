//! The statement as a policy wants to see it.
//!
//! - `text`: invisible characters away, look-alikes as what they pass for.
//! - `letters`: only letters and digits of that, and what is hidden in encodings.
//! - `mention`: commands that only mention a text, which some views leave out.
//! - `sql`: comments, white space, encodings and concatenations of SQL resolved.
//! - `shell`: the commands that a shell would run.

mod letters;
mod mention;
pub mod shell;
mod sql;
mod text;

use std::borrow::Cow;
use std::ops::Range;

use crate::{Surface, View};

/// What a view shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// The text that patterns are matched against.
    pub text: Cow<'a, str>,
    /// Where it comes from.
    pub origin: Origin,
}

/// How places in a view are places in the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// They are the same.
    Same,
    /// Byte `n` of the view begins at this byte of the statement; one entry more than bytes.
    Bytes(Vec<u32>),
    /// They cannot be told.
    Unknown,
}

impl Origin {
    /// The statement's bytes behind bytes of the view.
    #[must_use]
    pub fn span(&self, span: Range<usize>) -> Option<Range<usize>> {
        match self {
            Self::Same => Some(span),
            Self::Bytes(starts) => {
                let first = *starts.get(span.start)?;
                let last = *starts.get(span.end.checked_sub(1)?)?;
                // One character of the statement may show as several bytes.
                let end = starts[span.end..].iter().find(|start| **start > last)?;
                Some(first as usize..*end as usize)
            }
            Self::Unknown => None,
        }
    }
}

/// What `view` shows of a statement; `None` where it has nothing to show.
#[must_use]
pub fn see(view: View, statement: &str, surface: Surface) -> Option<Seen<'_>> {
    let of = |text: Cow<'static, str>| Seen {
        text,
        origin: Origin::Unknown,
    };
    match view {
        View::Raw => Some(Seen {
            text: Cow::Borrowed(statement),
            origin: Origin::Same,
        }),
        View::Text => Some(text::see(statement)),
        View::Letters => Some(of(letters::see(statement, surface).into())),
        View::Sql => Some(of(sql::see(statement, surface).into())),
        View::Shell if surface.holds_commands() => Some(of(shell::see(statement, surface).into())),
        View::Shell => None,
    }
}
