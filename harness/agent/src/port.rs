//! Closing a listening port at once.

use std::os::fd::AsFd;

/// Closes a listening port, whoever else holds its socket: a child process
/// between fork and exec has a copy of every descriptor, so that closing ours
/// would leave the port open until then.
pub(crate) fn close(listener: impl AsFd) {
    // The only error is a socket that listens no more.
    let _ = rustix::net::shutdown(listener, rustix::net::Shutdown::Both);
}
