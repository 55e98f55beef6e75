//! Small hooks with exactly one defect each, to prove that the suite notices.
//!
//! Each is the reference hook with one step bent. What is said of a defect and which
//! requirements it must break stands beside it in the table of its area.
//!
//! - [`miniature`]: the entry of the tables.
//! - `bend`: one type for each step that can be bent.
//! - `areas`: the tables, one file for each area of requirements.
//! - `tools`: what several defects need: confining, backdating, lingering processes.
//! - `entry`: the program.

mod areas;
mod bend;
mod entry;
pub mod miniature;
mod tools;

pub use areas::all;
pub use entry::main;
pub use miniature::Miniature;
