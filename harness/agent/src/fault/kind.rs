//! The faults by name, with their parameters.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};

use super::table::{Layer, TABLE};

/// One fault. In data files it is either its name (`fault = "refused"`) or a
/// table with the name and parameters (`fault = { name = "slow_drip", bytes = 1 }`).
/// What each does on the wire is told by [`TABLE`]. Names follow Toxiproxy's
/// toxics where one exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", remote = "Self")]
#[allow(
    missing_docs,
    reason = "TABLE documents every fault and its parameters"
)]
pub enum Fault {
    Refused,
    DnsFailure,
    TlsUntrusted,
    ResetAtAccept,
    HangAtAccept,

    Latency {
        latency_ms: u64,
    },
    Bandwidth {
        rate: u64,
    },
    SlowDrip {
        #[serde(default = "one")]
        bytes: usize,
        #[serde(default = "hundred")]
        interval_ms: u64,
    },
    SlowClose {
        #[serde(default = "thousand")]
        delay_ms: u64,
    },
    Timeout {
        #[serde(default)]
        timeout_ms: u64,
    },
    #[serde(alias = "reset_peer")]
    ResetAfterRequest {
        #[serde(default)]
        timeout_ms: u64,
    },
    ResetMidAnswer {
        #[serde(default)]
        keep: Option<usize>,
    },
    EmptyReply,
    HangBeforeHeaders,
    HangMidHeaders,
    HangMidBody {
        #[serde(default)]
        keep: Option<usize>,
    },
    LimitData {
        bytes: usize,
    },
    TruncatedBody {
        #[serde(default)]
        keep: Option<usize>,
    },
    InvalidHttp,
    Chunked {
        #[serde(default = "sixteen")]
        size: usize,
    },
    ChunkedTruncated,
    ChunkedInvalid,

    Redirect {
        #[serde(default = "temporary_redirect")]
        status: u16,
        #[serde(default)]
        location: Option<String>,
    },
    RedirectLoop {
        #[serde(default = "temporary_redirect")]
        status: u16,
    },
    HtmlErrorPage {
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    Status {
        code: u16,
        #[serde(default)]
        body: String,
    },
    EmptyBody,
    NotJson,
    TwoDocuments,
    WrongId,
    MissingId,
    RpcError {
        code: i64,
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        status: Option<u16>,
    },
    IsError {
        #[serde(default = "unavailable")]
        text: String,
    },
    NoContent,
    ContentNotText,
    ContentNotJson,
    AllowedMissing,
    AllowedNull,
    AllowedString {
        #[serde(default = "true_text")]
        value: String,
    },
    HugeAnswer {
        #[serde(default = "ten_million")]
        bytes: usize,
    },
    DeepJson {
        #[serde(default = "hundred_thousand")]
        depth: usize,
    },
    InvalidUtf8,
    Nul,
    Bom,
    Gzip,
}

impl Fault {
    /// The fault's name as data files write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.row().name
    }

    /// Where the fault acts.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.row().layer
    }

    /// The fault's row in [`TABLE`].
    ///
    /// # Panics
    /// Never: a test holds that every fault has a row.
    #[must_use]
    pub fn row(&self) -> &'static super::Row {
        let shape = self.to_map();
        let name = shape.get("name").and_then(Value::as_str);
        TABLE
            .iter()
            .find(|row| Some(row.name) == name)
            .expect("every fault has a row in the table")
    }

    fn to_map(&self) -> Map<String, Value> {
        match Self::serialize(self, serde_json::value::Serializer) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// Reads the table form; parameters a fault does not have are an error.
    pub(super) fn from_map(map: Map<String, Value>) -> Result<Self, String> {
        let given: Vec<String> = map.keys().cloned().collect();
        let fault = Self::deserialize(Value::Object(map)).map_err(|error| error.to_string())?;
        let status = match &fault {
            Self::Status { code, .. } => Some(*code),
            Self::Redirect { status, .. }
            | Self::RedirectLoop { status }
            | Self::HtmlErrorPage { status } => Some(*status),
            Self::RpcError { status, .. } => *status,
            _ => None,
        };
        if let Some(status) = status.filter(|status| !(200..=999).contains(status)) {
            return Err(format!(
                "status {status} is no final HTTP status (200 to 999)"
            ));
        }
        let known = fault.to_map();
        match given.iter().find(|key| !known.contains_key(*key)) {
            None => Ok(fault),
            Some(unknown) => Err(format!(
                "fault `{}` has no parameter `{unknown}`; {}",
                fault.name(),
                match known
                    .keys()
                    .filter(|key| *key != "name")
                    .collect::<Vec<_>>()
                {
                    none if none.is_empty() => "it takes none".to_owned(),
                    some => format!("it takes {some:?}"),
                }
            )),
        }
    }

    /// Turns a name into the table form.
    pub(super) fn map_of(value: Value) -> Result<Map<String, Value>, String> {
        match value {
            Value::String(name) => Ok(Map::from_iter([("name".to_owned(), Value::String(name))])),
            Value::Object(map) => Ok(map),
            _ => Err("a fault is a name or a table with a name and parameters".to_owned()),
        }
    }
}

// The derived impls are inherent functions (`remote = "Self"`), so that the
// string form and the parameter check can stand in front of them.
impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::map_of(value)
            .and_then(Self::from_map)
            .map_err(D::Error::custom)
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

fn one() -> usize {
    1
}
fn sixteen() -> usize {
    16
}
fn hundred() -> u64 {
    100
}
fn thousand() -> u64 {
    1000
}
fn hundred_thousand() -> usize {
    100_000
}
fn ten_million() -> usize {
    10_000_000
}
fn temporary_redirect() -> u16 {
    307
}
fn bad_gateway() -> u16 {
    502
}
fn unavailable() -> String {
    "policy evaluation temporarily unavailable".to_owned()
}
fn true_text() -> String {
    "true".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Fault, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_and_a_table_are_the_same_fault() {
        assert_eq!(read(json!("refused")), Ok(Fault::Refused));
        assert_eq!(read(json!({ "name": "refused" })), Ok(Fault::Refused));
        assert_eq!(
            read(json!({ "name": "slow_drip", "bytes": 5 })),
            Ok(Fault::SlowDrip {
                bytes: 5,
                interval_ms: 100
            })
        );
        assert_eq!(
            read(json!("reset_peer")),
            read(json!("reset_after_request"))
        );
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = read(json!("refuse")).unwrap_err();
        assert!(
            unknown.contains("refuse") && unknown.contains("refused"),
            "{unknown}"
        );
        let parameter = read(json!({ "name": "gzip", "level": 1 })).unwrap_err();
        assert!(
            parameter.contains("level") && parameter.contains("none"),
            "{parameter}"
        );
        let parameter = read(json!({ "name": "slow_drip", "byte": 1 })).unwrap_err();
        assert!(parameter.contains("interval_ms"), "{parameter}");
    }

    #[test]
    fn every_row_is_a_fault_and_survives_a_round_trip() {
        for row in TABLE {
            let fault = row.example();
            assert_eq!(fault.name(), row.name);
            let again: Fault =
                serde_json::from_value(serde_json::to_value(&fault).expect("serializable"))
                    .expect("readable");
            assert_eq!(again, fault);
        }
    }
}
