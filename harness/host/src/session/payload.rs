//! What a client writes to the standard input of its hooks.

use serde_json::{Map, Value, json};

use super::Session;
use crate::semantics::Merge;
use crate::{Call, Event};

impl Session {
    /// The payload of this client for a call: one line of JSON, ended as this client ends it.
    #[must_use]
    pub fn payload(&self, call: &Call) -> Vec<u8> {
        let newest = self.client.semantics.stdin_newline;
        let mut object = Map::new();
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("session_id", json!(self.id));
        put("transcript_path", json!(self.transcript_path()));
        put("cwd", json!(self.cwd));
        if newest {
            put("prompt_id", json!("00000000-0000-4000-8000-000000000001"));
        }
        put("permission_mode", json!(self.mode.name()));
        if newest {
            put("effort", json!({"level": "medium"}));
        }
        put("hook_event_name", json!(call.event.name()));
        put("tool_name", json!(call.tool_name));
        put("tool_input", call.tool_input.clone());
        if let Some(response) = &call.tool_response {
            match call.event {
                Event::PostToolUseFailure => put("error", response.clone()),
                _ => put("tool_response", response.clone()),
            }
        }
        if self.client.semantics.merge != Merge::Collected {
            put("tool_use_id", json!("toolu_000000000000000000000000"));
        }
        let mut line = serde_json::to_vec(&Value::Object(object)).unwrap_or_default();
        if newest {
            line.push(b'\n');
        }
        line
    }

    fn transcript_path(&self) -> String {
        let home = self.env.iter().find(|(name, _)| name == "HOME");
        let home = home.map_or_else(String::new, |(_, home)| home.to_string_lossy().into_owned());
        let project = self.project_dir.to_string_lossy();
        let slug: String = project
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        format!("{home}/.claude/projects/{slug}/{}.jsonl", self.id)
    }
}
