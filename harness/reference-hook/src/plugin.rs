//! The version that the plugin directory declares.

use std::path::Path;

use crate::json::{self, Fields};

/// The version in `.claude-plugin/plugin.json` below `root`, else this crate's own.
#[must_use]
pub fn version(root: Option<&Path>) -> String {
    root.and_then(|root| std::fs::read(root.join(".claude-plugin/plugin.json")).ok())
        .and_then(|bytes| json::document(&bytes).ok())
        .and_then(|text| Fields::parse(&text)?.full_text("version"))
        .filter(|version| {
            version.len() <= 64 && version.bytes().all(|byte| byte.is_ascii_graphic())
        })
        .unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_from_the_plugin_else_from_here() {
        let own = env!("CARGO_PKG_VERSION");
        assert_eq!(version(None), own);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(version(Some(folder.path())), own);
        let meta = folder.path().join(".claude-plugin");
        std::fs::create_dir(&meta).unwrap();
        for (text, expected) in [
            (r#"{"version":"9.8.7"}"#, "9.8.7"),
            (r#"{"version":"1\r\nX: y"}"#, own),
            ("{", own),
        ] {
            std::fs::write(meta.join("plugin.json"), text).unwrap();
            assert_eq!(version(Some(folder.path())), expected);
        }
    }
}
