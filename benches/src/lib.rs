//! What the benches compare: statements from the harmless corpus, and two plainer ways to match.
//!
//! - `corpus`: statements of a given size.
//! - `plain`: one pattern at a time, and a bare `RegexSet`.

mod corpus;
mod plain;

pub use corpus::Corpus;
pub use plain::{BareSet, OneByOne};
