//! Scenarios, arranging, running, evidence, checks, events, reports.
//!
//! Data flows one way: nothing before *evidence* judges, nothing behind it runs.
//!
//! - `scenario`: the shape of a scenario file.
//! - `catalog`: reading `scenarios/` with errors that point into the files.
//! - `subject`: the hook under test.
//! - `payload`: recorded payloads and what a scenario does to them.
//! - `selection`: which scenarios are run, and what applies to the subject.
//! - `probe`: does the subject ask an agent, and what does one event cost?
//! - `run`: arranging and running one scenario.
//! - `evidence`: everything observed.
//! - `check`: assertions over evidence.
//! - `judge`: findings into verdicts.
//! - `verdict`: verdicts and what they add up to.
//! - `conform`: a whole run.
//! - `event`: the one stream that every report folds.
//! - `report`: console, JSON, JUnit.
//! - `keep`: evidence on disk.
//! - `prove`: do the miniatures fail what they should, and nothing else?
//! - `exit`: exit codes.

pub mod catalog;
pub mod check;
pub mod conform;
pub mod event;
pub mod evidence;
pub mod exit;
mod judge;
mod keep;
pub mod payload;
mod probe;
pub mod prove;
pub mod report;
mod run;
pub mod scenario;
pub mod selection;
pub mod subject;
pub mod verdict;

pub use catalog::Catalog;
pub use conform::{ConformError, Plan, conform};
pub use exit::Exit;
pub use subject::{AgentUse, Shape, Subject};
