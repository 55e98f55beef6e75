//! Requirements and contract versions as typed data; no I/O.
//!
//! - `slug`: the identifiers of requirements, contracts and scenarios.
//! - `requirement`: one normative sentence, its RFC 2119 level per contract, its source.
//! - `contract`: a frozen, versioned set of requirements.

pub mod contract;
pub mod requirement;
pub mod slug;

pub use contract::Contract;
pub use requirement::{Level, Need, Requirement};
pub use slug::{Slug, SlugError};
