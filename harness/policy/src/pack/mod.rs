//! A policy pack as data.
//!
//! - `model`: the words of a pack file.
//! - `load`: a file as a checked pack.
//! - `shipped`: the packs that come with the project.
//! - `open`: a pack by its id or file.

mod load;
mod model;
mod open;
mod shipped;

pub use model::{
    Action, Actions, Condition, Dynamic, Operator, Pack, Pattern, Phase, Policy, Redaction,
    Severity, View,
};
pub use open::PackError;
