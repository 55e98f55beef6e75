use hookproof_policy::{Input, Phase};
use serde::Deserialize;

/// A statement, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// What is judged.
    pub text: String,
    /// When it is judged, if that is told.
    pub phase: Option<Phase>,
    /// The tool or connector type it comes from.
    pub tool: Option<String>,
    /// What an attack or a piece of personal data belongs to.
    pub category: Option<String>,
    /// The policy that is meant to catch it.
    pub policy: Option<String>,
    /// The personal data in the text, each as it stands there.
    pub values: Vec<String>,
    /// Whether that data is real: its check digits hold.
    pub valid: Option<bool>,
    /// What the statement shares with its twin, whose data is broken.
    pub pair: Option<String>,
}

impl Statement {
    /// For the engine; a phase that is not told is the request's.
    #[must_use]
    pub fn input(&self) -> Input<'_> {
        Input {
            text: &self.text,
            phase: self.phase.unwrap_or_default(),
            tool: self.tool.as_deref(),
        }
    }

    /// Reads a line of a corpus: a JSON string, or an object with the keys of the format and no
    /// others.
    pub(crate) fn of_corpus(line: &[u8]) -> Result<Self, Flaw> {
        match opening(line)? {
            Opening::Text => Ok(text(serde_json::from_slice(line)?)),
            Opening::Object => Ok(serde_json::from_slice::<CorpusLine>(line)?.into()),
        }
    }

    /// Reads a line of a stream: a JSON string, or an object with one of the keys that tools and
    /// hooks use for a statement. Other keys are passed over.
    pub(crate) fn of_stream(line: &[u8]) -> Result<Self, Flaw> {
        match opening(line)? {
            Opening::Text => Ok(text(serde_json::from_slice(line)?)),
            Opening::Object => serde_json::from_slice::<StreamLine>(line)?.try_into(),
        }
    }
}

/// What is wrong with a line.
#[derive(Debug)]
pub(crate) struct Flaw {
    /// Bytes before it, from 1.
    pub(crate) column: usize,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

const SHAPE: &str = "write a JSON string, or an object such as {\"statement\": \"ls\"}";

impl From<serde_json::Error> for Flaw {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text
            .rsplit_once(" at line ")
            .map_or(text.as_str(), |(message, _)| message);
        let hint = match error.classify() {
            serde_json::error::Category::Data if message.starts_with("unknown variant") => {
                "phase is request or response".to_owned()
            }
            serde_json::error::Category::Data => SHAPE.to_owned(),
            _ => "one JSON document a line; a line break in a statement is written \\n".to_owned(),
        };
        Self {
            column: error.column().max(1),
            message: message.to_owned(),
            hint: Some(hint),
        }
    }
}

enum Opening {
    Text,
    Object,
}

/// Tells what a line holds by its first character, so that the message about a bad one is about
/// what was meant.
fn opening(line: &[u8]) -> Result<Opening, Flaw> {
    let blank = line
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    match line.get(blank) {
        Some(b'"') => Ok(Opening::Text),
        Some(b'{') => Ok(Opening::Object),
        _ => Err(Flaw {
            column: blank + 1,
            message: "neither a JSON string nor a JSON object".to_owned(),
            hint: Some(SHAPE.to_owned()),
        }),
    }
}

