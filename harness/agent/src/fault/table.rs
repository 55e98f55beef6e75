//! One documented row per fault.

use serde_json::{Map, Value};

use super::Fault;

/// Where a fault acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// On the endpoint, before any request is read; applies to all calls.
    Endpoint,
    /// On the connection, after the request was read.
    Wire,
    /// On the content of the answer, which arrives as a whole HTTP message.
    Answer,
}

/// What there is to know about one fault.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Name in data files.
    pub name: &'static str,
    /// Where it acts.
    pub layer: Layer,
    /// What happens on the wire.
    pub effect: &'static str,
    /// Parameters with units and defaults, empty when there are none.
    pub parameters: &'static str,
    /// Parameters without a default, as JSON, for examples and tests.
    pub required: &'static str,
    /// Exit status of `curl --max-time 3`, measured with curl 7.88.1; 0 is an
    /// answer that curl takes, whatever its content.
    pub curl_exit: i32,
}

impl Row {
    /// The fault with its defaults and sample values for required parameters.
    ///
    /// # Panics
    /// Never: a test reads every row.
    #[must_use]
    pub fn example(&self) -> Fault {
        let mut map: Map<String, Value> = serde_json::from_str(self.required).unwrap_or_default();
        map.insert("name".to_owned(), Value::from(self.name));
        Fault::from_map(map).expect("every row of the table is readable")
    }
}

const fn row(name: &'static str, layer: Layer, curl_exit: i32, effect: &'static str) -> Row {
    Row {
        name,
        layer,
        effect,
        parameters: "",
        required: "{}",
        curl_exit,
    }
}

const fn with(row: Row, parameters: &'static str, required: &'static str) -> Row {
    Row {
        parameters,
        required,
        ..row
    }
}

use Layer::{Answer, Endpoint, Wire};

