use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    /// `argv` is empty.
    #[error("no program given")]
    Empty,
    /// No such program, neither at that path nor in the `PATH` it was given.
    #[error("program not found: {}", program.display())]
    NotFound {
        /// The first element of `argv`.
        program: OsString,
    },
    /// The file exists but cannot be executed: no permission, no known format, or the
    /// interpreter named in its first line is missing.
    #[error("program not executable: {}: {source}", program.display())]
    NotExecutable {
        /// The first element of `argv`.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// The working directory is missing or not a directory.
    #[error("no such working directory: {}", cwd.display())]
    Cwd {
        /// The working directory asked for.
        cwd: PathBuf,
    },
    /// Arguments and environment are larger than the system passes to a program (on Linux
    /// 128 KiB for one string, usually 2 MiB for all).
    #[error("arguments or environment too long for the system")]
    ArgumentsTooLong,
    /// An argument, a variable or the working directory contains a NUL byte.
    #[error("NUL byte in arguments, environment or working directory")]
    Nul,
    /// The system has no process, memory or file descriptor left, or another failure.
    #[error("cannot start a program: {0}")]
    Io(#[source] io::Error),
}
