//! What a client reads from a hook's output.
//!
//! - `reading`: the kinds of output.

mod reading;

pub use reading::{HookOutput, Reading};
