//! Whether a client can tell before it runs what a command line runs.

use std::iter::Peekable;
use std::str::CharIndices;

/// The variable whose value a client knows.
const KNOWN: &str = "HOME";
/// Commands whose arguments are assignments.
const DECLARES: [&str; 5] = ["export", "declare", "typeset", "local", "readonly"];

/// What a place of the command line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Double,
}

/// Whether a command line holds something whose effect is open until it runs: a substitution,
/// a variable that is not known, a function, a word that is expanded. A client runs a hook on
/// such a line whatever its `if` says.
pub(crate) fn is_unclear(line: &str) -> bool {
    let words = Words::new(line);
    words.find_unclear()
}

struct Words<'a> {
    line: &'a str,
    chars: Peekable<CharIndices<'a>>,
    quote: Quote,
    /// Where the current word begins.
    start: usize,
    /// Whether the word is the first of a command, but for assignments.
    leads: bool,
    /// Whether the word is the target of a redirection.
    is_target: bool,
    /// Variables that the line itself sets.
    set: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn new(line: &'a str) -> Self {
        Self {
            line,
            chars: line.char_indices().peekable(),
            quote: Quote::None,
            start: 0,
            leads: true,
            is_target: false,
            set: Vec::new(),
        }
    }

    fn find_unclear(mut self) -> bool {
        while let Some((at, c)) = self.chars.next() {
            let unclear = match (self.quote, c) {
                (_, '\\') => {
                    self.chars.next();
                    false
                }
                (Quote::Double, '"') => {
                    self.quote = Quote::None;
                    false
                }
                (_, '$') => self.dollar(at),
                (_, '`') => true,
                (Quote::Double, _) => false,
                (Quote::None, '"') => {
                    self.quote = Quote::Double;
                    false
                }
                (Quote::None, '\'') => {
                    self.chars.find(|(_, c)| *c == '\'');
                    false
                }
                (Quote::None, '#') if at == self.start => {
                    self.chars.find(|(_, c)| *c == '\n');
                    false
                }
                (Quote::None, c) => self.bare(at, c),
            };
            if unclear {
                return true;
            }
        }
        let end = self.line.len();
        self.ends_unclear(end)
    }

    /// A character outside quotes.
    fn bare(&mut self, at: usize, c: char) -> bool {
        match c {
            '<' | '>' => {
                let unclear = self.ends_unclear(at);
                let rest = &self.line[at..];
                let substitutes = rest[1..].starts_with('(');
                let here = rest.starts_with("<<") && !rest.starts_with("<<<");
                if here && let Some(end) = end_of_quoted_document(self.line, at) {
                    while self.chars.next_if(|(next, _)| *next < end).is_some() {}
                    self.begin();
                    self.leads = true;
                    return unclear;
                }
                while self.chars.next_if(|(_, c)| "<>&|".contains(*c)).is_some() {}
                self.begin();
                self.is_target = true;
                unclear || substitutes || here
            }
            ';' | '&' | '|' | '\n' | '(' | ')' => {
                let rest = &self.line[at..];
                let defines = rest.starts_with("()") || rest.starts_with("((");
                let unclear = self.ends_unclear(at) || defines;
                self.begin();
                self.leads = true;
                unclear
            }
            ' ' | '\t' => {
                let unclear = self.ends_unclear(at);
                self.begin();
                unclear
            }
            c => is_invisible(c),
        }
    }

    /// A new word begins after this character.
    fn begin(&mut self) {
        self.start = self.chars.peek().map_or(self.line.len(), |(next, _)| *next);
    }

    /// The word that ends here: is it a part of the grammar that is not followed, or expanded?
    fn ends_unclear(&mut self, end: usize) -> bool {
        let word = &self.line[self.start.min(end)..end];
        if word.is_empty() {
            return false;
        }
        let target = std::mem::take(&mut self.is_target);
        let led = self.leads && !target;
        if let (true, Some(name)) = (led, assigned(word)) {
            self.set.push(name);
            return false;
        }
        if !target {
            self.leads = led && DECLARES.contains(&word);
        }
        let grammar = ["select", "case", "function", "{"];
        if led && grammar.contains(&word) {
            return true;
        }
        // The words after which another command begins.
        let opens = [
            "do", "then", "else", "elif", "if", "while", "until", "!", "time",
        ];
        self.leads |= led && opens.contains(&word);
        let quoted = word.contains(['\'', '"']);
        let braces = word.find('{').zip(word.rfind('}'));
        braces.is_some_and(|(open, close)| {
            let inner = word.get(open..close).unwrap_or_default();
            !quoted && (inner.contains(',') || inner.contains(".."))
        })
    }

    /// What stands after a dollar.
    fn dollar(&mut self, at: usize) -> bool {
        let rest = &self.line[at + 1..];
        if rest.starts_with("((") {
            let end = rest.find("))").map_or(self.line.len(), |e| at + 1 + e + 2);
            while self.chars.next_if(|(next, _)| *next < end).is_some() {}
            // Names in it are variables.
            return rest[..end - at - 1].contains(|c: char| c.is_ascii_alphabetic() || c == '$');
        }
        let name: &str = &rest[..rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len())];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_name {
            let known = name == KNOWN || self.set.contains(&name);
            return !known || self.is_target;
        }
        let assigns = self.leads && assigned(&self.line[self.start..at]).is_some();
        if let Some(inner) = rest.strip_prefix('(') {
            let inner = substituted(inner);
            let end = at + 2 + inner.len();
            while self.chars.next_if(|(next, _)| *next <= end).is_some() {}
            // A text around the substitution keeps the word's shape.
            let alone = self.line[..at].ends_with('"') && self.line[end..].starts_with(")\"");
            let inside = self.quote == Quote::Double && !alone;
            return !(assigns || inside) || is_unclear(inner);
        }
        let bare = self.quote == Quote::None;
        rest.starts_with(|c: char| {
            c.is_ascii_digit() || "{@*".contains(c) || bare && "?$!#-'\"".contains(c)
        })
    }
}

