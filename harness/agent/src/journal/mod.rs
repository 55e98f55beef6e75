//! The journal: everything that arrived at an agent, and what became of it.
//!
//! - `entry`: one request, or one connection that never completed a request
//! - `log`: the entries of one agent, with a signal on every change

mod entry;
mod log;

pub use entry::{Answered, Entry};
pub use log::Journal;
