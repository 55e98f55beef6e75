//! Faults: what can go wrong between a client and the agent.
//!
//! - `kind`: the faults by name, with their parameters
//! - `table`: one documented row per fault
//! - `scope`: a fault together with the calls it applies to

mod kind;
mod scope;
mod table;

pub use kind::Fault;
pub use scope::ScopedFault;
pub use table::{Layer, Row, TABLE};