fn text(text: String) -> Statement {
    Statement {
        text,
        ..Statement::default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CorpusLine {
    statement: String,
    tool: Option<String>,
    phase: Option<Phase>,
    category: Option<String>,
    policy: Option<String>,
    value: Option<Values>,
    valid: Option<bool>,
    pair: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl From<CorpusLine> for Statement {
    fn from(line: CorpusLine) -> Self {
        Self {
            text: line.statement,
            phase: line.phase,
            tool: line.tool,
            category: line.category,
            policy: line.policy,
            values: match line.value {
                None => Vec::new(),
                Some(Values::One(value)) => vec![value],
                Some(Values::Many(values)) => values,
            },
            valid: line.valid,
            pair: line.pair,
        }
    }
}

#[derive(Deserialize)]
struct StreamLine {
    statement: Option<String>,
    text: Option<String>,
    message: Option<String>,
    command: Option<String>,
    query: Option<String>,
    content: Option<String>,
    input: Option<String>,
    phase: Option<Phase>,
    tool: Option<String>,
    connector_type: Option<String>,
}

impl TryFrom<StreamLine> for Statement {
    type Error = Flaw;

    fn try_from(line: StreamLine) -> Result<Self, Flaw> {
        let StreamLine {
            statement,
            text,
            message,
            command,
            query,
            content,
            input,
            ..
        } = line;
        let mut given = [statement, text, command, query, content, input]
            .into_iter()
            .flatten();
        // `check_output` calls an output its message.
        let (text, implied) = match (given.next(), message) {
            (Some(text), _) => (text, None),
            (None, Some(message)) => (message, Some(Phase::Response)),
            (None, None) => {
                return Err(Flaw {
                    column: 1,
                    message: "an object without a statement".to_owned(),
                    hint: Some(
                        "name it statement, text, message, command, query, content or input"
                            .to_owned(),
                    ),
                });
            }
        };
        Ok(Self {
            text,
            phase: line.phase.or(implied),
            tool: line.tool.or(line.connector_type),
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(line: &str) -> Result<Statement, Flaw> {
        Statement::of_stream(line.as_bytes())
    }

    #[test]
    fn a_line_is_a_string_or_an_object() {
        assert_eq!(stream("\"ls\"").unwrap().text, "ls");
        for key in ["statement", "text", "command", "query", "content", "input"] {
            let read = stream(&format!("{{\"{key}\": \"ls\", \"more\": [1]}}")).unwrap();
            assert_eq!((read.text.as_str(), read.phase), ("ls", None), "{key}");
        }
        let read = stream("{\"connector_type\": \"claude_code.Bash\", \"statement\": \"ls\"}");
        assert_eq!(read.unwrap().tool.as_deref(), Some("claude_code.Bash"));
    }

    #[test]
    fn a_message_alone_is_an_output() {
        let phase = |line| stream(line).unwrap().phase;
        assert_eq!(phase("{\"message\": \"m\"}"), Some(Phase::Response));
        assert_eq!(phase("{\"message\": \"m\", \"statement\": \"s\"}"), None);
        assert_eq!(
            phase("{\"message\": \"m\", \"phase\": \"request\"}"),
            Some(Phase::Request)
        );
    }

    #[test]
    fn flaws_say_where_and_what() {
        let flaw = |line: &str| {
            let flaw = stream(line).unwrap_err();
            (flaw.column, flaw.message)
        };
        assert_eq!(
            flaw("  rm -rf /"),
            (3, "neither a JSON string nor a JSON object".to_owned())
        );
        assert_eq!(flaw("{}").1, "an object without a statement");
        assert!(flaw("{\"statement\": 5}").1.contains("expected a string"));
        assert!(
            flaw("{\"statement\": \"x\", \"phase\": \"both\"}")
                .1
                .contains("`request`")
        );
        assert_eq!(flaw("{\"statement\": \"x\"} y").0, 20);
        assert!(flaw("\"unfinished").1.contains("EOF"));
    }

    #[test]
    fn a_corpus_knows_its_keys() {
        let read = Statement::of_corpus(
            b"{\"statement\": \"a 1 b 2\", \"value\": [\"1\", \"2\"], \"valid\": true}",
        );
        assert_eq!(read.unwrap().values, ["1", "2"]);
        let flaw =
            Statement::of_corpus(b"{\"statement\": \"a\", \"categroy\": \"b\"}").unwrap_err();
        assert!(flaw.message.contains("`categroy`"), "{}", flaw.message);
    }
}
