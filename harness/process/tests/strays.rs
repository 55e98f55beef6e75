//! Orphans that hide from every tie are still found, once nothing else runs. A process of its
//! own, because whatever runs beside it would be at risk.
#![cfg(target_os = "linux")]

mod support;

use std::time::Instant;

use hookproof_process::{
    Trace, become_subreaper, end_all, end_strays, leftovers, reap_orphans, run, strays,
};
use support::{SOON, marker, python, sh};

#[tokio::test]
async fn an_orphan_without_any_tie_is_a_stray() {
    let Some(python) = python() else { return };
    become_subreaper().expect("a subreaper");
    let script = "import os\nif os.fork(): os._exit(0)\nos.setsid()\n\
                  if os.fork(): os._exit(0)\nos.closerange(0, 4096)\n\
                  os.execve('/bin/sleep', ['sleep', '61'], {})";
    let mut program = sh("\"$PYTHON\" -c \"$SCRIPT\"");
    program.env.push(("PYTHON".into(), python.into()));
    program.env.push(("SCRIPT".into(), script.into()));
    let marker = marker();
    program.marker = Some(marker.clone());
    run(program).await.expect("the program starts");
    let deadline = Instant::now() + SOON;
    // It is tied by its environment until it has replaced it.
    while strays().expect("a /proc").len() != 1 || !leftovers(&marker).expect("a /proc").is_empty()
    {
        assert!(Instant::now() < deadline, "{:?}", strays());
        tokio::task::yield_now().await;
    }
    assert_eq!(end_all(&marker).await, Ok(vec![]), "no tie leads to it");
    let found = end_strays().await.expect("a /proc");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].trace, found[0].argv[0].to_str()),
        (Trace::Adopted, Some("sleep"))
    );
    assert_eq!(strays(), Ok(vec![]));
    assert_eq!(reap_orphans(), 0);
}
