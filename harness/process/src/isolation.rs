//! A network with nothing but loopback, where the machine allows it.

/// How the network of this process is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// A network namespace of its own, entered with the rights the process had.
    Network,
    /// A network namespace inside a user namespace of its own, in which the process keeps its
    /// user and group id.
    NetworkAndUser,
}

/// Why the network could not be cut off. Never a failure of a run: it is reported.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Namespaces are a thing of Linux.
    #[error("this system has no network namespaces")]
    NotLinux,
    /// Namespaces are entered by the whole process only while it has one thread.
    #[error("the process already has {0} threads")]
    Threads(usize),
    /// The machine forbids it.
    #[error("{step}: {source}")]
    Refused {
        /// What was tried.
        step: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Moves this process into a network of its own with only loopback up. To be called first thing
/// in `main`, before any thread or runtime exists; children inherit it.
///
/// # Errors
/// [`Why`] it was not possible; the process then goes on unchanged, except that a loopback that
/// cannot be brought up leaves it without any network.
pub fn enter() -> Result<Isolation, Why> {
    Err(Why::NotLinux)
}