/// Every fault, endpoint first, then wire, then answer.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row("refused", Endpoint, 7, "The port is bound but never listens: the kernel refuses each connection. It stays bound as long as the agent lives, so nobody else can take it."),
    row("dns_failure", Endpoint, 6, "The endpoint's host name is longer than DNS allows (255), so that resolvers fail without sending a packet."),
    row("tls_untrusted", Endpoint, 60, "The endpoint is https with a self-signed certificate; a client that does not verify is served normally."),
    row("reset_at_accept", Endpoint, 56, "Each connection is accepted and reset at once (RST), unread."),
    row("hang_at_accept", Endpoint, 28, "Each connection is accepted and never read from; what lies in the kernel's buffer is only peeked at, for the journal."),

    with(row("latency", Wire, 0, "The answer is held back for a while, then sent."), "latency_ms", r#"{"latency_ms":50}"#),
    with(row("bandwidth", Wire, 0, "The answer is sent at a limited rate."), "rate: KB/s", r#"{"rate":100}"#),
    with(row("slow_drip", Wire, 28, "The answer is sent a few bytes at a time."), "bytes (1), interval_ms (100)", "{}"),
    with(row("slow_close", Wire, 28, "The answer has no length and ends with the connection, which is closed late."), "delay_ms (1000)", r#"{"delay_ms":60000}"#),
    with(row("timeout", Wire, 28, "No answer; the connection is closed after a while, never if 0."), "timeout_ms (0)", "{}"),
    with(row("reset_after_request", Wire, 56, "The request is read, then the connection is reset (RST), at once or after a while. Also named reset_peer."), "timeout_ms (0)", "{}"),
    with(row("reset_mid_answer", Wire, 56, "The head and the first bytes of the body are sent, then the connection is reset (RST)."), "keep: bytes of the body (half)", "{}"),
    row("empty_reply", Wire, 52, "The request is read, then the connection is closed (FIN) without an answer."),
    row("hang_before_headers", Wire, 28, "The request is read; nothing is sent until the client goes away."),
    row("hang_mid_headers", Wire, 28, "Half of the answer's head is sent, then nothing more."),
    with(row("hang_mid_body", Wire, 28, "The head and the first bytes of the body are sent, then nothing more."), "keep: bytes of the body (half)", "{}"),
    with(row("limit_data", Wire, 18, "The connection is closed (FIN) after so many bytes of the answer, head included."), "bytes", r#"{"bytes":150}"#),
    with(row("truncated_body", Wire, 18, "Content-Length tells the whole body, only the first bytes are sent, then the connection is closed (FIN)."), "keep: bytes of the body (half)", "{}"),
    row("invalid_http", Wire, 1, "Bytes that are not HTTP are sent, then the connection is closed (FIN)."),
    with(row("chunked", Wire, 0, "The body is sent in chunks (a correct answer)."), "size: bytes per chunk (16)", "{}"),
    row("chunked_truncated", Wire, 18, "The body is sent in chunks and the last chunk never comes; the connection is closed (FIN)."),
    row("chunked_invalid", Wire, 56, "After the first chunk comes one whose size is not a number."),

    with(row("redirect", Answer, 0, "A redirect to the same path below /redirected on this endpoint, where the call is answered normally."), "status (307), location", "{}"),
    with(row("redirect_loop", Answer, 0, "A redirect to the very same address, each time."), "status (307)", "{}"),
    with(row("html_error_page", Answer, 0, "A gateway's HTML error page."), "status (502)", "{}"),
    with(row("status", Answer, 0, "A bare HTTP status, with or without a body."), "code, body (empty)", r#"{"code":503}"#),
    row("empty_body", Answer, 0, "The status stays, the body is empty."),
    row("not_json", Answer, 0, "The status stays, the body is text that is not JSON."),
    row("two_documents", Answer, 0, "The body holds two JSON-RPC messages; in the second one `allowed` says the opposite."),
    row("wrong_id", Answer, 0, "The message answers another request's id."),
    row("missing_id", Answer, 0, "The message has no id."),
    with(row("rpc_error", Answer, 0, "A JSON-RPC error."), "code, message (as the agent words it), status (as the agent sends it)", r#"{"code":-32603}"#),
    with(row("is_error", Answer, 0, "A tool result with isError and a plain text."), "text", "{}"),
    row("no_content", Answer, 0, "The tool result's content is an empty list."),
    row("content_not_text", Answer, 0, "The tool result's content is an image block."),
    row("content_not_json", Answer, 0, "The tool result's text is not JSON."),
    row("allowed_missing", Answer, 0, "`allowed` is left out of the tool result."),
    row("allowed_null", Answer, 0, "`allowed` is null."),
    with(row("allowed_string", Answer, 0, "`allowed` is a string."), "value (true)", "{}"),
    with(row("huge_answer", Answer, 0, "The tool result carries a long extra field; the answer is otherwise valid."), "bytes (10,000,000)", "{}"),
    with(row("deep_json", Answer, 0, "The JSON-RPC result carries an extra field of nested arrays; the answer is otherwise valid."), "depth: levels (100,000)", "{}"),
    row("invalid_utf8", Answer, 0, "The bytes FF FE stand in a string of the answer (in block_reason, where there is one)."),
    row("nul", Answer, 0, "A NUL byte stands raw in a string of the answer (in block_reason, where there is one)."),
    row("bom", Answer, 0, "The body starts with a UTF-8 byte order mark."),
    row("gzip", Answer, 0, "The body is gzip-encoded and says so, whether or not the client accepts that."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_rows_are_in_layer_order() {
        let rank = |layer| {
            [Endpoint, Wire, Answer]
                .iter()
                .position(|known| *known == layer)
        };
        for pair in TABLE.windows(2) {
            assert!(
                rank(pair[0].layer) <= rank(pair[1].layer),
                "{} is misplaced",
                pair[1].name
            );
        }
        let mut names: Vec<_> = TABLE.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
    }
}
