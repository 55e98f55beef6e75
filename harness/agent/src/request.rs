//! An HTTP request, apart from any server.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;

use crate::call::Call;
use crate::rpc::Rpc;

/// An HTTP request, apart from any server.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target as sent.
    pub target: String,
    /// The headers as sent.
    pub headers: Vec<(String, String)>,
    /// The body without transfer coding.
    pub body: Bytes,
    /// The JSON-RPC message in the body, if it is one.
    pub rpc: Option<Arc<Rpc>>,
    /// What is asked for.
    pub call: Call,
}

impl Request {
    /// A request, its body parsed and its call named.
    #[must_use]
    pub fn new(method: &str, target: &str, headers: Vec<(String, String)>, body: Bytes) -> Self {
        let rpc = Rpc::parse(&body).map(Arc::new);
        let call = Call::of(target, rpc.as_deref());
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body,
            rpc,
            call,
        }
    }

    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The Basic credentials as `user:password`; another Authorization header verbatim.
    #[must_use]
    pub fn credentials(&self) -> Option<String> {
        let value = self.header("authorization")?;
        Some(basic(value).unwrap_or_else(|| value.to_owned()))
    }
}

/// The first header of that name, whatever its case.
pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Decodes `Basic <base64>` to `user:password`.
pub(crate) fn basic(value: &str) -> Option<String> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    String::from_utf8(decoded)
        .ok()
        .filter(|pair| pair.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_basic_credentials_are_decoded() {
        assert_eq!(basic("Basic dTpw").as_deref(), Some("u:p"));
        assert_eq!(basic("basic  dTpw ").as_deref(), Some("u:p"));
        assert_eq!(basic("Bearer dTpw"), None);
        assert_eq!(basic("Basic dXA="), None);
        assert_eq!(basic("Basic ***"), None);
    }
}
