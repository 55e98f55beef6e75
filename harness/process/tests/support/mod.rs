//! What the tests of this crate share.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hookproof_process::{Limits, Marker, Program, Wait};

/// Much longer than anything here takes on a loaded machine, much shorter than the sleeps that
/// the scripts would otherwise finish.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// `/bin/sh -c script` with a usual PATH, a grace of 300 ms and patience of 60 s.
pub(crate) fn sh(script: &str) -> Program {
    let mut program = Program::new(["/bin/sh", "-c", script], "/");
    program.env = vec![("PATH".into(), std::env::var_os("PATH").expect("a PATH"))];
    program.wait = Wait::Exit {
        grace: Duration::from_millis(300),
    };
    program.limits = Limits {
        patience: Some(Duration::from_secs(60)),
        ..Limits::default()
    };
    program
}

/// A marker that no other test process uses.
pub(crate) fn marker() -> Marker {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Marker::new(
        "HOOKPROOF_TEST_RUN",
        &format!("{}-{number}", std::process::id()),
    )
}

/// Python for what a shell cannot do, if the machine has it.
pub(crate) fn python() -> Option<PathBuf> {
    ["/usr/bin/python3", "/usr/local/bin/python3"]
        .iter()
        .map(PathBuf::from)
        .find(|p| p.is_file())
}

/// Process group and session of this process as `/proc` numbers them.
pub(crate) fn own_group_and_session() -> [String; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a /proc");
    let (_, fields) = stat.rsplit_once(") ").expect("fields after the name");
    let mut fields = fields.split(' ').skip(2).map(str::to_owned);
    [(); 2].map(|()| fields.next().expect("group and session"))
}
