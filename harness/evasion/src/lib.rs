//! What an attacker would try on a pack: statements that a policy must catch and does not, and
//! statements that take long to judge.
//!
//! Strings that a policy must match are changed in ways that keep their effect, one change or two;
//! what the policy then no longer matches is an evasion. For commands the effect is proven: the
//! original and the variant run in a sealed shell whose programs only write down that they ran.
//!
//! - `kind`: what a string is, and with it which changes keep its effect.
//! - `change`: the changes, as tables.
//! - `judge`: whether a policy, and the whole pack, catches a variant.
//! - `search`: all single changes, a sample of pairs.
//! - `shrink`: the shortest string that still evades.
//! - `prove`: the sealed shell.
//! - `report`: what came out, as data and as a table.
//! - `cost`: the statements that take the most time for each byte.

mod change;
mod cost;
mod judge;
mod kind;
mod prove;
mod report;
mod search;
mod shrink;

pub use change::Change;
pub use cost::{CostReport, CostSearch, Costly, GROWTH, NANOSECONDS_PER_BYTE};
pub use kind::Kind;
pub use prove::{Outcome, Prover, Unavailable};
pub use report::{Evasion, Missed, PolicyReport, Proofs, Report};
pub use search::{Progress, Search, SearchError};
