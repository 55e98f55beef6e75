//! An HTTP message, apart from any server.

use bytes::Bytes;
use serde_json::Value;

/// An HTTP answer. The length of the body is the server's business.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, without those about the body's length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::typed(status, "application/json", body.to_string().into_bytes())
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::typed(
            status,
            "text/plain; charset=utf-8",
            body.as_bytes().to_vec(),
        )
    }

    pub(super) fn typed(status: u16, mime: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), mime.to_owned())],
            body: body.into(),
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set_header(name, value);
        self
    }

    /// Adds a header, or replaces the one of that name.
    pub(super) fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        // A script's text must not be able to break the message apart.
        let value: String = value.into();
        let value = value.chars().filter(|c| !c.is_control()).collect();
        self.headers.push((name.to_owned(), value));
    }
}
