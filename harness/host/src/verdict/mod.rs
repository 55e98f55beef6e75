//! What one finished hook says about the action, in the terms of its client.
//!
//! - `parts`: what a hook can say, and how it can end.
//! - `interpret`: from exit and output to a verdict.
//! - `on_failure`: `onFailure: "block"`, which turns a failure into a block.

mod interpret;
mod on_failure;
mod parts;

pub use interpret::interpret;
pub use parts::{Behavior, Block, Ended, Failure, PermissionAnswer, Stop, Verdict};
