//! Text as words and what stands between them. Takes any text: what no shell would accept is read
//! as far as it goes.

/// What stands in a shell's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, before expansion.
    Word(Word),
    /// `|`: the next command reads what this one says.
    Pipe,
    /// Anything else that ends a command.
    End,
    /// A group begins, after [`Token::End`].
    Open,
    /// A group ends, after [`Token::End`].
    Close,
    /// A redirection; its target is the next word.
    Redirect(Redirect),
    /// The body of a here-document, of the command before.
    HereDoc(Word),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    Output,
    Input,
    HereString,
}

/// The parts of a word, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stands for itself, except that braces and globs work where it is not quoted.
    Text { text: String, quoted: bool },
    /// `$name` or `${…}`: what is between the braces.
    Parameter { inner: String, quoted: bool },
    /// `$(…)` or backticks: a script whose output is put here.
    Command { script: String, quoted: bool },
    /// `<(…)`: a script whose output is a file's.
    Process { script: String },
    /// `(…)` right after `name=`: the elements of an array.
    Array { script: String },
}

/// Reads a whole script.
pub(super) fn tokens(script: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        chars: script.chars().collect(),
        at: 0,
        tokens: Vec::new(),
        pending: Vec::new(),
    };
    lexer.run();
    lexer.tokens
}

/// The parts of a here-document's body: parameters and commands work, quotes do not.
fn body_parts(body: &str) -> Word {
    let mut lexer = Lexer {
        chars: body.chars().collect(),
        at: 0,
        tokens: Vec::new(),
        pending: Vec::new(),
    };
    let mut word = Word::default();
    while let Some(c) = lexer.peek(0) {
        match c {
            '$' | '`' => lexer.dollar(&mut word, true),
            '\\' if matches!(lexer.peek(1), Some('$' | '`' | '\\')) => {
                lexer.at += 2;
                word.push(lexer.chars[lexer.at - 1], true);
            }
            _ => {
                lexer.at += 1;
                word.push(c, true);
            }
        }
    }
    word
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
    /// Here-documents whose bodies come after this line: delimiter, tabs stripped, literal, and
    /// where their token goes.
    pending: Vec<(String, bool, bool, usize)>,
}

impl Word {
    pub(super) fn text(text: &str) -> Self {
        Self(vec![Part::Text {
            text: text.to_owned(),
            quoted: true,
        }])
    }

    fn push(&mut self, c: char, is_quoted: bool) {
        match self.0.last_mut() {
            Some(Part::Text { text, quoted }) if *quoted == is_quoted => text.push(c),
            _ => self.0.push(Part::Text {
                text: c.into(),
                quoted: is_quoted,
            }),
        }
    }

    /// An empty quoted part: the word exists although nothing is in it.
    fn exist(&mut self) {
        if self.0.is_empty() {
            self.0.push(Part::Text {
                text: String::new(),
                quoted: true,
            });
        }
    }

    /// Whether it is this, without quotes.
    pub(super) fn is_bare(&self, expected: &str) -> bool {
        matches!(self.0.as_slice(), [Part::Text { text, quoted: false }] if text == expected)
    }

