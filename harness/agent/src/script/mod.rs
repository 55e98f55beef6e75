//! Scripts: what the agent is to answer. Readable from TOML and JSON.
//!
//! - `model`: the script of one agent and the lists of answers it plays
//! - `answer`: one scripted answer
//! - `raw`: an answer as data files write it, and its validation
//! - `envelope`: a plan limit's envelope and its defaults
//! - `play`: which answer comes next
//! - `policies`: the policies that decide where nothing is scripted

mod answer;
mod envelope;
mod model;
mod play;
mod policies;
mod raw;

pub use answer::{Answer, Body, Content, IdRule, RpcFailure};
pub use envelope::Envelope;
pub use model::{Answers, Mode, Script};
pub(crate) use play::Play;
pub use policies::Policies;
