//! Running scenarios. Nothing here judges.
//!
//! - `arrange`: the sealed surroundings of one scenario.
//! - `step`: one event fired and watched to its end.
//! - `scenario`: one scenario from arranging to evidence.
//! - `files`: the scratch HOME before and after.

pub(crate) mod arrange;
pub(crate) mod files;
pub(crate) mod scenario;
pub(crate) mod step;
