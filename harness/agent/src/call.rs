//! The calls a hook makes, as scripts, faults and the journal name them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rpc::Rpc;

/// Path of the MCP server endpoint.
pub const MCP_SERVER_PATH: &str = "/api/v1/mcp-server";

/// What a request asks the agent for, read leniently: a request that the agent
/// refuses (wrong content type, too large) is still named after its intent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// MCP tool `check_policy`.
    CheckPolicy,
    /// MCP tool `check_output`.
    CheckOutput,
    /// MCP tool `audit_tool_call`.
    AuditToolCall,
    /// JSON-RPC `initialize`.
    Initialize,
    /// JSON-RPC `ping`.
    Ping,
    /// JSON-RPC `tools/list`.
    ToolsList,
    /// Any other MCP tool, by name.
    OtherTool(String),
    /// `GET /health`.
    Health,
    /// `POST /api/v1/register`.
    Register,
    /// `POST /api/policy/pre-check`, a view of the script for `check_policy`.
    PreCheck,
    /// `POST /api/v1/mcp/check-input`, a view of the script for `check_policy`.
    RestCheckInput,
    /// `POST /api/v1/mcp/check-output`, a view of the script for `check_output`.
    RestCheckOutput,
    /// `GET /api/v1/static-policies`.
    StaticPolicies,
    /// Anything else, and connections that never sent a complete request.
    #[default]
    Other,
}

impl Call {
    /// Names the call of a request from its target and its parsed body.
    #[must_use]
    pub fn of(target: &str, rpc: Option<&Rpc>) -> Self {
        match path(target) {
            MCP_SERVER_PATH => rpc.map_or(Self::Other, Self::of_rpc),
            "/health" => Self::Health,
            "/api/v1/register" => Self::Register,
            "/api/policy/pre-check" => Self::PreCheck,
            "/api/v1/mcp/check-input" => Self::RestCheckInput,
            "/api/v1/mcp/check-output" => Self::RestCheckOutput,
            "/api/v1/static-policies" => Self::StaticPolicies,
            _ => Self::Other,
        }
    }

    fn of_rpc(rpc: &Rpc) -> Self {
        match (rpc.method.as_str(), rpc.tool.as_deref()) {
            ("initialize", _) => Self::Initialize,
            ("ping", _) => Self::Ping,
            ("tools/list", _) => Self::ToolsList,
            ("tools/call", Some("check_policy")) => Self::CheckPolicy,
            ("tools/call", Some("check_output")) => Self::CheckOutput,
            ("tools/call", Some("audit_tool_call")) => Self::AuditToolCall,
            ("tools/call", Some(other)) => Self::OtherTool(other.to_owned()),
            _ => Self::Other,
        }
    }

    /// The name scripts use for this call, `other_tool` for every other tool.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CheckPolicy => "check_policy",
            Self::CheckOutput => "check_output",
            Self::AuditToolCall => "audit_tool_call",
            Self::Initialize => "initialize",
            Self::Ping => "ping",
            Self::ToolsList => "tools_list",
            Self::OtherTool(_) => "other_tool",
            Self::Health => "health",
            Self::Register => "register",
            Self::PreCheck => "pre_check",
            Self::RestCheckInput => "rest_check_input",
            Self::RestCheckOutput => "rest_check_output",
            Self::StaticPolicies => "static_policies",
            Self::Other => "other",
        }
    }

    /// Whether this is a `tools/call`, whose result is JSON inside a text block.
    #[must_use]
    pub fn is_tool(&self) -> bool {
        matches!(
            self,
            Self::CheckPolicy | Self::CheckOutput | Self::AuditToolCall | Self::OtherTool(_)
        )
    }

    /// Whether the answer is a JSON-RPC message.
    #[must_use]
    pub fn is_rpc(&self) -> bool {
        self.is_tool() || matches!(self, Self::Initialize | Self::Ping | Self::ToolsList)
    }
}

/// The names a script or a fault's `on` list may use.
pub const CALL_NAMES: [&str; 14] = [
    "check_policy",
    "check_output",
    "audit_tool_call",
    "initialize",
    "ping",
    "tools_list",
    "other_tool",
    "health",
    "register",
    "pre_check",
    "rest_check_input",
    "rest_check_output",
    "static_policies",
    "other",
];

/// Where the `redirect` fault sends a client: the same path below this prefix.
pub(crate) const REDIRECTED: &str = "/redirected";

/// The path of a request target, without query, without the origin of an
/// absolute-form target, and without the prefix that `redirect` adds.
pub(crate) fn path(target: &str) -> &str {
    let target = target.split_once("://").map_or(target, |(_, rest)| {
        rest.find('/').map_or("/", |slash| &rest[slash..])
    });
    let target = target.split(['?', '#']).next().unwrap_or_default();
    target.strip_prefix(REDIRECTED).unwrap_or(target)
}

/// The string at `key` of a JSON object.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
