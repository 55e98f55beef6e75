//! The mock AxonFlow agent, its journal, and the fault layer in front of it.
//! It knows nothing of Claude Code: an SDK author can use it as a stand-in server.
//!
//! ```
//! use hookproof_agent::{Agent, Script};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let script: Script = toml::from_str(
//!     "check_policy = { result = { allowed = false, block_reason = 'no' } }
//!      check_output = { fault = 'reset_after_request' }",
//! )?;
//! let agent = Agent::start(script).await?;
//! // … let a client talk to `agent.endpoint()` …
//! assert!(agent.journal().entries().is_empty());
//! agent.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! - `agent`: one mock agent: start, script, release, stop
//! - `call`: the calls a hook makes, as scripts, faults and the journal name them
//! - `error`: what can go wrong with the agent itself
//! - `fault`: what can go wrong between a client and the agent
//! - `front`: the listener, the wiremock server behind it, and faults on the wire
//! - `handler`: from a request to an answer, knowing no server
//! - `journal`: everything that arrived, and what became of it
//! - `port`: closing a listening port at once
//! - `request`: an HTTP request, apart from any server
//! - `rpc`: JSON-RPC messages as the agent reads and writes them
//! - `script`: what the agent is to answer
//! - `sinkhole`: a recording forward proxy that leads nowhere
//! - `standalone`: the same handler on axum, to run for long

mod agent;
mod call;
mod error;
mod fault;
mod front;
mod handler;
mod journal;
mod port;
mod request;
mod rpc;
mod script;
mod sinkhole;
mod standalone;

pub use agent::{Agent, Observer};
pub use call::{CALL_NAMES, Call, MCP_SERVER_PATH};
pub use error::AgentError;
pub use fault::{Fault, Layer, Row, ScopedFault, TABLE};
pub use handler::{Reply, State, answer};
pub use journal::{Answered, Entry, Journal};
pub use request::Request;
pub use rpc::Rpc;
pub use script::{
    Answer, Answers, Body, Content, Envelope, IdRule, Mode, Policies, RpcFailure, Script,
};
pub use sinkhole::{Attempt, Sinkhole};
pub use standalone::{Standalone, serve};
