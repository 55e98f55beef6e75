use std::io::{self, BufRead};

use crate::Statement;
use crate::statement::Flaw;

/// Statements of a reader, a JSON document a line; blank lines are passed over. Holds one line at
/// a time, however long.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    name: String,
    line: usize,
    strict: bool,
    buffer: Vec<u8>,
}

/// Why there is no next statement.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The reader failed.
    #[error("{name}: cannot read: {source}")]
    Read {
        /// The file or stream.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// A line that holds no statement.
    #[error("{name}:{line}:{column}: {message}{}", hint.as_ref().map(|hint| format!("\n  help: {hint}")).unwrap_or_default())]
    Line {
        /// The file or stream.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },
}

impl<R: BufRead> Lines<R> {
    /// Lines as users and tools write them; `name` is told in errors.
    pub fn new(reader: R, name: &str) -> Self {
        Self {
            reader,
            name: name.to_owned(),
            line: 0,
            strict: false,
            buffer: Vec::new(),
        }
    }

    /// Lines in the format of a corpus.
    pub(crate) fn of_corpus(reader: R, name: &str) -> Self {
        Self {
            strict: true,
            ..Self::new(reader, name)
        }
    }

    /// The reader, to see whether more is at hand.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// The next statement and its line; `None` at the end.
    ///
    /// # Errors
    /// [`StreamError`]. After a bad line the next one can be asked for.
    pub fn next_statement(&mut self) -> Result<Option<(usize, Statement)>, StreamError> {
        loop {
            self.buffer.clear();
            let read = self.reader.read_until(b'\n', &mut self.buffer);
            let read = read.map_err(|source| StreamError::Read {
                name: self.name.clone(),
                source,
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let mut line = self.buffer.as_slice();
            if self.line == 1 {
                line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let read = if self.strict {
                Statement::of_corpus(line)
            } else {
                Statement::of_stream(line)
            };
            return match read {
                Ok(statement) => Ok(Some((self.line, statement))),
                Err(flaw) => Err(self.complain(line, flaw)),
            };
        }
    }

    fn complain(&self, line: &[u8], flaw: Flaw) -> StreamError {
        let before = &line[..(flaw.column - 1).min(line.len())];
        StreamError::Line {
            name: self.name.clone(),
            line: self.line,
            column: String::from_utf8_lossy(before).chars().count() + 1,
            message: flaw.message,
            hint: flaw.hint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_other_line_ends_are_fine() {
        let mut lines = Lines::new("\u{feff}\"a\"\r\n\n  \t\n\"b\"".as_bytes(), "x");
        let mut next = || lines.next_statement().unwrap().map(|(n, s)| (n, s.text));
        assert_eq!(next(), Some((1, "a".to_owned())));
        assert_eq!(next(), Some((4, "b".to_owned())));
        assert_eq!(next(), None);
    }

    #[test]
    fn errors_count_characters_and_do_not_end_the_stream() {
        let mut lines = Lines::new("\"ä\" x\n\"b\"\n".as_bytes(), "f");
        let error = lines.next_statement().unwrap_err().to_string();
        assert!(error.starts_with("f:1:5: trailing characters"), "{error}");
        assert!(lines.next_statement().unwrap().is_some());
        let mut lines = Lines::new(&b"\"\xff\"\n"[..], "f");
        let error = lines.next_statement().unwrap_err().to_string();
        assert!(error.starts_with("f:1:"), "{error}");
    }
}
