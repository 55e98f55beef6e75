//! A hook's script.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine;
use serde_json::Value;

use super::HookSpec;
use super::fill::Placeholders;

/// Writes the script of a hook: it notes that it started, reads stdin to the end, sleeps, runs
/// its body, prints, and exits.
pub(super) fn write(hook: &HookSpec, file: &Path, places: &Placeholders) -> io::Result<()> {
    let rec = places.get("{rec}");
    let mut lines = vec![
        "#!/bin/bash".to_owned(),
        format!("R='{rec}/{}'.$$", hook.name),
        "mkdir -p \"$R\"".to_owned(),
        format!("echo '{}' >> '{rec}/order'", hook.name),
    ];
    if !hook.nostdin {
        lines.push("cat > \"$R/stdin\"".to_owned());
    }
    if let Some(seconds) = hook.sleep.as_ref().filter(|s| s.as_f64() != Some(0.0)) {
        lines.push(format!("sleep {seconds}"));
    }
    if let Some(body) = &hook.body {
        lines.push(places.text(body));
    }
    for (name, value, to) in [
        ("stdout", &hook.stdout, ""),
        ("stderr", &hook.stderr, " >&2"),
    ] {
        if let Some(value) = value {
            let data = file.with_extension(name);
            std::fs::write(&data, bytes(value, places))?;
            lines.push(format!("cat '{}'{to}", data.display()));
        }
    }
    lines.push(format!("exit {}", hook.rc));
    std::fs::write(file, lines.join("\n") + "\n")?;
    let mode = hook.chmod.unwrap_or(0o755);
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode))
}

fn bytes(value: &Value, places: &Placeholders) -> Vec<u8> {
    if let Some(text) = value.get("b64").and_then(Value::as_str) {
        return base64::engine::general_purpose::STANDARD
            .decode(text)
            .unwrap_or_default();
    }
    match places.value(value) {
        Value::String(text) => text.into_bytes(),
        other => spaced(&other).into_bytes(),
    }
}

/// JSON as Python writes it: a space after commas and colons, and only ASCII.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", ascii(name), spaced(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::String(text) => ascii(text),
        other => other.to_string(),
    }
}

fn ascii(text: &str) -> String {
    let quoted = Value::String(text.to_owned()).to_string();
    let mut written = String::new();
    for c in quoted.chars() {
        if c.is_ascii() {
            written.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::spaced;
    use serde_json::json;

    #[test]
    fn writes_json_as_python_does() {
        assert_eq!(
            spaced(&json!({"a": [1, "ü😀"]})),
            r#"{"a": [1, "\u00fc\ud83d\ude00"]}"#
        );
    }
}
