//! Words as the fields they become: parameters, commands whose output is known, braces, splitting.

use std::collections::HashMap;

use super::braces::{Kind, Marked, braces, single_classes};
use super::lex::{Part, Word};

/// `${a:-${b:-…}}` that are followed.
const NESTED: usize = 16;

/// Variables, and what expansions cost so far.
#[derive(Debug, Default)]
pub(super) struct Environment {
    variables: HashMap<String, String>,
    /// What is in files, as far as the script itself put it there.
    pub(super) files: HashMap<String, String>,
    /// Files that were fetched, and how.
    pub(super) fetched: HashMap<String, String>,
    /// The folder that the script went to.
    pub(super) folder: Option<String>,
    /// Characters that expansions may still make; whoever makes more hides something, and what is
    /// there by then is enough to see it.
    room: usize,
    nested: usize,
}

/// Runs the script of a substitution: what it puts in its place, or, if that cannot be told, the
/// script as it reads.
pub(super) type Substitute<'a> = dyn FnMut(&str, &mut Environment) -> Result<String, String> + 'a;

/// The file that a process substitution reads as.
pub(super) const PROCESS: &str = "/dev/fd/63";

impl Environment {
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.variables.insert(name.to_owned(), value);
    }

    /// Gives a variable a value, or none; what it had before.
    pub(super) fn replace(&mut self, name: &str, value: Option<String>) -> Option<String> {
        match value {
            Some(value) => self.variables.insert(name.to_owned(), value),
            None => self.variables.remove(name),
        }
    }

    /// The value of a variable, nothing if it has none.
    pub(super) fn known(&self, name: &str) -> String {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    /// With room for this many characters.
    pub(super) fn new(room: usize) -> Self {
        Self {
            room,
            ..Self::default()
        }
    }

    fn spend(&mut self, characters: usize) -> bool {
        let fits = characters <= self.room;
        self.room = self.room.saturating_sub(characters);
        fits
    }

    /// The value of a variable, of those too that every shell has.
    fn get(&self, name: &str) -> Option<String> {
        let own = self.variables.get(name).cloned();
        own.or_else(|| {
            let known = match name {
                "IFS" => " ",
                "HOME" => "~",
                "PWD" => ".",
                "PATH" => "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "SHELL" | "BASH" | "0" => "/bin/bash",
                "OSTYPE" => "linux-gnu",
                "HISTCMD" | "#" => "1",
                "@" | "*" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "!" | "_" => "",
                "?" => "0",
                "$" => "4242",
                "-" => "hB",
                _ => return None,
            };
            Some(known.to_owned())
        })
    }

    /// The fields of a word.
    pub(super) fn fields(
        &mut self,
        word: &Word,
        is_command: bool,
        run: &mut Substitute<'_>,
    ) -> Vec<String> {
        let marked = self.mark(word, is_command, run);
        let mut fields = Vec::new();
        for one in braces(single_classes(marked)) {
            if !self.spend(one.len()) {
                break;
            }
            split(&one, &mut fields);
        }
        fields
    }

    /// The word as one text, as in an assignment.
    pub(super) fn text(&mut self, word: &Word, run: &mut Substitute<'_>) -> String {
        self.mark(word, false, run)
            .into_iter()
            .map(|(c, _)| c)
            .collect()
    }

    fn mark(&mut self, word: &Word, is_command: bool, run: &mut Substitute<'_>) -> Marked {
        let mut marked = Marked::new();
        for (at, part) in word.0.iter().enumerate() {
            let (text, quoted) = match part {
                Part::Text { text, quoted } => {
                    let kind = if *quoted { Kind::Quoted } else { Kind::Bare };
                    marked.extend(text.chars().map(|c| (c, kind)));
                    continue;
                }
                Part::Parameter { inner, quoted } => {
                    let joins = is_command && word.0.len() > 1 || joined(word, at);
                    let value = self.parameter(inner, run);
                    // All parameters, or elements, are words of their own even between quotes.
                    let each = inner == "@" || inner.ends_with("[@]");
                    (
                        value.unwrap_or_else(|| unknown(inner, joins, word.0.get(at + 1))),
                        *quoted && !each,
                    )
                }
                Part::Command { script, quoted } => {
                    // Unknown output is one text, whatever is in it.
                    match run(script, self) {
                        Ok(output) => (output.trim_end_matches('\n').to_owned(), *quoted),
                        Err(reads) => (format!("$({reads})"), true),
                    }
                }
                Part::Process { script } => match run(script, self) {
                    Ok(output) => {
                        self.files.insert(PROCESS.to_owned(), output);
                        (PROCESS.to_owned(), true)
                    }
                    Err(reads) => (format!("<({reads})"), true),
                },
                Part::Array { script } => (script.clone(), false),
            };
            if !self.spend(text.len()) {
                break;
            }
            let kind = if quoted { Kind::Quoted } else { Kind::Expanded };
            let divides =
                |c: char| !quoted && self.variables.get("IFS").is_some_and(|ifs| ifs.contains(c));
            marked.extend(
                text.chars()
                    .map(|c| (if divides(c) { ' ' } else { c }, kind)),
            );
        }
        marked
    }

    /// What `${inner}` stands for; `None` for a variable that is not known here.
    fn parameter(&mut self, inner: &str, run: &mut Substitute<'_>) -> Option<String> {
        if self.nested >= NESTED {
            return None;
        }
        self.nested += 1;
        let value = self.value(inner, run);
        self.nested -= 1;
        value
    }

    fn value(&mut self, inner: &str, run: &mut Substitute<'_>) -> Option<String> {
        if let Some(indirect) = inner.strip_prefix('!') {
            let name = self.get(indirect.trim_end_matches(['*', '@']))?;
            return self.get(&name);
        }
        if inner.len() > 1 && inner.starts_with('#') {
            return self
                .get(&inner[1..])
                .map(|value| value.chars().count().to_string());
        }
        let special = inner.chars().next().is_some_and(|c| "@*#?$!-".contains(c));
        let length = if special {
            1
        } else {
            inner
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(inner.len())
        };
        let (name, mut rest) = inner.split_at(length);
        if let Some(index) = rest.strip_prefix('[') {
            let (index, after) = index.split_once(']').unwrap_or((index, ""));
            rest = after;
            if let Ok(n) = index.parse::<usize>() {
                let value = self.get(name)?;
                let element = value.split_whitespace().nth(n).unwrap_or("").to_owned();
                return self.operate(Some(element), rest, run);
            }
        }
        let value = self.get(name);
        self.operate(value, rest, run)
    }

    fn operate(
        &mut self,
        value: Option<String>,
        operator: &str,
        run: &mut Substitute<'_>,
    ) -> Option<String> {
        let Some(first) = operator.chars().next() else {
            return value;
        };
        let word = |environment: &mut Self, text: &str, run: &mut Substitute<'_>| {
            let parsed = super::lex::tokens(text)
                .into_iter()
                .find_map(|token| match token {
                    super::lex::Token::Word(word) => Some(word),
                    _ => None,
                });
            parsed.map_or_else(String::new, |word| environment.text(&word, run))
        };
        let set = |value: &Option<String>| value.as_ref().is_some_and(|value| !value.is_empty());
        match (first, &operator[first.len_utf8()..]) {
            (':', rest) if rest.starts_with(['-', '=']) => {
                if set(&value) {
                    value
                } else {
                    Some(word(self, &rest[1..], run))
                }
            }
            ('-' | '=', rest) => value.or_else(|| Some(word(self, rest, run))),
            (':', rest) if rest.starts_with('+') => {
                if set(&value) {
                    Some(word(self, &rest[1..], run))
                } else {
                    Some(String::new())
                }
            }
            ('+', rest) => Some(if value.is_some() {
                word(self, rest, run)
            } else {
                String::new()
            }),
            (':', rest) => Some(slice(&value?, rest)),
            ('^', _) => Some(value?.to_uppercase()),
            (',', _) => Some(value?.to_lowercase()),
            ('#', rest) => Some(without_prefix(&value?, rest.trim_start_matches('#'))),
            ('%', rest) => Some(without_suffix(&value?, rest.trim_start_matches('%'))),
            ('/', rest) => Some(replaced(&value?, rest)),
            _ => value,
        }
    }
}