    /// Its text as written, if it is nothing but text.
    pub(super) fn literal(&self) -> Option<String> {
        let mut all = String::new();
        for part in &self.0 {
            match part {
                Part::Text { text, .. } => all.push_str(text),
                _ => return None,
            }
        }
        Some(all)
    }
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self, expected: &str) -> bool {
        let fits = expected
            .chars()
            .enumerate()
            .all(|(n, c)| self.peek(n) == Some(c));
        if fits {
            self.at += expected.chars().count();
        }
        fits
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '\n' => {
                    self.at += 1;
                    self.tokens.push(Token::End);
                    self.here_documents();
                }
                ' ' | '\t' | '\r' | '\u{b}' | '\u{c}' => self.at += 1,
                '\\' if self.peek(1) == Some('\n') => self.at += 2,
                '#' => self.comment(),
                '|' if self.peek(1) == Some('|') => self.end(2),
                '|' => {
                    self.at += if self.peek(1) == Some('&') { 2 } else { 1 };
                    self.tokens.push(Token::Pipe);
                }
                '&' if self.peek(1) == Some('>') => {
                    self.at += 2;
                    self.take(">");
                    self.tokens.push(Token::Redirect(Redirect::Output));
                }
                '&' if self.peek(1) == Some('&') => self.end(2),
                ';' | '&' => self.end(1),
                '(' | ')' => {
                    self.end(1);
                    self.tokens
                        .push(if c == '(' { Token::Open } else { Token::Close });
                }
                '<' | '>' if self.peek(1) != Some('(') => self.redirect(),
                '0'..='9' if self.is_descriptor() => {
                    while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
                        self.at += 1;
                    }
                }
                _ => {
                    let word = self.word();
                    self.tokens.push(Token::Word(word));
                }
            }
        }
        self.here_documents();
    }

    fn end(&mut self, length: usize) {
        self.at += length;
        self.tokens.push(Token::End);
    }

    fn comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    /// A digit right before a redirection.
    fn is_descriptor(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
        let alone = before.is_none_or(|c| c.is_whitespace() || ";&|()".contains(*c));
        let digits = self.chars[self.at..]
            .iter()
            .take(4)
            .take_while(|c| c.is_ascii_digit())
            .count();
        alone && matches!(self.peek(digits), Some('<' | '>'))
    }

    fn redirect(&mut self) {
        if self.take("<<<") {
            self.tokens.push(Token::Redirect(Redirect::HereString));
        } else if self.take("<<") {
            let tabs = self.take("-");
            while matches!(self.peek(0), Some(' ' | '\t')) {
                self.at += 1;
            }
            let delimiter = self.word();
            let literal = delimiter
                .0
                .iter()
                .any(|part| matches!(part, Part::Text { quoted: true, .. }));
            let name = delimiter.literal().unwrap_or_default();
            self.pending.push((name, tabs, literal, self.tokens.len()));
            self.tokens.push(Token::HereDoc(Word::default()));
        } else if self.take("<&") || self.take(">&") {
            // A descriptor, `-`, or (after `>&`) a file.
            if matches!(self.peek(0), Some('0'..='9' | '-')) {
                while matches!(self.peek(0), Some('0'..='9' | '-')) {
                    self.at += 1;
                }
            } else {
                self.tokens.push(Token::Redirect(Redirect::Output));
            }
        } else if self.take("<>") || self.take("<") {
            self.tokens.push(Token::Redirect(Redirect::Input));
        } else {
            let _ = self.take(">>") || self.take(">|") || self.take(">");
            self.tokens.push(Token::Redirect(Redirect::Output));
        }
    }

    fn here_documents(&mut self) {
        for (delimiter, tabs, literal, at) in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            while self.at < self.chars.len() {
                let end = self.chars[self.at..].iter().position(|c| *c == '\n');
                let stop = end.map_or(self.chars.len(), |n| self.at + n);
                let line: String = self.chars[self.at..stop].iter().collect();
                self.at = (stop + 1).min(self.chars.len());
                let line = if tabs {
                    line.trim_start_matches('\t')
                } else {
                    &line
                };
                if line.trim_end_matches('\r') == delimiter {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            let word = if literal {
                Word::text(&body)
            } else {
                body_parts(&body)
            };
            self.tokens[at] = Token::HereDoc(word);
        }
    }

    /// A word up to what ends it. Takes at least one character.
    fn word(&mut self) -> Word {
        let mut word = Word::default();
        let start = self.at;
        while let Some(c) = self.peek(0) {
            match c {
                _ if c.is_whitespace() && c.is_ascii() => break,
                '<' | '>' if self.peek(1) == Some('(') => {
                    self.at += 2;
                    let script = self.balanced('(', ')');
                    word.0.push(Part::Process { script });
                }
                '(' if self.after_assignment(start) => {
                    self.at += 1;
                    let script = self.balanced('(', ')');
                    word.0.push(Part::Array { script });
                }
                ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => self.single(&mut word),
                '"' => self.double(&mut word),
                '\\' => self.escape(&mut word),
                '$' | '`' => self.dollar(&mut word, false),
                _ => {
                    self.at += 1;
                    word.push(c, false);
                }
            }
        }
        if self.at == start {
            self.at += 1;
        }
        word
    }

    fn after_assignment(&self, start: usize) -> bool {
        self.at > start + 1
            && self.chars[self.at - 1] == '='
            && self.chars[start..self.at - 1]
                .iter()
                .all(|c| c.is_alphanumeric() || *c == '_' || *c == '+')
    }

    fn escape(&mut self, word: &mut Word) {
        match self.peek(1) {
            Some('\n') => {}
            Some(c) => word.push(c, true),
            None => word.push('\\', true),
        }
        self.at += 2;
    }

    fn single(&mut self, word: &mut Word) {
        self.at += 1;
        word.exist();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == '\'' {
                return;
            }
            word.push(c, true);
        }
    }

    fn double(&mut self, word: &mut Word) {
        self.at += 1;
        word.exist();
        while let Some(c) = self.peek(0) {
            match c {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' if matches!(self.peek(1), Some('$' | '`' | '"' | '\\')) => {
                    word.push(self.chars[self.at + 1], true);
                    self.at += 2;
                }
                '\\' if self.peek(1) == Some('\n') => self.at += 2,
                '$' | '`' => self.dollar(word, true),
                _ => {
                    self.at += 1;
                    word.push(c, true);
                }
            }
        }
    }

    /// What begins with a dollar sign or a backtick.
    fn dollar(&mut self, word: &mut Word, quoted: bool) {
        if self.take("`") {
            let script = self.backticks();
            word.0.push(Part::Command { script, quoted });
        } else if self.take("$((") {
            self.at -= 1;
            let inner = self.balanced('(', ')');
            inner.chars().for_each(|c| word.push(c, true));
        } else if self.take("$(") {
            let script = self.balanced('(', ')');
            word.0.push(Part::Command { script, quoted });
        } else if self.take("${") {
            let inner = self.balanced('{', '}');
            word.0.push(Part::Parameter { inner, quoted });
        } else if !quoted && self.take("$'") {
            word.exist();
            self.ansi_c(word);
        } else if !quoted && self.peek(1) == Some('"') {
            self.at += 1;
        } else {
            self.at += 1;
            self.name(word, quoted);
        }
    }

    fn name(&mut self, word: &mut Word, quoted: bool) {
        let mut inner = String::new();
        match self.peek(0) {
            Some(c @ ('@' | '*' | '#' | '?' | '$' | '!' | '-' | '0'..='9')) => {
                self.at += 1;
                inner.push(c);
            }
            _ => {
                while let Some(c) = self
                    .peek(0)
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                {
                    self.at += 1;
                    inner.push(c);
                }
            }
        }
        if inner.is_empty() {
            word.push('$', true);
        } else {
            word.0.push(Part::Parameter { inner, quoted });
        }
    }

    fn backticks(&mut self) -> String {
        let mut script = String::new();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '`' => break,
                '\\' if matches!(self.peek(0), Some('`' | '\\' | '$')) => {
                    script.push(self.chars[self.at]);
                    self.at += 1;
                }
                _ => script.push(c),
            }
        }
        script
    }

    /// Up to the closing bracket that belongs to the one before, quotes considered.
    fn balanced(&mut self, open: char, close: char) -> String {
        let start = self.at;
        let (mut depth, mut quote) = (1, None);
        while let Some(c) = self.peek(0) {
            match (quote, c) {
                (Some('\''), '\'') | (Some('"'), '"') => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (Some('"') | None, '\\') => self.at += 1,
                (None, _) if c == open => depth += 1,
                (None, _) if c == close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            self.at += 1;
        }
        let end = self.at.min(self.chars.len());
        self.at = (end + 1).min(self.chars.len());
        self.chars[start.min(end)..end].iter().collect()
    }

    /// `$'…'` with the escapes of C.
    fn ansi_c(&mut self, word: &mut Word) {
        let start = self.at;
        while let Some(c) = self.peek(0).filter(|c| *c != '\'') {
            self.at += if c == '\\' { 2 } else { 1 };
        }
        let end = self.at.min(self.chars.len());
        self.at = (end + 1).min(self.chars.len());
        let inner: String = self.chars[start..end].iter().collect();
        super::escape::unescape(&inner)
            .chars()
            .for_each(|c| word.push(c, true));
    }
}
