//! Recorded payloads and what a scenario does to them.

use crate::scenario::Situation;
use crate::scenario::situation::{PayloadForm, Stdin};
use crate::verdict::Provenance;
use base64::Engine as _;
use hookproof_host::{Call, ClientVersion, Event};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The recordings below `fixtures/payloads/`.
#[derive(Clone, Debug)]
pub struct Payloads {
    folder: PathBuf,
    client: ClientVersion,
}

/// What one step gives to the hook.
#[derive(Clone, Debug)]
pub struct Input {
    /// The call the host believes it is making.
    pub call: Call,
    /// The bytes on the hook's stdin.
    pub stdin: Vec<u8>,
    /// Where they come from.
    pub provenance: Provenance,
}

/// Why there is no input.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The client never sent such a payload in the recordings.
    #[error("Claude Code {client} sent no payload `{name}` in the recordings")]
    NotRecorded {
        /// The client.
        client: ClientVersion,
        /// `EVENT/NAME`.
        name: String,
    },
    /// The scenario names no payload.
    #[error("the scenario names no payload: write `payload = \"PreToolUse/Bash-bash-ok\"`")]
    None,
    /// The scenario is wrong about the payload.
    #[error("{0}")]
    Unusable(String),
}

impl Payloads {
    /// The recordings of the client nearest to `wanted`.
    ///
    /// # Errors
    /// When the folder cannot be read or holds none.
    pub fn open(folder: &Path, wanted: ClientVersion) -> std::io::Result<Self> {
        let mut recorded: Vec<ClientVersion> = std::fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .collect();
        recorded.sort();
        let older = recorded.iter().rev().find(|v| **v <= wanted);
        let client = older.or(recorded.first()).ok_or_else(|| {
            std::io::Error::other(format!("no recorded payloads in {}", folder.display()))
        })?;
        Ok(Self {
            folder: folder.join(client.to_string()),
            client: *client,
        })
    }

    fn recorded(&self, name: &str) -> Result<Vec<u8>, PayloadError> {
        let (event, case) = name.split_once('/').ok_or_else(|| {
            PayloadError::Unusable(format!(
                "`{name}` names no payload: write `EVENT/NAME`, as in `PreToolUse/Bash-bash-ok`"
            ))
        })?;
        std::fs::read(self.folder.join(format!("{event}-{case}.json"))).map_err(|_| {
            PayloadError::NotRecorded {
                client: self.client,
                name: name.to_owned(),
            }
        })
    }

    /// Makes the input of a step.
    ///
    /// `project` and `transcript` replace the recorded session's working directory and transcript.
    ///
    /// # Errors
    /// [`PayloadError::NotRecorded`] makes a scenario not applicable; the others are mistakes in it.
    pub fn input(
        &self,
        situation: &Situation,
        project: &Path,
        transcript: &Path,
    ) -> Result<Input, PayloadError> {
        let name = situation.payload.as_deref().ok_or(PayloadError::None)?;
        let bytes = self.recorded(name)?;
        let mut value: Value = serde_json::from_slice(&bytes).map_err(|e| {
            PayloadError::Unusable(format!("the recording `{name}` is no JSON: {e}"))
        })?;
        set(&mut value, "cwd", json!(project));
        set(&mut value, "transcript_path", json!(transcript));
        for path in &situation.remove {
            remove(&mut value, path);
        }
        for (path, new) in &situation.patch {
            set(&mut value, path, filler(new));
        }
        let patched = !(situation.remove.is_empty() && situation.patch.is_empty());
        let mut stdin = value.to_string().into_bytes();
        if bytes.ends_with(b"\n") {
            stdin.push(b'\n');
        }
        let provenance = match (&situation.stdin, patched) {
            (Some(Stdin::Text(_) | Stdin::Base64(_)), _) => Provenance::Synthetic,
            (None, false) => Provenance::Recorded,
            _ => Provenance::RecordedPatched,
        };
        let stdin = match &situation.stdin {
            Some(form) => deform(form, &value, stdin)?,
            None => stdin,
        };
        Ok(Input {
            call: call(name, &value)?,
            stdin,
            provenance,
        })
    }
}