/// How a variable reads that nothing is known of. Between letters it is most likely empty and put
/// there to break a word up; elsewhere it is somebody's variable, and is shown.
fn unknown(inner: &str, joins: bool, next: Option<&Part>) -> String {
    if joins {
        return String::new();
    }
    let name: String = inner
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    let goes_on = |text: &str| text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    match next {
        Some(Part::Text { text, .. }) if goes_on(text) => format!("${{{name}}}"),
        _ => format!("${name}"),
    }
}

/// Whether the part stands in the middle of a name.
fn joined(word: &Word, at: usize) -> bool {
    let text = |part: Option<&Part>| match part {
        Some(Part::Text { text, .. }) => Some(text.clone()),
        _ => None,
    };
    let before = at.checked_sub(1).and_then(|at| text(word.0.get(at)));
    let after = text(word.0.get(at + 1));
    before.is_some_and(|t| t.ends_with(|c: char| c.is_alphanumeric() || "/-.".contains(c)))
        && after.is_some_and(|t| t.starts_with(char::is_alphanumeric))
}

fn slice(value: &str, range: &str) -> String {
    let (offset, length) = range.split_once(':').unwrap_or((range, ""));
    let count = value.chars().count();
    let offset: i64 = offset.trim().trim_matches(['(', ')']).parse().unwrap_or(0);
    let start = if offset < 0 {
        count.saturating_sub(offset.unsigned_abs() as usize)
    } else {
        offset as usize
    };
    let rest: String = value.chars().skip(start).collect();
    match length.trim().parse::<i64>() {
        Ok(length) if length >= 0 => rest.chars().take(length as usize).collect(),
        Ok(length) => {
            let keep = rest
                .chars()
                .count()
                .saturating_sub(length.unsigned_abs() as usize);
            rest.chars().take(keep).collect()
        }
        Err(_) => rest,
    }
}

