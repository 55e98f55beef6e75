//! A network with nothing but loopback, where the machine allows it.

use std::io;

#[cfg(target_os = "linux")]
mod linux;

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
    /// A process moves as a whole only while it has one thread; this one has more, or their
    /// number is not known (0).
    #[error("the process already has {0} threads")]
    Threads(usize),
    /// The machine forbids it.
    #[error("cannot {step}: {source}")]
    Refused {
        /// What was tried.
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Moves this process into a network of its own with only loopback up. To be called first thing
/// in `main`, before any thread or runtime exists; children inherit it.
///
/// # Errors
/// [`Why`] it was not possible; the process is then still in its old network.
pub fn enter() -> Result<Isolation, Why> {
    #[cfg(target_os = "linux")]
    {
        linux::enter()
    }
    #[cfg(not(target_os = "linux"))]
    {
        Err(Why::NotLinux)
    }
}
