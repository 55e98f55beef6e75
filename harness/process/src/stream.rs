use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use bytes::{Bytes, BytesMut};
use rustix::io::{ioctl_fionbio, ioctl_fionread};
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::net::unix::pipe::{Receiver, Sender};

use crate::{Captured, Stdio};

/// How much is read or written at once.
const CHUNK: usize = 64 << 10;

// Sockets are given to tokio's pipe types too, hence `from_owned_fd_unchecked`: those read and
// write and wait for readiness, which is the same for both, and nothing else is done here.

/// Our end and the program's end of a stream that the program reads (`to_program`) or writes.
pub(crate) fn pair(stdio: Stdio, to_program: bool) -> io::Result<(OwnedFd, OwnedFd)> {
    let (ours, theirs) = match stdio {
        Stdio::Sockets => {
            let (ours, theirs) = UnixStream::pair()?;
            (ours.into(), theirs.into())
        }
        Stdio::Pipes => {
            let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
            if to_program {
                (write, read)
            } else {
                (read, write)
            }
        }
    };
    ioctl_fionbio(&ours, true)?;
    Ok((ours, theirs))
}

/// An output of the program, kept up to a limit and read to its end beyond it.
pub(crate) struct Output {
    /// None once it ended.
    fd: Option<Receiver>,
    kept: BytesMut,
    limit: usize,
    total: u64,
    buffer: Box<[u8]>,
}

impl Output {
    pub(crate) fn new(fd: OwnedFd, limit: usize) -> io::Result<Self> {
        Ok(Self {
            fd: Some(Receiver::from_owned_fd_unchecked(fd)?),
            kept: BytesMut::new(),
            limit,
            total: 0,
            buffer: vec![0; CHUNK].into(),
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.fd.is_some()
    }

    /// Waits for bytes or the end and takes one chunk; how many bytes came. Can be dropped at
    /// any point without losing any.
    pub(crate) async fn read(&mut self) -> usize {
        let Some(fd) = &self.fd else { return 0 };
        loop {
            if fd.readable().await.is_err() {
                break;
            }
            match fd.try_read(&mut self.buffer) {
                Ok(count) if count > 0 => {
                    self.take(count);
                    return count;
                }
                Err(error) if is_passing(&error) => {}
                // The end; an error can only be a connection that the program reset.
                Ok(_) | Err(_) => break,
            }
        }
        self.fd = None;
        0
    }

    /// Takes what is there already, without waiting, and notices an end behind it. It asks the
    /// kernel and not the runtime, which may not have heard of the latest state yet. Returns
    /// how many of the bytes taken came while it was reading.
    pub(crate) fn drain(&mut self) -> usize {
        let Some(fd) = &self.fd else { return 0 };
        let mut present =
            ioctl_fionread(fd).map_or(0, |count| usize::try_from(count).unwrap_or(usize::MAX));
        loop {
            let Some(fd) = &self.fd else { return 0 };
            match rustix::io::read(fd, &mut *self.buffer) {
                Ok(0) => self.fd = None,
                Ok(count) => {
                    self.take(count);
                    if count > present {
                        return count - present;
                    }
                    present -= count;
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return 0,
                Err(_) => self.fd = None,
            }
        }
    }

    fn take(&mut self, count: usize) {
        self.total += count as u64;
        let room = self.limit - self.kept.len();
        self.kept.extend_from_slice(&self.buffer[..count.min(room)]);
    }

    pub(crate) fn captured(self) -> Captured {
        Captured {
            truncated: self.total > self.kept.len() as u64,
            total: self.total,
            bytes: self.kept.freeze(),
        }
    }
}

/// The program's standard input while it is being fed.
pub(crate) struct Input {
    fd: Option<Sender>,
    rest: Bytes,
    written: u64,
    stdio: Stdio,
    done: bool,
}

impl Input {
    pub(crate) fn new(fd: OwnedFd, data: Bytes, stdio: Stdio) -> io::Result<Self> {
        let mut input = Self {
            fd: Some(Sender::from_owned_fd_unchecked(fd)?),
            rest: data,
            written: 0,
            stdio,
            done: false,
        };
        input.close_if_empty();
        Ok(input)
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.done
    }

    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Waits until the program's side takes more and writes one chunk, then closes if that was
    /// the last. Can be dropped at any point.
    pub(crate) async fn write(&mut self) {
        let Some(fd) = &self.fd else { return };
        let chunk = &self.rest[..self.rest.len().min(CHUNK)];
        let outcome = match fd.writable().await {
            Ok(()) => fd.try_write(chunk),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(count) => {
                self.written += count as u64;
                drop(self.rest.split_to(count));
                self.close_if_empty();
            }
            Err(error) if is_passing(&error) => {}
            // Nobody reads any more: not a failure of the program.
            Err(_) => self.stop(),
        }
    }

    fn close_if_empty(&mut self) {
        if !self.rest.is_empty() {
            return;
        }
        match (&self.fd, self.stdio) {
            // As hosts do with sockets: the writing side ends, the file stays, so that a program
            // that writes into its standard input meets no reset.
            (Some(fd), Stdio::Sockets) => {
                let _ = rustix::net::shutdown(fd, rustix::net::Shutdown::Write);
                self.done = true;
            }
            _ => self.stop(),
        }
    }

    fn stop(&mut self) {
        self.fd = None;
        self.rest = Bytes::new();
        self.done = true;
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
