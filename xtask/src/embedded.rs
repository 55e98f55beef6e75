//! The built-in subjects as plugin directories, loaded like any other plugin. Their program is this
//! one, which turns into the hook when its first argument says so.

use hookproof_host::Client;
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
///
/// Clients that do not know an event drop the whole file that names it, so one for such a client
/// does without `PostToolUseFailure`.
pub(crate) fn write_plugin(
    folder: &Path,
    miniature: Option<&str>,
    client: &Client,
) -> io::Result<()> {
    let words = match miniature {
        None => REFERENCE.to_owned(),
        Some(name) => format!("{MINIATURE} {name}"),
    };
    // In the shipped file the program is the hook itself; here it must be told to be one.
    let hooks = HOOKS_JSON.replace(
        "/bin/reference-hook\\\" ",
        &format!("/bin/reference-hook\\\" {words} "),
    );
    let hooks = for_client(&hooks, client)?;
    fs::create_dir_all(folder.join(".claude-plugin"))?;
    fs::create_dir_all(folder.join("hooks"))?;
    fs::create_dir_all(folder.join("bin"))?;
    fs::write(folder.join(".claude-plugin/plugin.json"), PLUGIN_JSON)?;
    fs::write(folder.join("hooks/hooks.json"), hooks)?;
    symlink(std::env::current_exe()?, folder.join("bin/reference-hook"))
}

fn for_client(hooks: &str, client: &Client) -> io::Result<String> {
    const FAILURE: &str = "PostToolUseFailure";
    let mut document: serde_json::Value = serde_json::from_str(hooks)?;
    let known = client.semantics.events.iter().any(|event| event == FAILURE);
    if let Some(events) = document["hooks"].as_object_mut().filter(|_| !known) {
        events.remove(FAILURE);
    }
    Ok(format!("{document:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plugin_leads_back_here() {
        let folder = tempfile::tempdir().unwrap();
        write_plugin(folder.path(), Some("sound"), &Client::default()).unwrap();
        let hooks = fs::read_to_string(folder.path().join("hooks/hooks.json")).unwrap();
        assert_eq!(hooks.matches("miniature sound ").count(), 3, "{hooks}");
        assert!(folder.path().join("bin/reference-hook").exists());
    }

    #[test]
    fn old_clients_are_spared_the_event_they_do_not_know() {
        let old = Client::at("1.0.128".parse().unwrap());
        assert!(
            !for_client(HOOKS_JSON, &old)
                .unwrap()
                .contains("PostToolUseFailure")
        );
        assert!(
            for_client(HOOKS_JSON, &Client::default())
                .unwrap()
                .contains("PostToolUseFailure")
        );
    }
}
