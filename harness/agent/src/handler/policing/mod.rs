//! Decisions of a policy pack, where nothing is scripted.
//!
//! - `check`: what `check_policy` and `check_output` answer
//! - `listing`: the pack as `list_policies` and `/api/v1/static-policies` show it
//! - `overrides`: policies that are lifted for a while
//! - `memory`: decisions that can be explained later

mod check;
mod listing;
mod memory;
mod overrides;

use std::sync::Arc;

use hookproof_policy::{Engine, Phase, Settings};
use jiff::Timestamp;
use serde_json::Value;

use crate::call::{Call, text};
use crate::request::Request;
use crate::script::{Content, Policies};
use memory::Memory;
use overrides::Overrides;

/// A pack that decides, and what the tenant did with it.
#[derive(Debug)]
pub(super) struct Policing {
    policies: Policies,
    /// `None` where the pack cannot be read; the agent says so, as the real one does.
    engine: Option<Arc<Engine>>,
    settings: Settings,
    overrides: Overrides,
    memory: Memory,
}

impl Policing {
    pub(super) fn new(policies: &Policies) -> Self {
        Self {
            policies: policies.clone(),
            engine: policies.engine().ok(),
            settings: Settings::default(),
            overrides: Overrides::default(),
            memory: Memory::default(),
        }
    }

    pub(super) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What the pack says to a call; `None` for calls that are not its business.
    pub(super) fn answer(&mut self, request: &Request) -> Option<Content> {
        if request.call == Call::Initialize {
            self.greet(request);
            return None;
        }
        let tool = match &request.call {
            Call::OtherTool(name) => name.as_str(),
            _ => "",
        };
        let ours = matches!(
            tool,
            "list_policies"
                | "explain_decision"
                | "create_override"
                | "list_overrides"
                | "delete_override"
        ) || matches!(
            request.call,
            Call::CheckPolicy
                | Call::PreCheck
                | Call::RestCheckInput
                | Call::CheckOutput
                | Call::RestCheckOutput
                | Call::StaticPolicies
        );
        if !ours {
            return None;
        }
        let Some(engine) = self.engine.clone() else {
            return Some(refusal("policy evaluation temporarily unavailable"));
        };
        let now = Timestamp::now();
        self.settings.overrides = self.overrides.in_force(now);
        let nothing = Value::Null;
        let rpc = request.rpc.as_deref();
        let arguments = match &request.call {
            call if call.is_tool() => rpc.map(|rpc| &rpc.arguments),
            _ => rpc.map(|rpc| &rpc.message),
        };
        let arguments = arguments.unwrap_or(&nothing);
        Some(match tool {
            "list_policies" => Content::Result(self.listed(&engine, arguments)),
            "explain_decision" => self.explained(&engine, arguments),
            "create_override" => self.overrides.create(&engine, rpc, now),
            "list_overrides" => self.overrides.list(arguments),
            "delete_override" => self.overrides.delete(arguments, now),
            _ => match &request.call {
                Call::StaticPolicies => Content::Result(self.served(&engine, &request.target)),
                Call::CheckOutput | Call::RestCheckOutput => {
                    self.check(&engine, request, arguments, Phase::Response)
                }
                _ => self.check(&engine, request, arguments, Phase::Request),
            },
        })
    }

    /// A known client activates its integration. Source: contract section 4.7.
    fn greet(&mut self, request: &Request) {
        let client = request
            .rpc
            .as_deref()
            .and_then(|rpc| rpc.message.pointer("/params/clientInfo"));
        if client.and_then(|client| text(client, "name")) == Some("claude-code") {
            self.settings.activate_for("claude_code");
        }
    }
}

/// A tool's failure.
fn refusal(text: &str) -> Content {
    Content::Text {
        text: text.to_owned(),
        is_error: true,
    }
}
