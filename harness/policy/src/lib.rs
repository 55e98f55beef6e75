//! Policy packs, decisions and redaction; pure and synchronous. Only [`Pack::open`] reads a file.
//!
//! - `pack`: what a pack file says, and reading it.
//! - `re2`: patterns in RE2's meaning for the Rust regex engine.
//! - `surface`: what kind of statement this is: command, file, query, output.
//! - `view`: the statement as a policy wants to see it.
//! - `validate`: check digits and other rules a pattern cannot say.
//! - `engine`: from a statement to a decision.
//! - `redact`: masked text and masked JSON.
//! - `settings`: posture, integrations, overrides and facts of the tenant.
//! - `decision`: what comes out.
//! - `check`: whether a pack keeps what it promises.
//! - `import`: what a live agent serves, as a pack.

pub mod check;
mod decision;
mod engine;
pub mod import;
mod pack;
mod re2;
mod redact;
mod settings;
mod surface;
mod validate;
pub mod view;

pub use decision::{Decision, Match, Verdict};
pub use engine::{Engine, Input};
pub use pack::{
    Action, Actions, Condition, Dynamic, Operator, Pack, PackError, Pattern, Phase, Policy,
    Redaction, Severity, View,
};
pub use re2::{Re2Error, translate};
pub use settings::{Override, OverrideError, Posture, Settings};
pub use surface::Surface;
pub use validate::Validator;
