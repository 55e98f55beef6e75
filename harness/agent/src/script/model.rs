//! The script of one agent and the lists of answers it plays.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Answer, Body, Content, Policies};
use crate::call::Call;
use crate::error::AgentError;
use crate::fault::ScopedFault;

/// Largest request body the real agent reads, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// Whether the agent asks for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No credential is needed; a user name only names the client.
    #[default]
    Community,
    /// HTTP Basic credentials are needed and must be among the script's.
    Enterprise,
}

/// What an agent answers. Calls without an answer of their own play `any`, and
/// without that the agent's default: what `policies` decide, or without any
/// everything is allowed, clean and recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Whether the agent asks for credentials.
    pub mode: Mode,
    /// Accepted credentials as `user:password`, used in enterprise mode.
    pub credentials: Vec<String>,
    /// Largest request body in bytes that is not answered with a parse error.
    pub body_limit: usize,
    /// A fault for all calls or for the named ones.
    pub fault: Option<ScopedFault>,
    /// The policy pack that decides: the id of one that ships, or a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Policies>,
    /// Answers to `check_policy` and its REST views (pre-check, check-input).
    pub check_policy: Answers,
    /// Answers to `check_output` and its REST view.
    pub check_output: Answers,
    /// Answers to `audit_tool_call`.
    pub audit_tool_call: Answers,
    /// Answers to every other tool.
    pub other_tool: Answers,
    /// Answers to `initialize`.
    pub initialize: Answers,
    /// Answers to `ping`.
    pub ping: Answers,
    /// Answers to `tools/list`.
    pub tools_list: Answers,
    /// Answers to `/health`.
    pub health: Answers,
    /// Answers to `/api/v1/register`.
    pub register: Answers,
    /// Answers to every call whose own list is empty.
    pub any: Answers,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            credentials: Vec::new(),
            body_limit: BODY_LIMIT,
            fault: None,
            policies: None,
            check_policy: Answers::default(),
            check_output: Answers::default(),
            audit_tool_call: Answers::default(),
            other_tool: Answers::default(),
            initialize: Answers::default(),
            ping: Answers::default(),
            tools_list: Answers::default(),
            health: Answers::default(),
            register: Answers::default(),
            any: Answers::default(),
        }
    }
}

impl Script {
    /// Reads the files that bodies and policies come from, so that a missing one is
    /// noticed at the start and not in the middle of an answer.
    ///
    /// # Errors
    /// [`AgentError::BodyFile`] and [`AgentError::Policies`].
    pub fn with_files_read(mut self) -> Result<Self, AgentError> {
        let lists = [
            &mut self.check_policy,
            &mut self.check_output,
            &mut self.audit_tool_call,
            &mut self.other_tool,
            &mut self.initialize,
            &mut self.ping,
            &mut self.tools_list,
            &mut self.health,
            &mut self.register,
            &mut self.any,
        ];
        for answer in lists.into_iter().flat_map(|list| list.0.iter_mut()) {
            if let Content::Http(Body::File(path)) = &answer.content {
                let bytes = std::fs::read(path).map_err(|source| AgentError::BodyFile {
                    path: path.clone(),
                    source,
                })?;
                answer.content = Content::Http(Body::Bytes { bytes, repeat: 1 });
            }
        }
        if let Some(policies) = &self.policies {
            policies.engine()?;
        }
        Ok(self)
    }

    /// The list a call plays, by the key it has in the script.
    pub(super) fn answers(&self, call: &Call) -> (&'static str, &Answers) {
        let (key, own) = match call {
            Call::CheckPolicy | Call::PreCheck | Call::RestCheckInput => {
                ("check_policy", &self.check_policy)
            }
            Call::CheckOutput | Call::RestCheckOutput => ("check_output", &self.check_output),
            Call::AuditToolCall => ("audit_tool_call", &self.audit_tool_call),
            Call::OtherTool(_) => ("other_tool", &self.other_tool),
            Call::Initialize => ("initialize", &self.initialize),
            Call::Ping => ("ping", &self.ping),
            Call::ToolsList => ("tools_list", &self.tools_list),
            Call::Health => ("health", &self.health),
            Call::Register => ("register", &self.register),
            Call::StaticPolicies | Call::Other => ("any", &self.any),
        };
        if own.0.is_empty() {
            ("any", &self.any)
        } else {
            (key, own)
        }
    }
}

/// The answers to one call, given in order; the last one repeats. In data files
/// it is one answer or a list of answers.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Answers(pub Vec<Answer>);

impl From<Answer> for Answers {
    fn from(answer: Answer) -> Self {
        Self(vec![answer])
    }
}

impl FromIterator<Answer> for Answers {
    fn from_iter<T: IntoIterator<Item = Answer>>(answers: T) -> Self {
        Self(answers.into_iter().collect())
    }
}

// Not `untagged`: that would replace the error of an answer by "matched no variant".
impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Answers;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an answer or a list of answers")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Answers, A::Error> {
                Answer::deserialize(MapAccessDeserializer::new(map)).map(Answers::from)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Answers, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(Answers)
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}
