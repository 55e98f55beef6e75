//! What `check_policy` and `check_output` answer.

use hookproof_policy::{Action, Decision, Engine, Input, Match, Phase, Severity};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Policing;
use super::memory::Remembered;
use crate::call::{Call, text};
use crate::request::Request;
use crate::script::Content;

impl Policing {
    pub(super) fn check(
        &mut self,
        engine: &Engine,
        request: &Request,
        arguments: &Value,
        phase: Phase,
    ) -> Content {
        let connector = text(arguments, "connector_type");
        if let Some(connector) = connector {
            self.settings.activate_for(connector);
        }
        let named = connector.filter(|connector| connector.starts_with("claude_code."));
        let tool = named.or_else(|| text(arguments, "tool")).or(connector);
        let parts = parts(&request.call, arguments);
        let decide = |part: &Part| {
            let input = Input {
                text: &part.text,
                phase,
                tool,
            };
            engine.decide(&input, &self.settings)
        };
        let decisions: Vec<Decision> = parts.iter().map(decide).collect();
        let matches: Vec<&Match> = decisions.iter().flat_map(|one| &one.matches).collect();
        let id = Uuid::new_v4().to_string();
        let allowed = decisions.iter().all(Decision::allowed);
        let evaluated = decisions.first().map_or(0, |one| one.evaluated);
        let mut result = json!({
            "allowed": allowed,
            "decision_id": id,
            "policies_evaluated": evaluated,
        });
        if let Some(lifted) = matches.iter().find_map(|one| one.overridden_by.as_ref()) {
            result["override_existing_id"] = json!(lifted);
        }
        if let Some(blocked) = decisions.iter().find(|one| !one.allowed()) {
            blocked_fields(blocked, &mut result);
        } else {
            redacted_fields(&parts, &decisions, &mut result);
        }
        if matches!(request.call, Call::RestCheckInput | Call::RestCheckOutput) {
            result["policy_info"] = info(&matches, allowed, evaluated, &result);
        }
        self.memory.keep(Remembered {
            id,
            at: jiff::Timestamp::now(),
            tool: tool.unwrap_or_default().to_owned(),
            reason: decisions.iter().find_map(Decision::block_reason),
            allowed,
            matches: matches.into_iter().cloned().collect(),
        });
        Content::Result(result)
    }
}

/// A text to be judged, and where its masked form goes in the answer.
struct Part {
    text: String,
    answer: &'static str,
    is_json: bool,
}

fn parts(call: &Call, arguments: &Value) -> Vec<Part> {
    let plain = |key: &str, answer| {
        text(arguments, key).map(|text| Part {
            text: text.to_owned(),
            answer,
            is_json: false,
        })
    };
    match call {
        Call::CheckOutput | Call::RestCheckOutput => {
            let data = arguments.get("response_data");
            let data = data.filter(|data| !data.is_null()).map(|data| Part {
                text: data.to_string(),
                answer: "redacted_data",
                is_json: true,
            });
            let message = plain("message", "redacted_message");
            data.into_iter().chain(message).collect()
        }
        Call::PreCheck => plain("query", "redacted_statement").into_iter().collect(),
        _ => plain("statement", "redacted_statement")
            .into_iter()
            .collect(),
    }
}

fn blocked_fields(decision: &Decision, result: &mut Value) {
    let blocking = || {
        decision
            .matches
            .iter()
            .filter(|one| one.action == Action::Block && one.overridden_by.is_none())
    };
    let matched: Vec<Value> = blocking()
        .map(|one| {
            json!({
                "policy_id": one.policy,
                "policy_name": one.name,
                "risk_level": one.severity,
                "allow_override": overridable(one),
                "policy_version": 1,
            })
        })
        .collect();
    result["block_reason"] = json!(decision.block_reason());
    if let Some(by) = decision.blocked_by() {
        result["blocked_by"] = json!(by.policy);
        result["risk_level"] = json!(by.severity);
    }
    result["policy_matches"] = json!(matched);
    result["override_available"] = json!(blocking().all(overridable));
}

/// Critical policies bind always; conditions on facts cannot be lifted.
pub(super) fn overridable(one: &Match) -> bool {
    one.severity != Severity::Critical && one.view.is_some()
}

fn redacted_fields(parts: &[Part], decisions: &[Decision], result: &mut Value) {
    for (part, decision) in parts.iter().zip(decisions) {
        let Some(redacted) = &decision.redacted else {
            continue;
        };
        result[part.answer] = if part.is_json {
            serde_json::from_str(redacted).unwrap_or_else(|_| json!(redacted))
        } else {
            json!(redacted)
        };
        if part.answer == "redacted_statement" {
            result["requires_redaction"] = json!(true);
        }
    }
}

fn info(matches: &[&Match], allowed: bool, evaluated: usize, result: &Value) -> Value {
    let matched: Vec<Value> = matches
        .iter()
        .map(|one| {
            json!({
                "policy_id": one.policy,
                "policy_name": one.name,
                "category": one.category,
                "severity": one.severity,
                "action": one.action,
            })
        })
        .collect();
    let redactions = matches
        .iter()
        .filter(|one| one.action == Action::Redact)
        .count();
    json!({
        "policies_evaluated": evaluated,
        "blocked": !allowed,
        "block_reason": result.get("block_reason"),
        "redactions_applied": if allowed { redactions } else { 0 },
        "matched_policies": matched,
    })
}
