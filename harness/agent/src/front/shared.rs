//! What the connections of one agent share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::agent::Observer;
use crate::call::Call;
use crate::handler::{Reply, State};
use crate::journal::Journal;

/// What the connections of one agent share.
pub(crate) struct Shared {
    pub(crate) journal: Journal,
    pub(super) observer: Option<Observer>,
    state: Mutex<State>,
    /// Replies decided on by the front and not yet rendered by the backend.
    pending: Mutex<HashMap<u64, Reply>>,
    held: Mutex<Vec<Held>>,
    trouble: Mutex<Vec<String>>,
}

/// An answer that waits for its release.
struct Held {
    call: Call,
    release: oneshot::Sender<()>,
}

impl Shared {
    pub(crate) fn new(state: State, observer: Option<Observer>) -> Arc<Self> {
        Arc::new(Self {
            journal: Journal::default(),
            observer,
            state: Mutex::new(state),
            pending: Mutex::default(),
            held: Mutex::default(),
            trouble: Mutex::default(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn expect_reply(&self, entry: u64, reply: Reply) {
        lock(&self.pending).insert(entry, reply);
    }

    pub(super) fn take_reply(&self, entry: u64) -> Option<Reply> {
        lock(&self.pending).remove(&entry)
    }

    /// Registers a held answer; the receiver resolves when it is released.
    pub(super) fn hold(&self, call: &Call) -> oneshot::Receiver<()> {
        let (release, released) = oneshot::channel();
        lock(&self.held).push(Held {
            call: call.clone(),
            release,
        });
        released
    }

    /// Releases the held answers to calls that are `wanted`; tells how many.
    pub(crate) fn release(&self, wanted: impl Fn(&Call) -> bool) -> usize {
        let mut held = lock(&self.held);
        let (released, kept) = held.drain(..).partition(|held| wanted(&held.call));
        *held = kept;
        let released: Vec<Held> = released;
        // A client that is already gone no longer waits: that one does not count.
        released
            .into_iter()
            .filter_map(|held| held.release.send(()).ok())
            .count()
    }

    pub(super) fn report(&self, trouble: String) {
        lock(&self.trouble).push(trouble);
    }

    pub(crate) fn trouble(&self) -> Vec<String> {
        lock(&self.trouble).clone()
    }
}

/// A panic elsewhere is reported by the task it hit; the data stays usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
