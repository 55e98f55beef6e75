use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Marker;

/// A program that this process started.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) marker: Option<Marker>,
    /// Inode of the tether pipe, if it got one.
    pub(crate) tether: Option<u64>,
    /// Whether its exit was collected. Until then its process id belongs to tokio.
    pub(crate) collected: bool,
    /// Whether its run was dropped: tokio collects the exit some time later, untold.
    pub(crate) abandoned: bool,
}

/// All programs by process id. An id that the system uses again replaces its former entry,
/// which is right: no process can be in the former group any more.
pub(crate) type Registry = HashMap<i32, Started>;

static STARTED: Mutex<Option<Registry>> = Mutex::new(None);

/// Exclusive use of the registry. It is held while a program is started, so that no child can
/// be taken for an orphan before it is known, and no two starts overlap.
pub(crate) struct Hold(MutexGuard<'static, Option<Registry>>);

pub(crate) fn hold() -> Hold {
    Hold(STARTED.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Hold {
    pub(crate) fn programs(&mut self) -> &mut Registry {
        self.0.get_or_insert_default()
    }

    /// The exit of `pid` was collected. Without a marker nobody can ask for its group later.
    pub(crate) fn collected(&mut self, pid: i32) {
        let programs = self.programs();
        if programs
            .get(&pid)
            .is_some_and(|program| program.marker.is_none())
        {
            programs.remove(&pid);
        } else if let Some(program) = programs.get_mut(&pid) {
            program.collected = true;
        }
    }

    /// The run of `pid` was dropped before its exit was collected.
    pub(crate) fn abandon(&mut self, pid: i32) {
        if let Some(program) = self.programs().get_mut(&pid) {
            program.abandoned = true;
        }
    }

    /// Nothing is left of the run with this marker.
    pub(crate) fn forget(&mut self, marker: &Marker) {
        self.programs()
            .retain(|_, program| !program.collected || program.marker.as_ref() != Some(marker));
    }
}