/// A character that a person does not see in the command line.
fn is_invisible(c: char) -> bool {
    let zero_width = ('\u{200b}'..='\u{200f}').contains(&c) || c == '\u{feff}';
    !c.is_ascii() && c.is_whitespace() || zero_width
}

/// Where a here-document ends whose mark is quoted, so that nothing in it is expanded.
fn end_of_quoted_document(line: &str, at: usize) -> Option<usize> {
    let rest = line[at..].trim_start_matches('<').trim_start_matches('-');
    let quote = rest.chars().next().filter(|c| "'\"".contains(*c))?;
    let mark = rest[1..].split(quote).next()?;
    let body = at + line[at..].find('\n')?;
    let close = line[body..].find(&format!("\n{mark}"))?;
    Some(body + close + 1 + mark.len())
}

/// The name that a word `NAME=value` sets.
fn assigned(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    good.then_some(name)
}

/// The command line up to the bracket that closes a substitution.
fn substituted(text: &str) -> &str {
    let mut depth = 1_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_a_client_can_check() {
        for line in CLEAR {
            assert!(!is_unclear(line), "{line} is clear");
        }
        for line in UNCLEAR {
            assert!(is_unclear(line), "{line} is unclear");
        }
    }

    const CLEAR: [&str; 27] = [
        "sh side.sh $HOME",
        "(sh side.sh)",
        "if true; then sh side.sh; fi",
        "sh side.sh \\\n a",
        "sh side.sh '$(echo a)'",
        "X=$(echo a) sh side.sh",
        "X=$HOME; sh side.sh",
        "[[ a == a ]] && sh side.sh",
        "sh side.sh &",
        "sh side.sh 'a",
        "sh side.sh # $(git)",
        "while false; do :; done; sh side.sh",
        "sh side.sh $((1+1))",
        "sh side.sh \"$HOME\"",
        "sh side.sh 2>&1 | tee f",
        "sh side.sh; echo \"a $(echo b)\" | cat",
        "sh side.sh <<< a",
        "sh side.sh *",
        "s\"\"h side.sh",
        "declare X=1; sh side.sh",
        "X=1; sh side.sh $X",
        "cat <<'E'\n$X\nE\nsh side.sh",
        "$HOME/sh side.sh; sh side.sh",
        "sh side.sh {a}",
        "sh side.sh \"a$HOME\"",
        "export X=$(echo a); sh side.sh",
        "trap 'x' EXIT; sh side.sh",
    ];

    const UNCLEAR: [&str; 30] = [
        "$(echo sh) side.sh",
        "`echo sh` side.sh",
        "cat <<E\na\nE\nsh side.sh",
        "sh side.sh ${HOME}",
        "sh side.sh $1",
        "sh side.sh\u{a0}a",
        "$X side.sh",
        "select i in a; do sh side.sh; done </dev/null",
        "sh side.sh $(echo a)",
        "f() { sh side.sh; }; f",
        "sh side.sh > $HOME/f",
        "sh side.sh {a,b}",
        "sh side.sh `echo a`",
        "sh side.sh <(echo a)",
        "{ sh side.sh; }",
        "case a in a) sh side.sh;; esac",
        "sh side.sh \"$(echo a)\"",
        "sh side.sh $'a'",
        "sh side.sh \"${HOME}\"",
        "sh side.sh $PWD",
        "sh side.sh $?",
        "sh side.sh $@",
        "for i in 1; do sh side.sh $i; done",
        "X=${HOME}; sh side.sh",
        "((x=1)); sh side.sh",
        "function f { :; }; sh side.sh",
        "sh side.sh $((X+1))",
        "X=$Y; sh side.sh",
        "sh side.sh \"`git status`\"",
        "sh side.sh \u{200b}",
    ];
}
