//! A fault together with the calls it applies to.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use super::{Fault, Layer};
use crate::call::{CALL_NAMES, Call};

/// A fault for a whole script: `fault = "refused"`, or a table with the fault's
/// name, its parameters and the calls it hits
/// (`fault = { name = "reset_after_request", on = ["check_policy"] }`).
#[derive(Debug, Clone, PartialEq)]
pub struct ScopedFault {
    /// The fault.
    pub fault: Fault,
    /// Names of the calls it applies to; empty means all.
    pub on: Vec<String>,
}

impl ScopedFault {
    /// Whether the fault applies to `call`.
    #[must_use]
    pub fn hits(&self, call: &Call) -> bool {
        self.on.is_empty() || self.on.iter().any(|name| name == call.name())
    }
}

impl From<Fault> for ScopedFault {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            on: Vec::new(),
        }
    }
}

fn read(value: Value) -> Result<ScopedFault, String> {
    let mut map = Fault::map_of(value)?;
    let on: Vec<String> = match map.remove("on") {
        None => Vec::new(),
        Some(on) => serde_json::from_value(on).map_err(|error| format!("`on`: {error}"))?,
    };
    if let Some(unknown) = on.iter().find(|name| !CALL_NAMES.contains(&name.as_str())) {
        return Err(format!(
            "`on` names the unknown call `{unknown}`; known: {CALL_NAMES:?}"
        ));
    }
    let fault = Fault::from_map(map)?;
    if fault.layer() == Layer::Endpoint && !on.is_empty() {
        return Err(format!(
            "fault `{}` acts before a request is read, so it cannot be limited with `on`",
            fault.name()
        ));
    }
    Ok(ScopedFault { fault, on })
}

impl<'de> Deserialize<'de> for ScopedFault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for ScopedFault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(&self.fault).map_err(serde::ser::Error::custom)?;
        if let (Value::Object(map), false) = (&mut value, self.on.is_empty()) {
            map.insert("on".to_owned(), Value::from(self.on.clone()));
        }
        value.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn applies_to_named_calls_only() {
        let fault =
            read(json!({ "name": "empty_reply", "on": ["check_policy"] })).expect("readable");
        assert!(fault.hits(&Call::CheckPolicy));
        assert!(!fault.hits(&Call::CheckOutput));
        assert!(ScopedFault::from(Fault::EmptyReply).hits(&Call::Health));
    }

    #[test]
    fn unknown_calls_and_scoped_endpoints_are_refused() {
        assert!(
            read(json!({ "name": "gzip", "on": ["chek"] }))
                .unwrap_err()
                .contains("chek")
        );
        assert!(read(json!({ "name": "refused", "on": ["health"] })).is_err());
    }
}
