//! Placeholders and long filler in cases.

use std::path::Path;

use serde_json::{Map, Value};

/// The placeholders of a run and what they stand for.
#[derive(Debug, Clone)]
pub(super) struct Placeholders {
    known: Vec<(&'static str, String)>,
}

impl Placeholders {
    /// The placeholders of a run in this directory.
    pub(super) fn new(directory: &Path, http: &str) -> Self {
        let below = |name: &str| directory.join(name).to_string_lossy().into_owned();
        Self {
            known: vec![
                ("{hooks}", below("hooks")),
                ("{proj}", below("proj")),
                ("{home}", below("home")),
                ("{rec}", below("rec")),
                ("{http}", http.to_owned()),
                ("{d}", directory.to_string_lossy().into_owned()),
            ],
        }
    }

    /// The same with the script of one hook.
    pub(super) fn with_hook(&self, script: &str) -> Self {
        let mut known = self.known.clone();
        known.push(("{hook}", script.to_owned()));
        Self { known }
    }

    /// What a placeholder stands for.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.known.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    /// A text with placeholders replaced.
    pub(super) fn text(&self, text: &str) -> String {
        let replace = |text: String, (name, value): &(&str, String)| text.replace(*name, value);
        self.known.iter().fold(text.to_owned(), replace)
    }

    /// A text with real paths turned back into placeholders.
    pub(super) fn hide(&self, text: &str) -> String {
        let replace = |text: String, (name, value): &(&str, String)| {
            if value.is_empty() {
                text
            } else {
                text.replace(value.as_str(), name)
            }
        };
        self.known.iter().fold(text.to_owned(), replace)
    }

    /// A value with placeholders replaced everywhere and filler written out.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => match self.filler(fields) {
                Some(text) => Value::String(text),
                None => fields
                    .iter()
                    .map(|(name, value)| (self.text(name), self.value(value)))
                    .collect(),
            },
            other => other.clone(),
        }
    }

    /// `{"first", "repeat", "times", "then"}`: long filler.
    fn filler(&self, fields: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| {
            let value = fields.get(name).and_then(Value::as_str);
            self.text(value.unwrap_or_default())
        };
        let times = usize::try_from(fields.get("times")?.as_u64()?).ok()?;
        let repeated = fields.get("repeat")?.as_str()?.repeat(times);
        Some(format!("{}{repeated}{}", text("first"), text("then")))
    }
}
