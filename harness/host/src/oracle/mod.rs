//! Host cases: what real clients were seen to do, and whether this crate does the same.
//!
//! A case says what is configured and what the scripted model does; the observation says what
//! came of it on a client version. The simulator plays the case: model and tools are simulated,
//! the hooks are the case's real scripts, spawned as the client spawns them.
//!
//! - `case`: the case format.
//! - `observed`: what is observed of a run.
//! - `fill`: placeholders and long filler in cases.
//! - `arrange`: the files of a run.
//! - `script`: a hook's script.
//! - `configure`: from the arranged files to a session, as the client loads them.
//! - `server`: the case's own HTTP server.
//! - `tools`: the simulated tools.
//! - `play`: the model's turns, one after the other.
//! - `around`: the end of turns, subagents, events about no tool call.
//! - `simulate`: one case on one client.
//! - `agree`: expected against observed.
//! - `unreached`: differences that are known, with reasons.
//! - `report`: agreement per version and level.

mod agree;
mod around;
mod arrange;
mod case;
mod configure;
mod fill;
mod observed;
mod play;
mod report;
mod script;
mod server;
mod simulate;
mod tools;
mod unreached;

pub use agree::{Agreement, Difference, Level, agree};
pub use case::{Case, CaseError, HookSpec, OracleCase, PluginSpec, read_cases};
pub use observed::{Injected, Observed, ToolObserved};
pub use report::{AgreementReport, Compared, OracleError, host_agree, host_simulate};
pub use simulate::{SimulateError, simulate};
pub use unreached::{Unreached, UnreachedEntry};
