//! An error in a data file: where it is, what is wrong, what to write instead.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One error in one data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the user knows it.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    rendered: String,
}

impl Diagnostic {
    /// An error at the bytes `span` of `source`.
    #[must_use]
    pub fn at(
        file: &Path,
        source: &str,
        span: Range<usize>,
        message: &str,
        hint: Option<String>,
    ) -> Self {
        let start = floor_boundary(source, span.start);
        let end = floor_boundary(source, span.end).max(start);
        let before = &source[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let end = source[start..end].find('\n').map_or(end, |n| start + n);
        let message = first_sentence(message);
        let hint = hint.or_else(|| nearest(&message));
        let rendered = render(file, source, start..end, &message, hint.as_deref());
        Self {
            file: file.to_owned(),
            line,
            column,
            message,
            hint,
            rendered,
        }
    }
}

fn floor_boundary(source: &str, mut at: usize) -> usize {
    at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn first_sentence(message: &str) -> String {
    message.trim().replace('\n', "; ")
}

fn render(
    file: &Path,
    source: &str,
    span: Range<usize>,
    message: &str,
    hint: Option<&str>,
) -> String {
    let path = file.display().to_string();
    let snippet = Snippet::source(source)
        .path(&path)
        .annotation(AnnotationKind::Primary.span(span));
    let mut group = Level::ERROR.primary_title(message).element(snippet);
    if let Some(hint) = hint {
        group = group.element(Level::HELP.message(hint));
    }
    Renderer::plain().render(&[group])
}

/// "did you mean", from the names a serde message lists between backticks.
fn nearest(message: &str) -> Option<String> {
    let (given, expected) = message.split_once("expected")?;
    let given = given.split('`').nth(1)?;
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|name| (name, strsim::jaro_winkler(given, name)))
        .filter(|(_, likeness)| *likeness > 0.7)
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| format!("did you mean `{name}`?"))
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

impl std::error::Error for Diagnostic {}

/// All the errors found in the data files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, one) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n\n")?;
            }
            one.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_line_column_and_the_nearest_word() {
        let source = "a = 1\nhost = \"blokked\"\n";
        let at = source.find("\"blokked\"").unwrap();
        let diagnostic = Diagnostic::at(
            Path::new("x.toml"),
            source,
            at..at + 9,
            "unknown variant `blokked`, expected one of `runs`, `blocked`, `asks`",
            None,
        );
        assert_eq!((diagnostic.line, diagnostic.column), (2, 8));
        assert_eq!(diagnostic.hint.as_deref(), Some("did you mean `blocked`?"));
        assert!(
            diagnostic.to_string().contains("x.toml:2:8"),
            "{diagnostic}"
        );
    }

    #[test]
    fn survives_spans_outside_the_text() {
        let diagnostic = Diagnostic::at(Path::new("x"), "é", 1..99, "m", None);
        assert_eq!((diagnostic.line, diagnostic.column), (1, 1));
    }
}
