use std::ops::Range;

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{self, Ast, ClassPerl, ClassPerlKind, Visitor};

/// A pattern that RE2 as Go speaks it does not take, or that is no pattern at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no RE2 pattern: {reason}")]
pub struct Re2Error {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Writes a pattern so that the Rust engine takes it as Go's RE2 does: there `\d`, `\w`, `\s` and
/// `\b` are ASCII, here they would be Unicode.
///
/// # Errors
/// [`Re2Error`].
pub fn translate(pattern: &str) -> Result<String, Re2Error> {
    let fail = |reason: String| Re2Error {
        pattern: pattern.to_owned(),
        reason,
    };
    let tree = Parser::new()
        .parse(pattern)
        .map_err(|error| fail(error.kind().to_string()))?;
    let mut edits =
        ast::visit(&tree, Edits::default()).map_err(|reason| fail(reason.to_owned()))?;
    edits.sort_by_key(|(span, _)| span.start);
    let mut translated = String::with_capacity(pattern.len());
    let mut done = 0;
    for (span, text) in edits {
        translated.push_str(&pattern[done..span.start]);
        translated.push_str(text);
        done = span.end;
    }
    translated.push_str(&pattern[done..]);
    Ok(translated)
}

/// What to write instead, and where.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, &'static str)>);

impl Edits {
    fn push(&mut self, span: &ast::Span, text: &'static str) {
        self.0.push((span.start.offset..span.end.offset, text));
    }

    fn perl(&mut self, class: &ClassPerl) {
        let text = match (&class.kind, class.negated) {
            (ClassPerlKind::Digit, false) => "[0-9]",
            (ClassPerlKind::Digit, true) => "[^0-9]",
            (ClassPerlKind::Word, false) => "[0-9A-Za-z_]",
            (ClassPerlKind::Word, true) => "[^0-9A-Za-z_]",
            (ClassPerlKind::Space, false) => r"[\t\n\x0C\r ]",
            (ClassPerlKind::Space, true) => r"[^\t\n\x0C\r ]",
        };
        self.push(&class.span, text);
    }
}

impl Visitor for Edits {
    type Output = Vec<(Range<usize>, &'static str)>;
    type Err = &'static str;

    fn finish(self) -> Result<Self::Output, Self::Err> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Self::Err> {
        match ast {
            Ast::ClassPerl(class) => self.perl(class),
            Ast::Assertion(assertion) => match assertion.kind {
                ast::AssertionKind::WordBoundary => self.push(&assertion.span, r"(?-u:\b)"),
                ast::AssertionKind::NotWordBoundary => {
                    return Err(r"\B is not supported; say which character stands there");
                }
                ast::AssertionKind::StartLine
                | ast::AssertionKind::EndLine
                | ast::AssertionKind::StartText
                | ast::AssertionKind::EndText => {}
                _ => return Err(r"RE2 knows no \<, \> and \b{…}; use \b"),
            },
            Ast::Flags(flags) => known_flags(&flags.flags)?,
            Ast::Group(group) => {
                if let ast::GroupKind::NonCapturing(flags) = &group.kind {
                    known_flags(flags)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Self::Err> {
        if let ast::ClassSetItem::Perl(class) = item {
            self.perl(class);
        }
        Ok(())
    }

    fn visit_class_set_binary_op_pre(
        &mut self,
        _: &ast::ClassSetBinaryOp,
    ) -> Result<(), Self::Err> {
        Err("RE2 knows no set operations in classes")
    }
}

fn known_flags(flags: &ast::Flags) -> Result<(), &'static str> {
    for item in &flags.items {
        if let ast::FlagsItemKind::Flag(flag) = &item.kind {
            match flag {
                ast::Flag::CaseInsensitive
                | ast::Flag::MultiLine
                | ast::Flag::DotMatchesNewLine
                | ast::Flag::SwapGreed => {}
                _ => return Err("RE2 knows only the flags i, m, s and U"),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perl_classes_and_boundaries_are_ascii() {
        assert_eq!(
            translate(r"\b\d+[\w.-]*\s\W\D(?i)x").unwrap(),
            r"(?-u:\b)[0-9]+[[0-9A-Za-z_].-]*[\t\n\x0C\r ][^0-9A-Za-z_][^0-9](?i)x"
        );
        let regex = regex::Regex::new(&translate(r"^\d+$").unwrap()).unwrap();
        assert!(regex.is_match("12") && !regex.is_match("١٢"));
    }

    #[test]
    fn what_re2_does_not_know_is_refused() {
        for pattern in [
            "(?=a)",
            r"(a)\1",
            r"a{2000000}b{1",
            "(?x) a",
            "[a&&b]",
            r"\<a",
        ] {
            let error = translate(pattern).unwrap_err();
            assert!(error.to_string().contains(pattern), "{error}");
        }
    }
}
