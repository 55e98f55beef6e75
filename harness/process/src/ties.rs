use std::collections::HashSet;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

use crate::end;
use crate::registry::{Hold, Registry, Started};
use crate::scan::{self, Seen};
use crate::{Marker, ProcfsUnavailable, Trace};

/// What ties processes to one run, or to any run.
pub(crate) struct Ties {
    markers: Vec<Marker>,
    groups: HashSet<i32>,
    tethers: HashSet<u64>,
    descriptor: Option<i32>,
}

impl Ties {
    /// The ties of the run with this marker.
    pub(crate) fn of_run(registry: &mut Hold, marker: &Marker) -> Self {
        let programs = registry.programs();
        let members = programs
            .iter()
            .filter(|(_, program)| program.marker.as_ref() == Some(marker));
        Self::new(vec![marker.clone()], members)
    }

    /// The ties of all runs that are known.
    pub(crate) fn of_any(registry: &mut Hold) -> Self {
        let programs: &Registry = registry.programs();
        let markers: HashSet<&Marker> = programs
            .values()
            .filter_map(|program| program.marker.as_ref())
            .collect();
        Self::new(markers.into_iter().cloned().collect(), programs.iter())
    }

    fn new<'a>(
        markers: Vec<Marker>,
        programs: impl Iterator<Item = (&'a i32, &'a Started)>,
    ) -> Self {
        let mut groups = HashSet::new();
        let mut tethers = HashSet::new();
        for (pid, program) in programs {
            // An id that names a process again after its exit was collected is another's: as
            // long as a member of the group lives, the system gives that id to nobody.
            if !program.collected || !exists(*pid) {
                groups.insert(*pid);
            }
            tethers.extend(program.tether);
        }
        Self {
            markers,
            groups,
            tethers,
            descriptor: crate::tether::descriptor().ok(),
        }
    }

    /// Process groups that programs of the run lead or led.
    pub(crate) fn groups(&self) -> impl Iterator<Item = i32> {
        self.groups.iter().copied()
    }

    /// What ties this process to the run, if anything does by itself.
    pub(crate) fn trace(&self, seen: &Seen) -> Option<Trace> {
        if self
            .markers
            .iter()
            .any(|marker| seen.has_in_environment(marker.entry().as_bytes()))
        {
            return Some(Trace::Environment);
        }
        let pipe = || seen.pipe_at(self.descriptor?);
        if !self.tethers.is_empty() && pipe().is_some_and(|inode| self.tethers.contains(&inode)) {
            return Some(Trace::Tether);
        }
        (self.groups.contains(&seen.group()) || self.groups.contains(&seen.session()))
            .then_some(Trace::Group)
    }
}

/// Whether a process has this id, whoever it belongs to.
pub(crate) fn exists(pid: i32) -> bool {
    let Some(pid) = Pid::from_raw(pid) else {
        return false;
    };
    test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Whether this child of ours was somebody else's before: it is no program of the registry, and
/// does not share our group and session as the children do that other code starts.
pub(crate) fn is_adopted(seen: &Seen, programs: &Registry) -> bool {
    seen.ppid() == scan::own_pid()
        && programs
            .get(&seen.pid())
            .is_none_or(|program| program.collected)
        && scan::own_group_and_session().is_some_and(|own| own != (seen.group(), seen.session()))
}

/// How long the newest processes must show no member before a chase ends, and how long it may
/// take at most: a link of a chain of forks lives for a tenth to a few milliseconds.
const QUIET: Duration = Duration::from_millis(5);
const LONGEST_CHASE: Duration = Duration::from_millis(200);

/// Looks only at the processes started last, over and over. Who forks and exits all the time is
/// gone before its turn in [`survey`] comes, but cannot outrun this.
pub(crate) fn chase(claim: impl Fn(&Seen) -> Option<Trace>, mut found: impl FnMut(&Seen, Trace)) {
    let start = Instant::now();
    let mut last = start;
    while last.elapsed() < QUIET && start.elapsed() < LONGEST_CHASE {
        let Some(newest) = scan::newest_pid() else {
            return;
        };
        // Between the two looks a few more may have come.
        for seen in (newest - 1..newest + 4).filter_map(scan::look_up) {
            if !seen.is_dead()
                && let Some(trace) = claim(&seen)
            {
                found(&seen, trace);
                last = Instant::now();
            }
        }
    }
}

/// Looks at all living processes and tells `found` of those that `claim` recognises and of
/// their descendants.
///
/// While this process adopts orphans, whatever a run left is among its descendants, and only
/// they are looked at closely: reading environments costs many times what reading parents does.
pub(crate) fn survey(
    claim: impl Fn(&Seen) -> Option<Trace>,
    mut found: impl FnMut(&Seen, Trace),
) -> Result<(), ProcfsUnavailable> {
    let mut candidates: Vec<Ids> = scan::table()?.map(|seen| Ids::of(&seen)).collect();
    if end::adopts_orphans() {
        // Who has a parent that was gone when its turn came may be a descendant all the same.
        let known: HashSet<i32> = candidates.iter().map(|ids| ids.pid).collect();
        let gone = candidates
            .iter()
            .map(|ids| ids.ppid)
            .filter(|ppid| !known.contains(ppid));
        let ancestors = gone
            .filter(|ppid| *ppid != 0)
            .chain([scan::own_pid()])
            .collect();
        candidates = descendants(candidates, ancestors);
    }
    let mut members = HashSet::new();
    let mut others = Vec::new();
    for ids in candidates {
        let Some(seen) = ids.look_again() else {
            continue;
        };
        if let Some(trace) = claim(&seen) {
            members.insert(ids.pid);
            found(&seen, trace);
        } else {
            others.push(ids);
        }
    }
    for seen in descendants(others, members)
        .iter()
        .filter_map(Ids::look_again)
    {
        found(&seen, Trace::Parent);
    }
    Ok(())
}

/// What identifies a process and its place; holds no file open.
struct Ids {
    pid: i32,
    ppid: i32,
    start_ticks: u64,
}

impl Ids {
    fn of(seen: &Seen) -> Self {
        Self {
            pid: seen.pid(),
            ppid: seen.ppid(),
            start_ticks: seen.start_ticks(),
        }
    }

    /// The same process, if it still lives.
    fn look_again(&self) -> Option<Seen> {
        scan::look_up(self.pid)
            .filter(|seen| seen.start_ticks() == self.start_ticks && !seen.is_dead())
    }
}

/// Those of `all` that descend from `ancestors`, nearer ones first.
fn descendants(mut all: Vec<Ids>, mut ancestors: HashSet<i32>) -> Vec<Ids> {
    let mut found = Vec::new();
    loop {
        let (children, rest): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|ids| ancestors.contains(&ids.ppid));
        if children.is_empty() {
            return found;
        }
        ancestors = children.iter().map(|ids| ids.pid).collect();
        found.extend(children);
        all = rest;
    }
}