fn call(name: &str, value: &Value) -> Result<Call, PayloadError> {
    let event = name.split('/').next().unwrap_or_default();
    let event = Event::named(event)
        .ok_or_else(|| PayloadError::Unusable(format!("`{event}` is no hook event")))?;
    Ok(Call {
        event,
        tool_name: value["tool_name"].as_str().unwrap_or_default().to_owned(),
        tool_input: value
            .get("tool_input")
            .cloned()
            .unwrap_or_else(|| json!({})),
        tool_response: value.get("tool_response").cloned(),
    })
}

fn deform(form: &Stdin, value: &Value, plain: Vec<u8>) -> Result<Vec<u8>, PayloadError> {
    Ok(match form {
        Stdin::Text(text) => text.clone().into_bytes(),
        Stdin::Base64(text) => base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|e| PayloadError::Unusable(format!("stdin.base64: {e}")))?,
        Stdin::Payload(PayloadForm::Pretty) => format!("{value:#}\n").into_bytes(),
        Stdin::Payload(PayloadForm::AsciiEscaped) => ascii_escaped(&value.to_string()).into_bytes(),
        Stdin::Payload(PayloadForm::Truncated) => plain[..plain.len() / 2].to_vec(),
        Stdin::Payload(PayloadForm::Bom) => [b"\xef\xbb\xbf".as_slice(), &plain].concat(),
    })
}

fn ascii_escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && !matches!(c, '<' | '>' | '&') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Writes out `{ repeat, times, first, then }`; any other value stays.
fn filler(value: &Value) -> Value {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    match (
        value.get("repeat").and_then(Value::as_str),
        value.get("times").and_then(Value::as_u64),
    ) {
        (Some(repeat), Some(times)) => {
            let times = usize::try_from(times).unwrap_or(0);
            Value::String(format!(
                "{}{}{}",
                text("first"),
                repeat.repeat(times),
                text("then")
            ))
        }
        _ => value.clone(),
    }
}

/// Sets the field at the dotted `path`, making objects on the way; numbers index arrays.
pub(crate) fn set(value: &mut Value, path: &str, new: Value) {
    let mut at = value;
    for key in path.split('.') {
        at = match (at, key.parse::<usize>()) {
            (Value::Array(elements), Ok(index)) => {
                while elements.len() <= index {
                    elements.push(Value::Null);
                }
                &mut elements[index]
            }
            (other, _) => {
                if !other.is_object() {
                    *other = Value::Object(Map::new());
                }
                let Value::Object(members) = other else {
                    return;
                };
                members.entry(key).or_insert(Value::Null)
            }
        };
    }
    *at = new;
}

fn remove(value: &mut Value, path: &str) {
    let (parent, key) = path
        .rsplit_once('.')
        .map_or(("", path), |(parent, key)| (parent, key));
    if let Some(Value::Object(members)) = get_mut(value, parent) {
        members.shift_remove(key);
    }
}

fn get_mut<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let pointer: String = path
        .split('.')
        .filter(|k| !k.is_empty())
        .flat_map(|k| ["/", k])
        .collect();
    value.pointer_mut(&pointer)
}

/// The field at the dotted `path`.
pub(crate) fn get<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer: String = path.split('.').flat_map(|k| ["/", k]).collect();
    value.pointer(&pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_by_path() {
        let mut value = json!({"a": {"b": 1}, "list": [{"text": "x"}]});
        set(&mut value, "a.c.d", json!("new"));
        set(&mut value, "list.0.text", json!("y"));
        remove(&mut value, "a.b");
        assert_eq!(
            value,
            json!({"a": {"c": {"d": "new"}}, "list": [{"text": "y"}]})
        );
        assert_eq!(get(&value, "list.0.text"), Some(&json!("y")));
    }

    #[test]
    fn filler_is_written_out() {
        let long = filler(&json!({"first": "<", "repeat": "ab", "times": 3, "then": ">"}));
        assert_eq!(long, json!("<ababab>"));
        assert_eq!(filler(&json!({"repeat": 1})), json!({"repeat": 1}));
    }

    #[test]
    fn escaping_keeps_the_value() {
        let value = json!({"t": "grüß 😀 <b>&"});
        let escaped = ascii_escaped(&value.to_string());
        assert!(escaped.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);
    }
}
