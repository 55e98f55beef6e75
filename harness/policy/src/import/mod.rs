//! What a live agent serves, as a pack.
//!
//! - `example`: strings that a pattern matches, and near misses.

mod example;

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Action, Actions, Pack, Policy, Redaction, Severity, View};
use example::{matching, near_misses};

/// A page of `GET /api/v1/static-policies`. Source: contract section 4.6.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Page {
    /// Its policies.
    #[serde(default)]
    pub policies: Option<Vec<Value>>,
    /// Where it stands among the pages.
    #[serde(default)]
    pub pagination: Option<Pagination>,
}

/// Where a page stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pagination {
    /// The page, from 1.
    pub page: usize,
    /// How many there are.
    pub total_pages: usize,
}

/// A pack made of served policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The text of the pack file; `None` if nothing could be imported.
    pub text: Option<String>,
    /// Ids of the policies in it.
    pub imported: Vec<String>,
    /// Policies that are not in it, and why.
    pub left_out: Vec<LeftOut>,
}

/// A policy that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its id, or its place if it has none.
    pub policy: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {}: {}", self.policy, self.reason)
    }
}

/// A policy as the agent serves it; of what it tells, a pack needs this.
#[derive(Deserialize)]
struct Served {
    policy_id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    description: Option<String>,
    category: String,
    pattern: String,
    severity: Severity,
    action: Action,
    #[serde(default)]
    enabled: Option<bool>,
}

#[derive(Serialize)]
struct File<'a> {
    pack: Head<'a>,
    policy: &'a [Policy],
}

#[derive(Serialize)]
struct Head<'a> {
    id: &'a str,
    name: &'a str,
    description: &'a str,
}

/// Makes a pack of policies as they are served. The endpoint tells one action, which is taken for
/// both phases, and no examples: they are made from the patterns, for somebody to replace.
#[must_use]
pub fn import(id: &str, served: &[Value]) -> Import {
    let mut policies: Vec<Policy> = Vec::new();
    let mut left_out = Vec::new();
    for (index, value) in served.iter().enumerate() {
        let named = value.get("policy_id").and_then(Value::as_str);
        let named = named.map_or_else(|| format!("number {}", index + 1), str::to_owned);
        let made = if policies.iter().any(|known| known.id == named) {
            Err("the id was served before".to_owned())
        } else {
            policy(value).and_then(|policy| loads(id, policy))
        };
        match made {
            Ok(policy) => policies.push(policy),
            Err(reason) => left_out.push(LeftOut {
                policy: named,
                reason,
            }),
        }
    }
    let text = (!policies.is_empty())
        .then(|| render(id, &policies).ok())
        .flatten();
    Import {
        text,
        imported: policies.into_iter().map(|policy| policy.id).collect(),
        left_out,
    }
}

fn policy(value: &Value) -> Result<Policy, String> {
    let served: Served = serde_json::from_value(value.clone()).map_err(|e| e.to_string())?;
    let integration = integration(&served.policy_id);
    if served.enabled == Some(false) && integration.is_none() {
        return Err("it is switched off".to_owned());
    }
    let must_match = matching(&served.pattern).map_err(|e| e.to_string())?;
    let must_not_match = near_misses(&served.pattern, &must_match).map_err(|e| e.to_string())?;
    let name = served.name.filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| served.policy_id.clone());
    Ok(Policy {
        id: served.policy_id,
        category: served.category,
        severity: served.severity,
        action: Actions {
            request: Some(served.action),
            response: Some(served.action),
        },
        pattern: Some(served.pattern),
        view: View::Raw,
        patterns: Vec::new(),
        except: None,
        context: None,
        validator: None,
        surfaces: Vec::new(),
        redaction: Redaction::Label,
        integration,
        description: served
            .description
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| name.clone()),
        name,
        must_match,
        must_not_match,
    })
}

/// The platform switches policies of an integration by their ids. Source: contract section 4.7.
fn integration(id: &str) -> Option<String> {
    let (name, _) = id.strip_prefix("int_")?.split_once('_')?;
    Some(name.to_owned())
}

/// The policy, if a pack of it alone is read again.
fn loads(id: &str, policy: Policy) -> Result<Policy, String> {
    let text = render(id, std::slice::from_ref(&policy)).map_err(|e| e.to_string())?;
    match Pack::parse(Path::new("import"), text) {
        Ok(_) => Ok(policy),
        Err(mistakes) => Err(mistakes.0.first().map_or_else(String::new, |first| {
            let said = format!("policy {}: ", policy.id);
            first.message.trim_start_matches(&said).to_owned()
        })),
    }
}

fn render(id: &str, policies: &[Policy]) -> Result<String, toml::ser::Error> {
    let text = toml::to_string_pretty(&File {
        pack: Head {
            id,
            name: "Imported policies",
            description: "The static policies of a live agent.",
        },
        policy: policies,
    })?;
    Ok(format!("{NOTE}{text}"))
}

const NOTE: &str = "\
# Imported from GET /api/v1/static-policies. The endpoint tells one action for each policy: it is taken for
# both phases. The examples were made from the patterns; replace them by strings of your own.

";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Engine, check};

    fn served(id: &str, pattern: &str) -> Value {
        json!({
            "id": "00000000-0000-0000-0000-000000000001", "policy_id": id, "name": "N",
            "category": "security-sqli", "pattern": pattern, "severity": "high", "action": "block",
            "enabled": true,
        })
    }

    #[test]
    fn the_system_pack_comes_back() {
        let pack = Pack::shipped("system").unwrap().unwrap();
        let all: Vec<Value> = pack
            .policies
            .iter()
            .map(|policy| served(&policy.id, policy.pattern.as_deref().unwrap_or("x")))
            .collect();
        let import = import("mine", &all);
        assert_eq!(import.left_out, []);
        let read = Pack::parse(Path::new("mine.toml"), import.text.unwrap()).unwrap();
        assert_eq!(read.policies.len(), pack.policies.len());
        let failed: Vec<_> = check::check(&Engine::new(read))
            .into_iter()
            .filter(|finding| finding.kind == check::Kind::Example)
            .collect();
        assert_eq!(failed, []);
    }

    #[test]
    fn what_cannot_be_imported_is_told() {
        let mut unknown = served("unknown", "x+");
        unknown["action"] = json!("alert");
        let mut off = served("off", "x+");
        off["enabled"] = json!(false);
        let all = [
            served("fine", "drop +table"),
            served("look", "(?=x)y"),
            served("empty", "x*"),
            served("fine", "again"),
            unknown,
            off,
            json!(5),
        ];
        let import = import("mine", &all);
        assert_eq!(import.imported, ["fine"]);
        let reasons: Vec<String> = import.left_out.iter().map(ToString::to_string).collect();
        let expected = [
            "look-around",
            "matches the empty string",
            "served before",
            "unknown variant `alert`",
            "switched off",
            "number 7",
        ];
        assert_eq!(reasons.len(), expected.len(), "{reasons:?}");
        for (reason, expected) in reasons.iter().zip(expected) {
            assert!(reason.contains(expected), "{reason}");
        }
    }
}
