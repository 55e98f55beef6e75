//! Decisions as text that can be reviewed, and what changed since.
//!
//! - `text`: how a decision is written and read.
//! - `difference`: what changed, by policy.
//! - `store`: snapshot files below a folder.

mod difference;
mod store;
mod text;

pub use difference::{Change, Difference};
pub use store::{Store, StoreError, Written};
pub use text::{Recorded, Snapshot, SnapshotError};
