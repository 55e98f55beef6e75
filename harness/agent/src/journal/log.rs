//! The entries of one agent, with a signal on every change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::Entry;
use crate::error::AgentError;

/// The entries of one agent; a handle that is cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    entries: Mutex<Vec<Entry>>,
    changes: watch::Sender<u64>,
}

impl Default for Journal {
    fn default() -> Self {
        let changes = watch::Sender::new(0);
        Self {
            shared: Arc::new(Shared {
                entries: Mutex::default(),
                changes,
            }),
        }
    }
}

impl Journal {
    /// All entries so far, in order of arrival. Bodies are shared, not copied.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// Looks at the entries without copying them.
    pub fn with<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        look(&self.lock())
    }

    /// Returns when something changed after the call.
    pub async fn changed(&self) {
        // The sender lives in `self`, so the channel cannot be closed.
        let _ = self.shared.changes.subscribe().changed().await;
    }

    /// Returns as soon as `wanted` holds for the entries.
    ///
    /// # Errors
    /// [`AgentError::Deadline`] when it does not hold within `deadline`.
    pub async fn wait_for(
        &self,
        mut wanted: impl FnMut(&[Entry]) -> bool,
        deadline: Duration,
    ) -> Result<(), AgentError> {
        let mut changes = self.shared.changes.subscribe();
        let watch = async {
            while !self.with(&mut wanted) {
                let _ = changes.changed().await;
            }
        };
        tokio::time::timeout(deadline, watch)
            .await
            .map_err(|_| AgentError::Deadline {
                deadline,
                entries: self.lock().len(),
            })
    }

    pub(crate) fn push(&self, mut entry: Entry) -> u64 {
        let seq = {
            let mut entries = self.lock();
            entry.seq = entries.len() as u64;
            let seq = entry.seq;
            entries.push(entry);
            seq
        };
        self.signal();
        seq
    }

    pub(crate) fn update<T>(&self, seq: u64, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let changed = usize::try_from(seq)
            .ok()
            .and_then(|index| self.lock().get_mut(index).map(change));
        self.signal();
        changed
    }

    fn signal(&self) {
        self.shared.changes.send_modify(|version| *version += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        // A panicking reader leaves the entries whole.
        self.shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
