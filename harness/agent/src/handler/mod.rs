//! The handler: from a request to an answer, knowing no server. Its only other
//! inputs are the clock and fresh ids.
//!
//! - `state`: a script being played, and the sessions
//! - `decide`: what happens to one request
//! - `protocol`: what the MCP endpoint refuses, and how
//! - `auth`: who is asking
//! - `sessions`: MCP sessions by id
//! - `policing`: decisions of a policy pack, where nothing is scripted
//! - `tools`: the tools, their schemas and their default results
//! - `rest`: the endpoints that are not MCP
//! - `render`: a scripted answer as an HTTP message
//! - `spoil`: faults in an answer's content
//! - `reply`: an HTTP message, apart from any server

mod auth;
mod decide;
mod policing;
mod protocol;
mod render;
mod reply;
mod rest;
mod sessions;
mod spoil;
mod state;
mod tools;

pub use decide::answer;
pub(crate) use decide::{Decision, decide};
pub use reply::Reply;
pub use state::State;
