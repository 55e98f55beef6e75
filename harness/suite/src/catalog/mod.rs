//! Reading `scenarios/` into a checked catalog.
//!
//! - `diagnostic`: an error with file, line, column and a hint.
//! - `document`: a TOML file as a tree that remembers where everything stands.
//! - `placeholder`: `{name}` in texts.
//! - `expand`: one `[[scenario]]` table into the scenarios of its cross product.
//! - `load`: the folder into a [`Catalog`].
//! - `lint`: what must hold between the files.
//! - `meaning`: names and patterns in a scenario mean something.

pub mod diagnostic;
pub mod document;
pub mod expand;
pub mod lint;
pub mod load;
mod meaning;
pub mod placeholder;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use load::{Catalog, ScenarioTemplate};
