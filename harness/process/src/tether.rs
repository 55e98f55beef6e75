use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rustix::io::{Errno, fcntl_dupfd_cloexec, ioctl_fionbio};
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::net::unix::pipe::Receiver;

/// Out of the way of shells: dash uses descriptors from 10 up, bash from 63 down and 255.
const LOWEST_DESCRIPTOR: RawFd = 197;

/// A pipe whose write end all processes of a run inherit: when its read end ends, they are all
/// gone.
#[derive(Debug)]
pub struct Tether {
    read: OwnedFd,
    end: Option<TetherEnd>,
}

/// The write end of a [`Tether`], to be given to [`crate::Program`]; clones are the same end.
#[derive(Debug, Clone)]
pub struct TetherEnd {
    write: Arc<OwnedFd>,
    inode: u64,
}

impl Tether {
    /// A new tether that nobody holds.
    ///
    /// # Errors
    /// When the process is out of file descriptors.
    pub fn new() -> io::Result<Self> {
        // Not inherited by whoever else this process starts.
        let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
        ioctl_fionbio(&read, true)?;
        let inode = rustix::fs::fstat(&write)?.st_ino;
        Ok(Self {
            read,
            end: Some(TetherEnd {
                write: Arc::new(write),
                inode,
            }),
        })
    }

    /// The end to give to a program.
    ///
    /// # Panics
    /// After [`Tether::released`] was called: no program may join any more.
    pub fn end(&self) -> TetherEnd {
        self.end
            .clone()
            .expect("a released tether takes no programs")
    }

    /// Waits until every process that inherited the tether is gone or has closed it; false if
    /// one still holds it at `deadline`. Can be asked again. Clones of the end that the caller
    /// keeps count as holders. To be called inside a tokio runtime.
    pub async fn released(&mut self, deadline: Instant) -> bool {
        self.end = None;
        let Ok(read) = self.read.try_clone().and_then(Receiver::from_owned_fd) else {
            return false;
        };
        tokio::time::timeout_at(deadline.into(), end_of(&read))
            .await
            .is_ok()
    }
}

/// Waits for the end of file; what a program wrote into its tether is of no interest.
async fn end_of(read: &Receiver) {
    let mut buffer = [0_u8; 512];
    while read.readable().await.is_ok() {
        match read.try_read(&mut buffer) {
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
            Ok(_) | Err(_) => {}
        }
    }
}

impl TetherEnd {
    /// What `/proc/PID/fd/N` of a holder points to.
    pub(crate) fn inode(&self) -> u64 {
        self.inode
    }

    /// A descriptor to map into a program.
    pub(crate) fn duplicate(&self) -> io::Result<OwnedFd> {
        self.write.try_clone()
    }
}

/// The descriptor number that tethers have in programs.
///
/// The number is kept occupied in this process: otherwise the pipe by which the standard library
/// learns of a failed `exec` could come to have that number, and the mapping would replace it.
///
/// # Errors
/// When the process may not have so many descriptors.
pub(crate) fn descriptor() -> io::Result<RawFd> {
    static RESERVED: OnceLock<Result<OwnedFd, Errno>> = OnceLock::new();
    let reserved = RESERVED.get_or_init(|| {
        let (read, _) = pipe_with(PipeFlags::CLOEXEC)?;
        fcntl_dupfd_cloexec(&read, LOWEST_DESCRIPTOR)
    });
    match reserved {
        Ok(fd) => Ok(fd.as_raw_fd()),
        Err(errno) => Err((*errno).into()),
    }
}
