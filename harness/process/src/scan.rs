use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime};

use procfs::Current;
use procfs::net::TcpState;
use procfs::process::{FDTarget, Process, Stat, all_processes};

use crate::ProcfsUnavailable;

/// One process as `/proc` shows it. Holds its folder open, so what is asked later is about the
/// same process even if its id was used again: then it fails.
pub(crate) struct Seen {
    process: Process,
    stat: Stat,
}

/// All processes but this one, looked at one after the other.
pub(crate) fn table() -> Result<impl Iterator<Item = Seen>, ProcfsUnavailable> {
    let own = own_pid();
    let all = all_processes().map_err(|_| ProcfsUnavailable)?;
    // Without an entry for this process it is another system's /proc, or an empty folder.
    Process::myself().map_err(|_| ProcfsUnavailable)?;
    // A process that went away meanwhile is no error.
    Ok(all
        .flatten()
        .filter(move |process| process.pid != own)
        .filter_map(Seen::of))
}

/// One process by id, if it exists.
pub(crate) fn look_up(pid: i32) -> Option<Seen> {
    Process::new(pid).ok().and_then(Seen::of)
}

/// The process id that was given last.
pub(crate) fn newest_pid() -> Option<i32> {
    let load = procfs::LoadAverage::current().ok()?;
    i32::try_from(load.latest_pid).ok()
}

/// PF_EXITING of linux/sched.h: set first thing in a thread's exit, before its files are closed,
/// so who sees a tether end does not find the last holder alive.
const EXITING: u32 = 4;

fn is_ending(stat: &Stat) -> bool {
    matches!(stat.state, 'Z' | 'X' | 'x') || stat.flags & EXITING != 0
}

/// This process' id, in the numbers of the table.
pub(crate) fn own_pid() -> i32 {
    rustix::process::getpid().as_raw_nonzero().get()
}

/// Process group and session of this process, in the numbers of the table: 0 where their leader is
/// outside of this process' own pid namespace, as in a container. System calls say the same, but
/// rustix takes no 0 for an id and panics.
pub(crate) fn own_group_and_session() -> Option<(i32, i32)> {
    let own = Process::myself().ok()?.stat().ok()?;
    Some((own.pgrp, own.session))
}

impl Seen {
    fn of(process: Process) -> Option<Self> {
        let stat = process.stat().ok()?;
        Some(Self { process, stat })
    }

    pub(crate) fn pid(&self) -> i32 {
        self.stat.pid
    }

    pub(crate) fn ppid(&self) -> i32 {
        self.stat.ppid
    }

    pub(crate) fn group(&self) -> i32 {
        self.stat.pgrp
    }

    pub(crate) fn session(&self) -> i32 {
        self.stat.session
    }

    /// Clock ticks from boot to start; together with the id it names a process for good.
    pub(crate) fn start_ticks(&self) -> u64 {
        self.stat.starttime
    }

    /// Whether it ended, or is about to: all its threads are past the point of no return.
    pub(crate) fn is_dead(&self) -> bool {
        if !is_ending(&self.stat) || self.stat.num_threads <= 1 {
            return is_ending(&self.stat);
        }
        // A first thread that ended looks like a dead process while others go on.
        let Ok(mut threads) = self.process.tasks() else {
            return true;
        };
        threads.all(|thread| {
            thread
                .and_then(|thread| thread.stat())
                .map_or(true, |stat| is_ending(&stat))
        })
    }

    /// Whether it is still there, dead or alive.
    pub(crate) fn exists(&self) -> bool {
        self.process.stat().is_ok()
    }

    /// Whether `entry` (`NAME=value`) is in the environment it was started with.
    pub(crate) fn has_in_environment(&self, entry: &[u8]) -> bool {
        self.strings("environ")
            .iter()
            .any(|found| found.as_bytes() == entry)
    }

    /// Command line; empty if the process erased it or is no program (yet).
    pub(crate) fn argv(&self) -> Vec<OsString> {
        self.strings("cmdline")
    }

    /// A file of NUL-terminated strings; nothing if it may not be read.
    fn strings(&self, name: &str) -> Vec<OsString> {
        let mut bytes = Vec::new();
        if let Ok(mut file) = self.process.open_relative(name) {
            // What came before an error counts.
            let _ = file.read_to_end(&mut bytes);
        }
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
        if bytes.is_empty() {
            return Vec::new();
        }
        bytes
            .split(|byte| *byte == 0)
            .map(|part| OsStr::from_bytes(part).to_owned())
            .collect()
    }

    /// Inode of the pipe it has under this descriptor number.
    pub(crate) fn pipe_at(&self, descriptor: i32) -> Option<u64> {
        match self.process.fd_from_fd(descriptor).ok()?.target {
            FDTarget::Pipe(inode) => Some(inode),
            _ => None,
        }
    }

    pub(crate) fn alive_since(&self) -> SystemTime {
        let uptime = procfs::Uptime::current().map_or(0.0, |up| up.uptime);
        let start = self.stat.starttime as f64 / procfs::ticks_per_second() as f64;
        let age = Duration::try_from_secs_f64(uptime - start).unwrap_or_default();
        SystemTime::now()
            .checked_sub(age)
            .unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Addresses on which it listens for TCP, in its own network.
    pub(crate) fn listening(&self) -> Vec<SocketAddr> {
        let sockets: Vec<u64> = self
            .process
            .fd()
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|fd| match fd.target {
                FDTarget::Socket(inode) => Some(inode),
                _ => None,
            })
            .collect();
        if sockets.is_empty() {
            return Vec::new();
        }
        let (four, six) = (self.process.tcp(), self.process.tcp6());
        four.into_iter()
            .flatten()
            .chain(six.into_iter().flatten())
            .filter(|entry| entry.state == TcpState::Listen && sockets.contains(&entry.inode))
            .map(|entry| entry.local_address)
            .collect()
    }
}
