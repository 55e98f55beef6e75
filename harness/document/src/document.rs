//! A TOML file as a JSON tree that remembers where everything stands.

use crate::Diagnostic;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A parsed file with its text.
pub struct Document {
    file: PathBuf,
    source: String,
    tree: Node,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// Bytes in the source.
    pub span: Range<usize>,
    /// The value.
    pub value: Content,
}

/// The kinds of values a data file can hold.
#[derive(Clone, Debug)]
pub enum Content {
    /// A table.
    Table(Vec<(String, Node)>),
    /// An array.
    Array(Vec<Node>),
    /// A string, number or boolean.
    Scalar(Value),
}

impl Node {
    /// The member `key` of a table.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Content::Table(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, n)| n),
            _ => None,
        }
    }

    /// The elements of an array; none for anything else.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match &self.value {
            Content::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.value {
            Content::Scalar(value) => value.clone(),
            Content::Array(elements) => elements.iter().map(Self::to_json).collect(),
            Content::Table(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(k, n)| (k.clone(), n.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Where the end of `path` stands; as deep as the path can be followed.
    fn span_of<'a>(&self, path: impl Iterator<Item = &'a Segment>) -> Range<usize> {
        let mut node = self;
        for segment in path {
            let next = match segment {
                Segment::Seq { index } => node.elements().get(*index),
                Segment::Map { key } => node.get(key),
                Segment::Enum { .. } | Segment::Unknown => None,
            };
            // Levels that only exist after loading (`situation`, `expect`) are passed over.
            node = next.unwrap_or(node);
        }
        node.span.clone()
    }
}

impl Document {
    /// Parses `source`.
    ///
    /// # Errors
    /// A [`Diagnostic`] for text that is not TOML.
    pub fn parse(file: &Path, source: String) -> Result<Self, Diagnostic> {
        let tree = match DeTable::parse(&source) {
            Ok(table) => from_table(&table),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                return Err(Diagnostic::at(file, &source, span, error.message(), None));
            }
        };
        Ok(Self {
            file: file.to_owned(),
            source,
            tree,
        })
    }

    /// The root table.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.tree
    }

    /// The root's members in order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Node)> {
        let entries = match &self.tree.value {
            Content::Table(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(key, node)| (key.as_str(), node))
    }

    /// An error at `node`.
    #[must_use]
    pub fn error(&self, node: &Node, message: &str, hint: Option<String>) -> Diagnostic {
        Diagnostic::at(&self.file, &self.source, node.span.clone(), message, hint)
    }

    /// Reads `value`, which was made from `node`, as `T`.
    ///
    /// # Errors
    /// A [`Diagnostic`] at the place in the file that does not fit.
    pub fn read<T: DeserializeOwned>(&self, node: &Node, value: Value) -> Result<T, Diagnostic> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let message = error.inner().to_string();
            let span = unknown_field(&message)
                .and_then(|field| key_span(&self.source, &node.span, field))
                .unwrap_or_else(|| node.span_of(error.path().iter()));
            Diagnostic::at(&self.file, &self.source, span, &message, None)
        })
    }

    /// The file's path.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Line of `node`, from 1.
    #[must_use]
    pub fn line(&self, node: &Node) -> usize {
        self.source[..node.span.start].matches('\n').count() + 1
    }
}

fn unknown_field(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}

/// An unknown key has no node of its own in the path: find where it is written within its table.
fn key_span(source: &str, within: &Range<usize>, key: &str) -> Option<Range<usize>> {
    let from = within.start;
    let found = source[from..]
        .match_indices(key)
        .map(|(at, _)| from + at)
        .find(|at| {
            let after = source[at + key.len()..].trim_start();
            let before = source[..*at].chars().next_back();
            (after.starts_with(['=', '.', ']']))
                && !before.is_some_and(|c| c.is_alphanumeric() || "-_".contains(c))
        })?;
    Some(found..found + key.len())
}

fn from_table(table: &Spanned<DeTable<'_>>) -> Node {
    let entries = table
        .get_ref()
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), from_value(value)))
        .collect();
    Node {
        span: table.span(),
        value: Content::Table(entries),
    }
}

fn from_value(value: &Spanned<DeValue<'_>>) -> Node {
    let content = match value.get_ref() {
        DeValue::String(text) => Content::Scalar(Value::String(text.to_string())),
        DeValue::Integer(number) => Content::Scalar(
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from),
        ),
        DeValue::Float(number) => Content::Scalar(
            number
                .as_str()
                .parse::<f64>()
                .map_or(Value::Null, Value::from),
        ),
        DeValue::Boolean(flag) => Content::Scalar(Value::Bool(*flag)),
        DeValue::Datetime(when) => Content::Scalar(Value::String(when.to_string())),
        DeValue::Array(elements) => Content::Array(elements.iter().map(from_value).collect()),
        DeValue::Table(table) => Content::Table(
            table
                .iter()
                .map(|(k, v)| (k.get_ref().to_string(), from_value(v)))
                .collect(),
        ),
    };
    Node {
        span: value.span(),
        value: content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code)]
        number: Vec<i64>,
    }

    fn read(source: &str) -> Result<Sample, Diagnostic> {
        let document = Document::parse(Path::new("f.toml"), source.to_owned())?;
        let root = document.root().clone();
        document.read(&root, root.to_json())
    }

    #[test]
    fn errors_point_at_the_value() {
        let error = read("number = [\n  1,\n  \"two\",\n]\n").unwrap_err();
        assert_eq!((error.line, error.column), (3, 3), "{error}");
    }

    #[test]
    fn errors_point_at_the_unknown_key() {
        let error = read("number = [1]\n\nnumbre = 2\n").unwrap_err();
        assert_eq!((error.line, error.column), (3, 1), "{error}");
        assert_eq!(error.hint.as_deref(), Some("did you mean `number`?"));
    }

    #[test]
    fn syntax_errors_are_placed_too() {
        let error = read("number = [1\n").unwrap_err();
        assert_eq!(error.file, Path::new("f.toml"));
    }
}
