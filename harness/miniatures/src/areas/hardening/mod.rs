//! Defects in what no document spells out.
//!
//! - `configuration`: odd configuration values.
//! - `machine`: what is missing, shared or watched.
//! - `input`: odd and large payloads.
//! - `text`: hostile text.
//! - `undecided`: answers that decide nothing.

mod configuration;
mod input;
mod machine;
mod text;
mod undecided;

use crate::Miniature;

pub(super) const MINIATURES: [&[Miniature]; 5] = [
    configuration::MINIATURES,
    machine::MINIATURES,
    input::MINIATURES,
    text::MINIATURES,
    undecided::MINIATURES,
];
