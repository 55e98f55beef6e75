//! Where scenarios, fixtures and reports are.

use std::path::{Path, PathBuf};

/// The workspace: what cargo says, else where this program was built.
fn root() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package
        .filter(|p| p.join("../scenarios").is_dir())
        .unwrap_or_else(|| built.to_owned());
    package.parent().map_or(package.clone(), Path::to_owned)
}

/// The scenario files that ship.
pub(crate) fn scenarios() -> PathBuf {
    root().join("scenarios")
}

/// The recorded payloads.
pub(crate) fn payloads() -> PathBuf {
    root().join("fixtures/payloads")
}

/// What the host simulator is known not to reach, with reasons.
pub(crate) fn unreached() -> PathBuf {
    root().join("fixtures/oracle/unreached.toml")
}

/// The statements that policies are judged by.
pub(crate) fn corpora() -> PathBuf {
    root().join("fixtures/corpora")
}

/// Decisions of packs on them.
pub(crate) fn snapshots() -> PathBuf {
    root().join("fixtures/policies/snapshots")
}

/// Precision and recall of the packs.
pub(crate) fn policy_report() -> PathBuf {
    root().join("reports/policies.md")
}

/// What decisions cost.
pub(crate) fn bench_report() -> PathBuf {
    root().join("reports/benches.md")
}

/// A path as a person at the terminal would write it.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let short = path.strip_prefix(&here).unwrap_or(path);
    short.display().to_string()
}

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    root()
}

/// The fuzz targets, their seeds, and what they found.
pub(crate) fn fuzz() -> PathBuf {
    root().join("fuzz")
}
