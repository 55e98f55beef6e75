//! The shape of a scenario file.
//!
//! - `situation`: what a scenario arranges: payload, environment, files, agent, permissions.
//! - `expect`: what must be observed, as assertions over evidence.
//! - `area`: a file: its requirements, its scenarios, its ambient expectations.

pub mod area;
pub mod expect;
pub mod situation;

pub use area::{Ambient, Area, Scenario, Step};
pub use expect::{
    Expect, FileExpect, HeaderExpect, HostExpect, StdoutExpect, TextExpect, Times, WireExpect,
};
pub use situation::{FileSetup, Permissions, Situation, Stdin};
