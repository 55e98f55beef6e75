//! `{name}` in the texts of a scenario.

use regex::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{([a-z][a-z0-9_.+-]*)\}\}|\{([a-z][a-z0-9_.-]*?)([+-][0-9]+)?\}")
        .expect("the pattern is constant")
});

/// What placeholders stand for. A value that is no text replaces only a text that is nothing but
/// the placeholder.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    values: BTreeMap<String, Value>,
    /// Epoch seconds that `{now}`, `{now+60}` count from; `None` leaves them as they are.
    now: Option<i64>,
}

impl Bindings {
    /// Binds `name`.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.values.insert(name.into(), value.into());
    }

    /// Sets what `{now}` means, in epoch seconds.
    pub fn set_now(&mut self, epoch: i64) {
        self.now = Some(epoch);
    }

    /// Binds the members of a table as `name.member`, and `name` itself to its `name` member.
    pub fn set_row(&mut self, name: &str, row: &Value) {
        if let Value::Object(members) = row {
            for (member, value) in members {
                self.set(format!("{name}.{member}"), value.clone());
            }
            if let Some(label) = members.get("name") {
                self.set(name, label.clone());
            }
        } else {
            self.set(name, row.clone());
        }
    }

    /// Replaces the placeholders that are bound everywhere in `value`; others stay.
    #[must_use]
    pub fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.fill_text(text),
            Value::Array(elements) => elements.iter().map(|v| self.fill(v)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(k, v)| (self.fill_key(k), self.fill(v)))
                .collect(),
            other => other.clone(),
        }
    }

    fn fill_key(&self, key: &str) -> String {
        match self.fill_text(key) {
            Value::String(text) => text,
            _ => key.to_owned(),
        }
    }

    fn fill_text(&self, text: &str) -> Value {
        if let Some(name) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'))
            && let Some(value) = self.values.get(name)
        {
            return value.clone();
        }
        Value::String(
            PLACEHOLDER
                .replace_all(text, |c: &Captures<'_>| self.one(c))
                .into_owned(),
        )
    }

    fn one(&self, captures: &Captures<'_>) -> String {
        let whole = captures[0].to_owned();
        let Some(name) = captures.get(2).map(|m| m.as_str()) else {
            return whole;
        };
        let offset = captures
            .get(3)
            .map_or(0, |m| m.as_str().parse::<i64>().unwrap_or(0));
        if name == "now" {
            return self.now.map_or(whole, |now| (now + offset).to_string());
        }
        match self.values.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => whole,
            Some(value) => value.to_string(),
        }
    }
}

/// Turns `{{word}}` into `{word}`, once everything is filled.
#[must_use]
pub fn unescape(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let plain = PLACEHOLDER.replace_all(text, |c: &Captures<'_>| {
                c.get(1)
                    .map_or_else(|| c[0].to_owned(), |m| format!("{{{}}}", m.as_str()))
            });
            Value::String(plain.into_owned())
        }
        Value::Array(elements) => elements.iter().map(unescape).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(k, v)| (k.clone(), unescape(v)))
            .collect(),
        other => other.clone(),
    }
}

/// The first placeholder in `value` that nothing is bound to.
#[must_use]
pub fn unbound(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => PLACEHOLDER
            .captures_iter(text)
            .find_map(|c| c.get(2).map(|_| c[0].to_owned())),
        Value::Array(elements) => elements.iter().find_map(unbound),
        Value::Object(members) => members.values().find_map(unbound),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fills_texts_keeps_types_and_escapes() {
        let mut bindings = Bindings::default();
        bindings.set("nonce", "N1");
        bindings.set_row("tool", &json!({"name": "bash", "deny": true, "n": 3}));
        bindings.set_now(100);
        let filled = bindings.fill(&json!({
            "a": "x {nonce} {tool} {tool.n}", "b": "{tool.deny}", "c": "{{nonce}} {\"json\"} ${HOME}",
            "d": "{now-60} {now}", "e": "{other}"
        }));
        assert_eq!(unbound(&filled).as_deref(), Some("{other}"));
        assert_eq!(
            unescape(&filled),
            json!({"a": "x N1 bash 3", "b": true, "c": "{nonce} {\"json\"} ${HOME}", "d": "40 100", "e": "{other}"})
        );
    }
}
