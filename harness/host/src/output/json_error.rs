//! The words of the newer client's JSON parser for text that is not JSON.
//!
//! The client tells the person and the model what its parser said, so the words are part of
//! what is observed. This is a scanner that only finds the first error.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Punctuation(char),
    String,
    Literal,
    Identifier(String),
    End,
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
}

type Lexed = Result<Token, String>;

/// The message for this text, without the prefix `JSON Parse error: `, or `None` for JSON.
pub(crate) fn first_error(text: &str) -> Option<String> {
    let mut lexer = Lexer {
        rest: text.chars().peekable(),
    };
    let outcome = lexer
        .next()
        .and_then(|token| value(&mut lexer, token))
        .and_then(|()| lexer.next());
    match outcome {
        Ok(Token::End) => None,
        Ok(_) => Some("Unable to parse JSON string".to_owned()),
        Err(message) => Some(message),
    }
}

fn value(lexer: &mut Lexer, token: Token) -> Result<(), String> {
    match token {
        Token::String | Token::Literal => Ok(()),
        Token::Punctuation('{') => object(lexer),
        Token::Punctuation('[') => array(lexer),
        Token::Punctuation(other) => Err(format!("Unexpected token '{other}'")),
        Token::Identifier(name) => Err(format!("Unexpected identifier \"{name}\"")),
        Token::End => Err("Unexpected EOF".to_owned()),
    }
}

fn array(lexer: &mut Lexer) -> Result<(), String> {
    let mut token = lexer.next()?;
    if token == Token::Punctuation(']') {
        return Ok(());
    }
    loop {
        value(lexer, token)?;
        match lexer.next()? {
            Token::Punctuation(']') => return Ok(()),
            Token::Punctuation(',') => token = lexer.next()?,
            _ => return Err("Expected ']'".to_owned()),
        }
        if token == Token::Punctuation(']') {
            return Err("Unexpected comma at the end of array expression".to_owned());
        }
    }
}

fn object(lexer: &mut Lexer) -> Result<(), String> {
    match lexer.next()? {
        Token::Punctuation('}') => return Ok(()),
        Token::String => property(
            lexer,
            "Expected ':' before value in object property definition",
        )?,
        _ => return Err("Expected '}'".to_owned()),
    }
    loop {
        match lexer.next()? {
            Token::Punctuation('}') => return Ok(()),
            Token::Punctuation(',') => {}
            _ => return Err("Expected '}'".to_owned()),
        }
        match lexer.next()? {
            Token::String => property(lexer, "Expected ':'")?,
            _ => return Err("Property name must be a string literal".to_owned()),
        }
    }
}

fn property(lexer: &mut Lexer, without_colon: &str) -> Result<(), String> {
    if lexer.next()? != Token::Punctuation(':') {
        return Err(without_colon.to_owned());
    }
    let token = lexer.next()?;
    value(lexer, token)
}

impl Lexer<'_> {
    fn next(&mut self) -> Lexed {
        while self
            .rest
            .next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
            .is_some()
        {}
        let Some(first) = self.rest.next() else {
            return Ok(Token::End);
        };
        match first {
            '{' | '}' | '[' | ']' | ':' | ',' | '(' | ')' | ';' | '.' | '=' => {
                Ok(Token::Punctuation(first))
            }
            '"' => self.string(),
            '\'' => Err("Single quotes (') are not allowed in JSON".to_owned()),
            '-' | '0'..='9' => self.number(first),
            c if c.is_ascii_alphabetic() || c == '_' || c == '$' => Ok(self.word(c)),
            other => Err(format!("Unrecognized token '{other}'")),
        }
    }

    fn word(&mut self, first: char) -> Token {
        let mut word = String::from(first);
        while let Some(c) = self
            .rest
            .next_if(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '$')
        {
            word.push(c);
        }
        match word.as_str() {
            "true" | "false" | "null" => Token::Literal,
            _ => Token::Identifier(word),
        }
    }

    fn string(&mut self) -> Lexed {
        loop {
            match self.rest.next() {
                Some('"') => return Ok(Token::String),
                Some('\\') => self.escape()?,
                Some(c) if c >= ' ' => {}
                _ => return Err("Unterminated string".to_owned()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        match self.rest.next() {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(()),
            Some('u') => {
                let digits: String = self.rest.clone().take(4).collect();
                if digits.chars().count() < 4 {
                    return Err("\\u must be followed by 4 hex digits".to_owned());
                }
                if !digits.chars().all(|c| c.is_ascii_hexdigit()) {
                    return Err(format!("\"\\u{digits}\" is not a valid unicode escape"));
                }
                self.rest.by_ref().take(4).for_each(drop);
                Ok(())
            }
            Some(other) => Err(format!("Invalid escape character {other}")),
            None => Err("Unterminated string".to_owned()),
        }
    }

    fn digits(&mut self) -> usize {
        let mut count = 0;
        while self.rest.next_if(char::is_ascii_digit).is_some() {
            count += 1;
        }
        count
    }

    fn number(&mut self, first: char) -> Lexed {
        let lead = if first == '-' {
            self.rest.next_if(char::is_ascii_digit)
        } else {
            Some(first)
        };
        let Some(lead) = lead else {
            return Err("Invalid number".to_owned());
        };
        // A number that begins with a zero ends there; a digit after it is the next token.
        if lead != '0' {
            self.digits();
        }
        if self.rest.next_if_eq(&'.').is_some() && self.digits() == 0 {
            return Err("Invalid digits after decimal point".to_owned());
        }
        if self.rest.next_if(|c| matches!(c, 'e' | 'E')).is_some() {
            let _ = self.rest.next_if(|c| matches!(c, '+' | '-'));
            if self.digits() == 0 {
                return Err(
                    "Exponent symbols should be followed by an optional '+' or '-' and then by at least one number"
                        .to_owned(),
                );
            }
        }
        Ok(Token::Literal)
    }
}

#[cfg(test)]
mod tests {
    use super::first_error;

    /// Words observed in the newest measured client.
    #[test]
    fn speaks_as_the_client() {
        for (text, message) in [
            (r#"{"a":1},}"#, "Unable to parse JSON string"),
            (r#"{"a":1,}"#, "Property name must be a string literal"),
            ("{'a':1}", "Single quotes (') are not allowed in JSON"),
            ("{\"a\":1/* c */}", "Unrecognized token '/'"),
            ("{\"a\":\"x\ny\"}", "Unterminated string"),
            (r#"{"a":NaN}"#, "Unexpected identifier \"NaN\""),
            (r#"{"a": }"#, "Unexpected token '}'"),
            (r#"{"a":{"b":1}"#, "Expected '}'"),
            (r#"{"a":01}"#, "Expected '}'"),
        ] {
            assert_eq!(first_error(text).as_deref(), Some(message), "{text}");
        }
        assert_eq!(first_error(r#" {"a":[1,-2.5e3,"\u00e4",null]} "#), None);
    }
}