fn without_prefix(value: &str, pattern: &str) -> String {
    match pattern.strip_prefix('*') {
        Some(rest) => value
            .find(rest)
            .map_or(value, |at| &value[at + rest.len()..])
            .to_owned(),
        None => value.strip_prefix(pattern).unwrap_or(value).to_owned(),
    }
}

fn without_suffix(value: &str, pattern: &str) -> String {
    match pattern.strip_suffix('*') {
        Some(rest) => value
            .rfind(rest)
            .map_or(value, |at| &value[..at])
            .to_owned(),
        None => value.strip_suffix(pattern).unwrap_or(value).to_owned(),
    }
}

fn replaced(value: &str, rest: &str) -> String {
    let (all, rest) = rest
        .strip_prefix('/')
        .map_or((false, rest), |rest| (true, rest));
    let (from, to) = rest.split_once('/').unwrap_or((rest, ""));
    match (from.is_empty(), all) {
        (true, _) => value.to_owned(),
        (_, true) => value.replace(from, to),
        (_, false) => value.replacen(from, to, 1),
    }
}

/// Splits at blanks that came out of expansions.
fn split(word: &Marked, fields: &mut Vec<String>) {
    let mut field = String::new();
    let mut exists = word.is_empty();
    for (c, kind) in word {
        if *kind == Kind::Expanded && c.is_whitespace() {
            if exists {
                fields.push(std::mem::take(&mut field));
                exists = false;
            }
        } else {
            field.push(*c);
            exists = true;
        }
    }
    if exists {
        fields.push(field);
    }
}
