//! The front: an own listener before the wiremock server. It reads requests,
//! writes the journal, and delivers answers with or without a fault.
//!
//! - `shared`: what the connections of one agent share
//! - `backend`: the wiremock server that renders answers
//! - `endpoint`: where clients are told to connect
//! - `accept`: new connections, and the faults that strike there
//! - `converse`: one connection, request after request
//! - `wire`: a client's byte stream that notices when the client goes away
//! - `receive`: reads one request off a wire
//! - `framing`: where an HTTP message ends
//! - `upstream`: asks the backend
//! - `plan`: a fault as steps on the wire
//! - `deliver`: carries out the steps

mod accept;
mod backend;
mod converse;
mod deliver;
mod endpoint;
mod framing;
mod plan;
mod receive;
mod shared;
mod upstream;
mod wire;

pub(crate) use accept::Front;
pub(crate) use backend::Backend;
pub(crate) use endpoint::{Endpoint, same_endpoint};
pub(crate) use receive::{Head, parse_head};
pub(crate) use shared::Shared;
