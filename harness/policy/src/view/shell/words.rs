//! Words of a command after expansion: assignments in front, arguments of functions.

use super::expand::{Environment, Substitute};
use super::lex::{Part, Word};
use super::run::Runner;

impl Runner {
    /// The words of a command after expansion. Assignments in front take effect, but not yet on the
    /// words of the command itself.
    pub(super) fn fields(&mut self, words: &[Word], environment: &mut Environment) -> Vec<String> {
        let mut fields: Vec<String> = Vec::new();
        let mut assigned: Vec<(String, Option<String>)> = Vec::new();
        let mut is_command = false;
        for word in words {
            let first = fields.iter().all(String::is_empty);
            if let Some((name, value, appends)) = assignment(word) {
                let mut run = |script: &str, environment: &mut Environment| {
                    self.substitute(script, environment)
                };
                let mut value = environment.text(&value, &mut run as &mut Substitute<'_>);
                if appends {
                    value.insert_str(0, &environment.known(&name));
                }
                if first || declares(&fields) {
                    let before = environment.replace(&name, Some(value));
                    if !is_command {
                        assigned.push((name, before));
                    }
                    continue;
                }
                fields.push(format!("{name}={value}"));
                continue;
            }
            if !is_command {
                is_command = true;
                exchange(&mut assigned, environment);
            }
            fields.extend(self.expand(word, first, environment));
        }
        if is_command {
            exchange(&mut assigned, environment);
        }
        fields
    }

    /// Runs the body of a function with its arguments.
    pub(super) fn call(
        &mut self,
        body: &str,
        arguments: &[String],
        environment: &mut Environment,
    ) -> Option<String> {
        for (at, argument) in arguments.iter().enumerate().take(9) {
            environment.set(&(at + 1).to_string(), argument.clone());
        }
        for all in ["@", "*"] {
            environment.set(all, arguments.join(" "));
        }
        let output = self.script(body, environment);
        for at in 1..=arguments.len().min(9) {
            environment.set(&at.to_string(), String::new());
        }
        for all in ["@", "*"] {
            environment.set(all, String::new());
        }
        output
    }
}

/// `name=value` or `name+=value` at the beginning of a word, and whether it is the latter.
fn assignment(word: &Word) -> Option<(String, Word, bool)> {
    let Some(Part::Text {
        text,
        quoted: false,
    }) = word.0.first()
    else {
        return None;
    };
    let (name, value) = text.split_once('=')?;
    let (name, appends) = match name.strip_suffix('+') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let valid = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    valid.then(|| {
        let mut parts = vec![Part::Text {
            text: value.to_owned(),
            quoted: false,
        }];
        parts.extend(word.0[1..].iter().cloned());
        (name.to_owned(), Word(parts), appends)
    })
}

fn declares(fields: &[String]) -> bool {
    let first = fields.iter().find(|field| !field.is_empty());
    first.is_some_and(|first| {
        matches!(
            first.as_str(),
            "export" | "declare" | "local" | "readonly" | "typeset"
        )
    })
}

/// Takes assignments back, the last one first, or makes them again.
fn exchange(assigned: &mut [(String, Option<String>)], environment: &mut Environment) {
    assigned.reverse();
    for (name, value) in assigned {
        *value = environment.replace(name, value.take());
    }
}
