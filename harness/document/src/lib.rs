//! Data files that remember where everything stands, and errors that point there.
//!
//! - `document`: a TOML file as a tree with the place of each value.
//! - `diagnostic`: an error with file, line, column and a hint.

pub mod diagnostic;
pub mod document;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use document::{Content, Document, Node};
