//! The built-in subjects as plugin directories, loaded like any other plugin. Their program is this
//! one, which turns into the hook when its first argument says so.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::ExitCode;

const REFERENCE: &str = "reference-hook";
const MINIATURE: &str = "miniature";

const PLUGIN_JSON: &str =
    include_str!("../../harness/reference-hook/plugin/.claude-plugin/plugin.json");
const HOOKS_JSON: &str = include_str!("../../harness/reference-hook/plugin/hooks/hooks.json");

/// Runs as a hook when the arguments begin with the name of a built-in subject.
pub(crate) fn dispatch(mut arguments: impl Iterator<Item = String>) -> Option<ExitCode> {
    match arguments.next().as_deref() {
        Some(REFERENCE) => Some(hookproof_reference_hook::main(arguments)),
        Some(MINIATURE) => Some(hookproof_miniatures::main(arguments)),
        _ => None,
    }
}

/// Writes the plugin directory of the reference hook, or of a miniature, into `folder`.
pub(crate) fn write_plugin(folder: &Path, miniature: Option<&str>) -> io::Result<()> {
    let words = match miniature {
        None => REFERENCE.to_owned(),
        Some(name) => format!("{MINIATURE} {name}"),
    };
    // In the shipped file the program is the hook itself; here it must be told to be one.
    let hooks = HOOKS_JSON.replace(
        "/bin/reference-hook\\\" ",
        &format!("/bin/reference-hook\\\" {words} "),
    );
    fs::create_dir_all(folder.join(".claude-plugin"))?;
    fs::create_dir_all(folder.join("hooks"))?;
    fs::create_dir_all(folder.join("bin"))?;
    fs::write(folder.join(".claude-plugin/plugin.json"), PLUGIN_JSON)?;
    fs::write(folder.join("hooks/hooks.json"), hooks)?;
    symlink(std::env::current_exe()?, folder.join("bin/reference-hook"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plugin_leads_back_here() {
        let folder = tempfile::tempdir().unwrap();
        write_plugin(folder.path(), Some("sound")).unwrap();
        let hooks = fs::read_to_string(folder.path().join("hooks/hooks.json")).unwrap();
        assert_eq!(hooks.matches("miniature sound ").count(), 3, "{hooks}");
        assert!(folder.path().join("bin/reference-hook").exists());
    }
}
