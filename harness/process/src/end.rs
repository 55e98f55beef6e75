use std::io;

use crate::{Leftover, Marker, ProcfsUnavailable};

/// Makes this process the one that orphaned descendants come to, so that they can be found and
/// reaped. Call it once, early. Linux only.
///
/// # Errors
/// When the system has no such thing.
pub fn become_subreaper() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    Ok(())
}

/// Kills whatever is left of a run and waits until it is gone; what was found is returned.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_all(_marker: &Marker) -> Result<Vec<Leftover>, ProcfsUnavailable> {
    Err(ProcfsUnavailable)
}

/// Kills [`crate::strays`]; only when no run is under way.
///
/// # Errors
/// [`ProcfsUnavailable`] on machines without `/proc`.
pub async fn end_strays() -> Result<Vec<Leftover>, ProcfsUnavailable> {
    Err(ProcfsUnavailable)
}

/// Collects the exit of orphans that ended after this process adopted them; how many there were.
/// Programs started by this crate, and children that share this process' group, are never
/// touched.
pub fn reap_orphans() -> usize {
    0
}
