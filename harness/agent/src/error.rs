//! What can go wrong with the agent itself, as opposed to its clients.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use hookproof_policy::PackError;

/// Trouble of the agent itself: a harness error, never a verdict on a client.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// No socket could be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the kernel said.
        source: std::io::Error,
    },
    /// No certificate could be made for the TLS fault.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    /// A body's file cannot be read.
    #[error("cannot read the body file {}: {source}", path.display())]
    BodyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The policies that are to decide cannot be had.
    #[error("cannot use the policies: {0}")]
    Policies(#[from] PackError),
    /// The expected did not happen in time.
    #[error("not seen within {deadline:?}; the journal has {entries} entries")]
    Deadline {
        /// How long was waited.
        deadline: Duration,
        /// How many entries there were at the end.
        entries: usize,
    },
    /// A new script asks for another kind of endpoint than the agent was started with.
    #[error("fault `{0}` shapes the endpoint, so it must be in the script the agent starts with")]
    EndpointFixed(&'static str),
}
