use std::path::{Path, PathBuf};

use hookproof_policy::Pack;
use hookproof_suite::Catalog;
use hookproof_suite::catalog::Diagnostics;

use super::split;

/// Packs and scenario files are read, or refused with places that exist in the file.
pub fn loaders(data: &[u8]) {
    let Some((choice, source)) = split(data) else {
        return;
    };
    let lines = source.lines().count().max(1) + 1;
    let file = Path::new("fuzzed.toml");
    let refused = if choice % 2 == 0 {
        Pack::parse(file, source).err()
    } else {
        let sources = [(PathBuf::from(file), "area".to_owned(), source)];
        Catalog::of_sources(sources).err()
    };
    let Some(Diagnostics(errors)) = refused else {
        return;
    };
    assert!(!errors.is_empty(), "refused without a reason");
    for error in errors {
        assert!(!error.message.is_empty(), "{error:?}");
        assert!(
            error.line >= 1 && error.line <= lines,
            "line {} of {lines}",
            error.line
        );
        assert!(error.column >= 1, "{error:?}");
        assert!(!error.to_string().is_empty());
    }
}
