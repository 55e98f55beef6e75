//! Reading `scenarios/` into a checked catalog.
//!
//! - `placeholder`: `{name}` in texts.
//! - `expand`: one `[[scenario]]` table into the scenarios of its cross product.
//! - `load`: the folder into a [`Catalog`].
//! - `lint`: what must hold between the files.
//! - `meaning`: names and patterns in a scenario mean something.

pub mod expand;
pub mod lint;
pub mod load;
mod meaning;
pub mod placeholder;

pub use hookproof_document::{Diagnostic, Diagnostics};
pub use load::{Catalog, ScenarioTemplate};
