//! Variables, substitutions, braces and blanks.

use super::quote::middle_letter;
use super::{Change, Line, Part, Simple, each_command, each_word, is_plain};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("name in a variable", |text| {
        by_name(text, |name| Some((format!("x={name}; "), "$x".to_owned())))
    }),
    change("name in two variables", |text| {
        by_name(text, |name| {
            let (left, right) = name.split_at(middle_letter(name)?);
            Some((format!("a={left}; b={right}; "), "$a$b".to_owned()))
        })
    }),
    change("argument in a variable", |text| {
        by_argument(text, |word| Some((format!("x={word}; "), "$x".to_owned())))
    }),
    change("part of an argument in a variable", |text| {
        by_argument(text, |word| {
            let at = middle_letter(word)?;
            Some((
                format!("x={}; ", &word[at..=at]),
                format!("{}${{x}}{}", &word[..at], &word[at + 1..]),
            ))
        })
    }),
    change("command in a variable", |text| {
        let all_plain = |word: &str| is_plain(word) && !word.starts_with('~');
        match Line::parse(text) {
            Some(line)
                if text.split([' ', '\t']).all(all_plain)
                    && line.commands()[0].assignments.is_empty() =>
            {
                vec![format!("x='{text}'; $x")]
            }
            _ => Vec::new(),
        }
    }),
    change("empty $@ in a word", |text| in_letters(text, "$@")),
    change("unset variable in a word", |text| in_letters(text, "${z}")),
    change("empty substitution in a word", |text| {
        in_letters(text, "$(:)")
    }),
    change("empty backquotes in a word", |text| in_letters(text, "`:`")),
    change("name from a substitution", |text| {
        names(text, |name| format!("$(echo {name})"))
    }),
    change("name from backquotes", |text| {
        names(text, |name| format!("`echo {name}`"))
    }),
    change("name from printf", |text| {
        names(text, |name| {
            let codes: String = name.bytes().map(|byte| format!("\\{byte:03o}")).collect();
            format!("$(printf '{codes}')")
        })
    }),
    change("argument from a substitution", |text| {
        each_command(text, |line, command| {
            let argument = command
                .words
                .iter()
                .skip(1)
                .rfind(|word| is_plain(line.of(**word)))?;
            Some(vec![(*argument, format!("$(echo {})", line.of(*argument)))])
        })
    }),
    change("assignment before", |text| before_name(text, "x=1 ")),
    change("tab for blank", |text| blanks(text, "\t")),
    change("several blanks", |text| blanks(text, "   ")),
    change("line continued", |text| blanks(text, " \\\n ")),
    change("$IFS for blank", |text| separators(text, "$IFS")),
    change("${IFS} for blank", |text| separators(text, "${IFS}")),
    change("${IFS}$9 for blank", |text| separators(text, "${IFS}$9")),
    change("first blank as ${IFS}", |text| {
        separators_up_to(text, "${IFS}", 1)
    }),
    change("braces", |text| {
        each_command(text, |line, command| {
            let words: Vec<&str> = command.words.iter().map(|word| line.of(*word)).collect();
            let bare = |word: &&str| is_plain(word) && !word.contains(',');
            let inside = command.words.first()?..=command.words.last()?;
            let solid = (**inside.start()..=**inside.end())
                .all(|part| matches!(line.parts[part].0, Part::Word | Part::Blank));
            (words.len() > 1 && words.iter().all(bare) && solid).then_some(())?;
            let mut edits: Vec<(usize, String)> = (**inside.start()..=**inside.end())
                .map(|part| (part, String::new()))
                .collect();
            edits[0].1 = format!("{{{}}}", words.join(","));
            Some(edits)
        })
    }),
];

/// Names of commands, rewritten.
fn names(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    each_command(text, |line, command| {
        let name = line.of(command.words[0]);
        (is_plain(name) && !name.starts_with('~')).then(|| vec![(command.words[0], write(name))])
    })
}

/// Something put before names of commands.
pub(super) fn before_name(text: &str, put: &str) -> Vec<String> {
    each_command(text, |line, command| {
        let name = line.of(command.words[0]);
        Some(vec![(command.words[0], format!("{put}{name}"))])
    })
}

/// Names of commands replaced, with a command before the line that sets what replaces them.
fn by_name(text: &str, write: impl Fn(&str) -> Option<(String, String)>) -> Vec<String> {
    by_word(text, write, |command| command.words.first().copied())
}

fn by_argument(text: &str, write: impl Fn(&str) -> Option<(String, String)>) -> Vec<String> {
    by_word(text, write, |command| {
        command.words.get(1..).and_then(<[usize]>::last).copied()
    })
}

fn by_word(
    text: &str,
    write: impl Fn(&str) -> Option<(String, String)>,
    which: fn(&Simple) -> Option<usize>,
) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let replaced = |command: Simple| {
        let word = which(&command).filter(|word| is_plain(line.of(*word)))?;
        let (before, new) = write(line.of(word))?;
        Some(format!("{before}{}", line.with(&[(word, new)])))
    };
    line.commands().into_iter().filter_map(replaced).collect()
}

/// Something without effect put before a letter of a plain word.
fn in_letters(text: &str, put: &str) -> Vec<String> {
    each_word(text, |word| {
        let at = middle_letter(word).filter(|_| is_plain(word))?;
        Some(format!("{}{put}{}", &word[..at], &word[at..]))
    })
}

/// All blanks between words.
fn blanks(text: &str, put: &str) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let edits: Vec<(usize, String)> = (1..line.parts.len().saturating_sub(1))
        .filter(|part| line.parts[*part].0 == Part::Blank)
        .map(|part| (part, put.to_owned()))
        .collect();
    vec![line.with(&edits)]
}

fn separators(text: &str, put: &str) -> Vec<String> {
    separators_up_to(text, put, usize::MAX)
}

/// Blanks between two words of one command, where the second needs no blank to be expanded and
/// the variable's name ends.
fn separators_up_to(text: &str, put: &str, most: usize) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let words: Vec<usize> = line.commands().into_iter().flat_map(|c| c.words).collect();
    let splits = |blank: &usize| {
        let after = line.of(*blank + 1);
        let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            || !put.ends_with('S');
        words.contains(&(blank - 1))
            && words.contains(&(blank + 1))
            && !after.starts_with('~')
            && ends
    };
    let edits: Vec<(usize, String)> = (1..line.parts.len().saturating_sub(1))
        .filter(|part| line.parts[*part].0 == Part::Blank)
        .filter(splits)
        .take(most)
        .map(|part| (part, put.to_owned()))
        .collect();
    vec![line.with(&edits)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilde_keeps_its_blank() {
        assert_eq!(
            separators("cat ~/.ssh /a b", "$IFS"),
            ["cat ~/.ssh$IFS/a b"]
        );
        assert_eq!(separators("cat ~/.ssh b", "${IFS}"), ["cat ~/.ssh${IFS}b"]);
    }

    #[test]
    fn the_setting_comes_before_the_line() {
        let variants = by_name("a | bc d", |name| {
            Some((format!("x={name}; "), "$x".to_owned()))
        });
        assert_eq!(variants, ["x=a; $x | bc d", "x=bc; a | $x d"]);
    }

    #[test]
    fn braces_hold_a_whole_command() {
        let braces = TABLE.iter().find(|change| change.name == "braces").unwrap();
        assert_eq!(
            braces.variants("rm -rf /|cat 'x y'"),
            ["{rm,-rf,/}|cat 'x y'"]
        );
    }
}
