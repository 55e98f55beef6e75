//! The bodies and headers of requests to the agent.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json;
use crate::payload::Call;
use crate::settings::Settings;

/// Deepest nesting that is sent as JSON; below it an argument goes as text, because readers
/// at the agent's side stop at limits of their own (128 levels is a common one).
const DEEPEST: usize = 100;
/// Characters of the tool's response that an audit record summarises it with.
const SUMMARY: usize = 500;
/// What stands in an audit record for text that must not be in it.
pub const REDACTED: &str = "[redacted]";

#[derive(Serialize)]
struct Rpc<'a, A> {
    jsonrpc: &'static str,
    id: &'a str,
    method: &'static str,
    params: Params<'a, A>,
}

#[derive(Serialize)]
struct Params<'a, A> {
    name: &'a str,
    arguments: A,
}

/// A `tools/call` of the tool `name`; `id` only has to tell our own calls apart.
#[must_use]
pub fn tools_call(id: &str, name: &str, arguments: &impl Serialize) -> String {
    let rpc = Rpc {
        jsonrpc: "2.0",
        id,
        method: "tools/call",
        params: Params { name, arguments },
    };
    serde_json::to_string(&rpc).unwrap_or_default()
}

#[derive(Serialize)]
struct CheckPolicy<'a> {
    connector_type: &'a str,
    statement: &'a str,
    operation: &'static str,
}

/// Asks whether a statement may take effect.
#[must_use]
pub fn check_policy(connector_type: &str, statement: &str) -> String {
    let arguments = CheckPolicy {
        connector_type,
        statement,
        operation: "execute",
    };
    tools_call("hook-pre", "check_policy", &arguments)
}

#[derive(Serialize)]
struct CheckOutput<'a> {
    connector_type: &'a str,
    message: &'a str,
}

/// Asks for a scan of what a call put out.
#[must_use]
pub fn check_output(connector_type: &str, message: &str) -> String {
    let arguments = CheckOutput {
        connector_type,
        message,
    };
    tools_call("hook-scan", "check_output", &arguments)
}

/// The arguments of `audit_tool_call`.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// `tool_name` of the call.
    pub tool_name: String,
    /// Always `claude_code`.
    pub tool_type: &'static str,
    /// What went in.
    pub input: Box<RawValue>,
    /// What came of it.
    pub output: Output,
    /// Whether the call ran and succeeded.
    pub success: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Who asks, for platforms that tell callers apart.
    pub caller_name: &'static str,
}

/// What came of an audited call.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Output {
    /// It did not run.
    Stopped {
        /// `blocked` or `redacted`.
        policy_decision: &'static str,
        /// The agent's reason.
        block_reason: String,
        /// How many policies the agent looked at.
        #[serde(skip_serializing_if = "Option::is_none")]
        policies_evaluated: Option<i64>,
    },
    /// It ran.
    Ran {
        /// The beginning of its response.
        summary: String,
    },
}

impl Audit {
    /// A record of `call` that says nothing yet of its outcome.
    #[must_use]
    pub fn new(call: &Call<'_>, input: Box<RawValue>, output: Output) -> Self {
        Self {
            tool_name: call.tool.clone(),
            tool_type: "claude_code",
            input,
            output,
            success: false,
            error_message: None,
            caller_name: "claude_code",
        }
    }

    /// The request that delivers the record.
    #[must_use]
    pub fn request(&self, id: &str) -> String {
        tools_call(id, "audit_tool_call", self)
    }
}

#[derive(Serialize)]
struct Statement<'a> {
    statement: &'a str,
}

/// An audit input that is a statement.
#[must_use]
pub fn statement_input(statement: &str) -> Box<RawValue> {
    raw(&Statement { statement })
}

/// The tool's input as an audit input.
#[must_use]
pub fn tool_input(call: &Call<'_>) -> Box<RawValue> {
    let compact = json::compact(call.input);
    if json::depth(&compact) > DEEPEST {
        return statement_input(&compact);
    }
    RawValue::from_string(compact).unwrap_or_else(|_| statement_input(call.input))
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// The beginning of a text, for an audit record.
#[must_use]
pub fn summary(text: &str) -> String {
    text.chars().take(SUMMARY).collect()
}

/// The headers of every request; one without a value is absent.
#[must_use]
pub fn headers(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Accept", "application/json".to_owned()),
        (
            "X-Axonflow-Client",
            format!("claude-code-plugin/{}", settings.version),
        ),
    ];
    if let Some(auth) = &settings.auth {
        headers.push(("Authorization", format!("Basic {auth}")));
    }
    if let Some(license) = &settings.license {
        headers.push(("X-License-Token", license.clone()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Payload;
    use serde_json::{Value, json};

    #[test]
    fn asks_in_json_rpc() {
        let body: Value =
            serde_json::from_str(&check_policy("claude_code.Bash", "a\"\u{1}é")).unwrap();
        assert_eq!(
            body,
            json!({"jsonrpc": "2.0", "id": "hook-pre", "method": "tools/call", "params": {
                "name": "check_policy",
                "arguments": {"connector_type": "claude_code.Bash", "statement": "a\"\u{1}é", "operation": "execute"}
            }})
        );
    }

    #[test]
    fn audits_the_input_as_it_was() {
        let payload = Payload::read(
            br#"{"tool_name":"mcp__a__b","tool_input":{ "n": 12345678901234567890123 }}"#,
        )
        .unwrap();
        let call = payload.call();
        let output = Output::Ran {
            summary: summary("x"),
        };
        let request = Audit::new(&call, tool_input(&call), output).request("hook-audit");
        assert!(
            request.contains(r#""input":{"n":12345678901234567890123}"#),
            "{request}"
        );
        assert!(!request.contains("error_message"), "{request}");
    }

    #[test]
    fn deep_input_goes_as_text() {
        let text = format!(
            "{{\"tool_input\":{{\"a\":{}{}}}}}",
            "[".repeat(500),
            "]".repeat(500)
        );
        let payload = Payload::read(text.as_bytes()).unwrap();
        let input = tool_input(&payload.call());
        assert!(input.get().starts_with(r#"{"statement":"{\"a\":[["#));
    }

    #[test]
    fn a_header_without_a_value_is_absent() {
        let settings = Settings::read(|_| None);
        let names: Vec<_> = headers(&settings).iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["Content-Type", "Accept", "X-Axonflow-Client"]);
        let settings = Settings::read(|name| (name == "AXONFLOW_AUTH").then(|| "eDp5".to_owned()));
        assert!(headers(&settings).contains(&("Authorization", "Basic eDp5".to_owned())));
    }
}
