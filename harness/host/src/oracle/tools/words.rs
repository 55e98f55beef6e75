//! The tools' words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../data/texts.toml"))
        .expect("data/texts.toml is part of the program and tested")
});

/// The words of this name.
pub(in crate::oracle) fn words(name: &str) -> &'static str {
    WORDS.get(name).map_or("", String::as_str)
}
