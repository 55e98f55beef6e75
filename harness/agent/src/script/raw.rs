//! An answer as data files write it, and its validation.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Answer, Body, Content, IdRule, RpcFailure};
use super::envelope::Envelope;
use crate::fault::{Fault, Layer};

/// An answer as data files write it: at most one of `result`, `text`, `error`,
/// `raw_result`, `envelope`, `body`, `body_base64`, `body_file`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_error: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<RpcFailure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<Envelope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
    #[serde(skip_serializing_if = "is_default")]
    delay_ms: u64,
    #[serde(skip_serializing_if = "is_default")]
    hold: bool,
    #[serde(skip_serializing_if = "is_default")]
    id: IdRule,
    #[serde(skip_serializing_if = "is_default")]
    gzip: bool,
    #[serde(skip_serializing_if = "is_default")]
    bom: bool,
    #[serde(skip_serializing_if = "is_default")]
    prefix: String,
    #[serde(skip_serializing_if = "is_default")]
    suffix: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl RawAnswer {
    fn check(&self) -> Result<(), String> {
        let kinds = [
            ("result", self.result.is_some()),
            ("text", self.text.is_some()),
            ("error", self.error.is_some()),
            ("raw_result", self.raw_result.is_some()),
            ("envelope", self.envelope.is_some()),
            ("body", self.body.is_some()),
            ("body_base64", self.body_base64.is_some()),
            ("body_file", self.body_file.is_some()),
        ];
        let given: Vec<_> = kinds
            .iter()
            .filter(|kind| kind.1)
            .map(|kind| kind.0)
            .collect();
        if given.len() > 1 {
            return Err(format!(
                "an answer says one thing, not several: {}",
                given.join(", ")
            ));
        }
        if self.is_error.is_some() && self.text.is_none() {
            return Err("`is_error` belongs to `text`".to_owned());
        }
        if self.repeat.is_some() && self.body.is_none() && self.body_base64.is_none() {
            return Err("`repeat` belongs to `body` or `body_base64`".to_owned());
        }
        if let Some(status) = self.status.filter(|status| !(200..=999).contains(status)) {
            return Err(format!(
                "status {status} is no final HTTP status (200 to 999)"
            ));
        }
        for (name, value) in &self.headers {
            check_header(name, value)?;
        }
        match &self.fault {
            Some(fault) if fault.layer() == Layer::Endpoint => Err(format!(
                "fault `{}` acts before a request is read: put it on the whole agent",
                fault.name()
            )),
            _ => Ok(()),
        }
    }

    fn content(&mut self) -> Result<Content, String> {
        Ok(if let Some(result) = self.result.take() {
            Content::Result(result)
        } else if let Some(text) = self.text.take() {
            Content::Text {
                text,
                is_error: self.is_error.unwrap_or_default(),
            }
        } else if let Some(error) = self.error.take() {
            Content::Error(error)
        } else if let Some(result) = self.raw_result.take() {
            Content::RawResult(result)
        } else if let Some(envelope) = self.envelope.take() {
            Content::Envelope(envelope)
        } else if let Some(file) = self.body_file.take() {
            Content::Http(Body::File(file))
        } else if let Some(bytes) = self.bytes()? {
            Content::Http(Body::Bytes {
                bytes,
                repeat: self.repeat.unwrap_or(1),
            })
        } else if self.status.is_some() && self.fault.is_none() {
            // A status alone is the whole answer: no body.
            Content::Http(Body::Bytes {
                bytes: Vec::new(),
                repeat: 1,
            })
        } else {
            Content::Default
        })
    }

    fn bytes(&mut self) -> Result<Option<Vec<u8>>, String> {
        match (self.body.take(), self.body_base64.take()) {
            (Some(text), _) => Ok(Some(text.into_bytes())),
            (_, Some(encoded)) => BASE64_STANDARD
                .decode(encoded)
                .map(Some)
                .map_err(|error| format!("`body_base64`: {error}")),
            _ => Ok(None),
        }
    }
}

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("`{name}` is no HTTP header name"));
    }
    // The server computes these from the body; a wrong length is a fault.
    if ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "header `{name}` follows from the body; use a fault to break it"
        ));
    }
    if value
        .bytes()
        .any(|byte| byte != b'\t' && (byte < 0x20 || byte == 0x7f))
    {
        return Err(format!("header `{name}` holds a control character"));
    }
    Ok(())
}

impl TryFrom<RawAnswer> for Answer {
    type Error = String;

    fn try_from(mut raw: RawAnswer) -> Result<Self, String> {
        raw.check()?;
        Ok(Self {
            content: raw.content()?,
            status: raw.status,
            headers: raw.headers,
            fault: raw.fault,
            delay_ms: raw.delay_ms,
            hold: raw.hold,
            id: raw.id,
            gzip: raw.gzip,
            bom: raw.bom,
            prefix: raw.prefix,
            suffix: raw.suffix,
        })
    }
}

impl From<Answer> for RawAnswer {
    fn from(answer: Answer) -> Self {
        let mut raw = Self {
            status: answer.status,
            headers: answer.headers,
            fault: answer.fault,
            delay_ms: answer.delay_ms,
            hold: answer.hold,
            id: answer.id,
            gzip: answer.gzip,
            bom: answer.bom,
            prefix: answer.prefix,
            suffix: answer.suffix,
            ..Self::default()
        };
        match answer.content {
            Content::Default => {}
            Content::Result(result) => raw.result = Some(result),
            Content::Text { text, is_error } => {
                raw.text = Some(text);
                raw.is_error = Some(is_error);
            }
            Content::Error(error) => raw.error = Some(error),
            Content::RawResult(result) => raw.raw_result = Some(result),
            Content::Envelope(envelope) => raw.envelope = Some(envelope),
            Content::Http(Body::File(file)) => raw.body_file = Some(file),
            Content::Http(Body::Bytes { bytes, repeat }) => {
                raw.repeat = Some(repeat);
                match String::from_utf8(bytes) {
                    Ok(text) => raw.body = Some(text),
                    Err(error) => {
                        raw.body_base64 = Some(BASE64_STANDARD.encode(error.as_bytes()));
                    }
                }
            }
        }
        raw
    }
}
