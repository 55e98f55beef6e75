//! Reports fold the event stream, so they cannot disagree.
//!
//! - `results`: the stable JSON document.
//! - `summary`: the console.
//! - `failure`: one failure as a block of text, shared by console and JUnit.
//! - `junit`: JUnit XML for CI.

pub mod failure;
pub mod junit;
pub mod results;
pub mod summary;

pub use results::Results;
