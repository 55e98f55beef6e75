use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use command_fds::{CommandFdExt, FdMapping};
use process_wrap::tokio::{ChildWrapper, CommandWrap, ProcessGroup, ProcessSession};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

use crate::registry::{self, Started};
use crate::stream::pair;
use crate::{Program, SessionKind, TetherEnd};

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

/// A program that was just started.
pub(crate) struct Spawned {
    pub(crate) child: Box<dyn ChildWrapper>,
    pub(crate) group: Group,
    pub(crate) stdin: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// Starts the program. Its ends of the streams live in this process only while the registry is
/// held, so no other program started here can inherit them for a moment.
pub(crate) fn spawn(program: &Program) -> Result<Spawned, SpawnError> {
    let Some(name) = program.argv.first() else {
        return Err(SpawnError::Empty);
    };
    if !program.cwd.is_dir() {
        return Err(SpawnError::Cwd {
            cwd: program.cwd.clone(),
        });
    }
    let mut command = command(program, name);
    let mut registry = registry::hold();
    let (stdin, their_stdin) = pair(program.stdio, true).map_err(SpawnError::Io)?;
    let (stdout, their_stdout) = pair(program.stdio, false).map_err(SpawnError::Io)?;
    let (stderr, their_stderr) = pair(program.stdio, false).map_err(SpawnError::Io)?;
    command
        .stdin(their_stdin)
        .stdout(their_stdout)
        .stderr(their_stderr);
    if let Some(tether) = &program.tether {
        attach(&mut command, tether).map_err(SpawnError::Io)?;
    }
    let mut command = CommandWrap::from(command);
    match program.session {
        SessionKind::NewSession => command.wrap(ProcessSession),
        SessionKind::ProcessGroup => command.wrap(ProcessGroup::leader()),
    };
    let child = command.spawn().map_err(|error| classify(error, name))?;
    drop(command);
    // The wrapper around the child would wait for the whole group; only the program's own exit
    // is of interest here.
    let child = child.into_inner();
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .expect("a new child has an id");
    registry.programs().insert(
        pid,
        Started {
            marker: program.marker.clone(),
            tether: program.tether.as_ref().map(TetherEnd::inode),
            collected: false,
            abandoned: false,
        },
    );
    Ok(Spawned {
        child,
        group: Group {
            pid,
            collected: false,
        },
        stdin,
        stdout,
        stderr,
    })
}

fn command(program: &Program, name: &OsString) -> Command {
    let mut command = Command::new(name);
    command
        .args(&program.argv[1..])
        .env_clear()
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&program.cwd);
    if let Some(marker) = &program.marker {
        command.env(marker.name(), marker.value());
    }
    command
}

fn attach(command: &mut Command, tether: &TetherEnd) -> io::Result<()> {
    let mapping = FdMapping {
        parent_fd: tether.duplicate()?,
        child_fd: crate::tether::descriptor()?,
    };
    command
        .fd_mappings(vec![mapping])
        .map_err(io::Error::other)?;
    Ok(())
}

fn classify(error: io::Error, name: &OsString) -> SpawnError {
    let program = name.clone();
    match error.kind() {
        // A file that is there but cannot be found names an interpreter that is not there.
        io::ErrorKind::NotFound if Path::new(name).is_file() => SpawnError::NotExecutable {
            program,
            source: error,
        },
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SpawnError::NotFound { program },
        io::ErrorKind::PermissionDenied => SpawnError::NotExecutable {
            program,
            source: error,
        },
        io::ErrorKind::ArgumentListTooLong => SpawnError::ArgumentsTooLong,
        io::ErrorKind::InvalidInput => SpawnError::Nul,
        _ if Errno::from_io_error(&error) == Some(Errno::NOEXEC) => SpawnError::NotExecutable {
            program,
            source: error,
        },
        _ => SpawnError::Io(error),
    }
}

/// The process group of a program. Dropped before the program's exit was collected, it kills
/// the group: a cancelled run leaves no program behind.
pub(crate) struct Group {
    pid: i32,
    collected: bool,
}

impl Group {
    pub(crate) fn id(&self) -> i32 {
        self.pid
    }

    /// The program's exit was collected.
    pub(crate) fn collected(&mut self) {
        self.collected = true;
        registry::hold().collected(self.pid);
    }

    /// Sends a signal to all members. After the exit of the program the id is its own only as
    /// long as a member lives, so call this then only if one was seen to.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid) {
            // An error means that nobody is left.
            let _ = kill_process_group(pid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.collected {
            self.signal(Signal::KILL);
            registry::hold().abandon(self.pid);
        }
    }
}
