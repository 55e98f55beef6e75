//! Options written otherwise.

use super::{Change, Line, Simple, each_command};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

/// How a command takes options.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) command: &'static str,
    /// Short options and what they are in long.
    pub(crate) long: &'static [(char, &'static str)],
    /// Short options for which another short one stands.
    pub(crate) same: &'static [(char, char)],
    /// Short options that take a value.
    pub(crate) valued: &'static str,
    /// Whether options may come after operands.
    pub(crate) anywhere: bool,
}

/// The commands whose options are known.
pub(crate) const OPTIONS: &[Options] = &[
    options(
        "rm",
        &[
            ('r', "recursive"),
            ('f', "force"),
            ('v', "verbose"),
            ('d', "dir"),
        ],
        &[('r', 'R')],
        "",
    ),
    options(
        "chmod",
        &[('R', "recursive"), ('v', "verbose"), ('c', "changes")],
        &[],
        "",
    ),
    options("chown", &[('R', "recursive")], &[], ""),
    options(
        "cat",
        &[
            ('n', "number"),
            ('b', "number-nonblank"),
            ('s', "squeeze-blank"),
        ],
        &[],
        "",
    ),
    options(
        "ls",
        &[('a', "all"), ('R', "recursive"), ('r', "reverse")],
        &[],
        "",
    ),
    options(
        "cp",
        &[('r', "recursive"), ('f', "force"), ('a', "archive")],
        &[('r', 'R')],
        "",
    ),
    options("mv", &[('f', "force")], &[], ""),
    options(
        "wget",
        &[('q', "quiet"), ('O', "output-document")],
        &[],
        "O",
    ),
    options(
        "curl",
        &[
            ('O', "remote-name"),
            ('s', "silent"),
            ('o', "output"),
            ('L', "location"),
            ('f', "fail"),
        ],
        &[],
        "oHdXu",
    ),
    options(
        "grep",
        &[('r', "recursive"), ('i', "ignore-case"), ('e', "regexp")],
        &[],
        "e",
    ),
    options("tail", &[('f', "follow"), ('n', "lines")], &[], "n"),
    options("head", &[('n', "lines"), ('c', "bytes")], &[], "nc"),
    options("npm", &[('g', "global")], &[], ""),
    options("nc", &[], &[], "eclpw"),
    options("ncat", &[], &[], "eclpw"),
    options("netcat", &[], &[], "eclpw"),
];

const fn options(
    command: &'static str,
    long: &'static [(char, &'static str)],
    same: &'static [(char, char)],
    valued: &'static str,
) -> Options {
    Options {
        command,
        long,
        same,
        valued,
        anywhere: true,
    }
}

pub(super) const TABLE: &[Change] = &[
    change("long options", |text| {
        options_of(text, |known, flags| {
            let long = |c: char| {
                let found = known
                    .long
                    .iter()
                    .find(|(short, _)| *short == c && !known.valued.contains(c));
                found.map(|(_, long)| format!("--{long}"))
            };
            let all: Option<Vec<String>> = flags.chars().map(long).collect();
            all.map(|all| all.join(" "))
        })
    }),
    change("options split", |text| {
        options_of(text, |_, flags| {
            let split: Vec<String> = flags.chars().map(|c| format!("-{c}")).collect();
            (split.len() > 1).then(|| split.join(" "))
        })
    }),
    change("options in another order", |text| {
        options_of(text, |_, flags| {
            Some(format!("-{}", flags.chars().rev().collect::<String>()))
        })
    }),
    change("option that is the same", |text| {
        options_of(text, |known, flags| {
            let same = |c: char| {
                known
                    .same
                    .iter()
                    .find(|(one, _)| *one == c)
                    .map_or(c, |(_, other)| *other)
            };
            Some(format!("-{}", flags.chars().map(same).collect::<String>()))
        })
    }),
    change("option twice", |text| {
        options_of(text, |_, flags| Some(format!("-{flags}{flags}")))
    }),
    change("options last", |text| {
        moved(text, |line, options, operands| {
            (!operands.is_empty()).then(|| {
                let last = *operands.last()?;
                let mut edits: Vec<(usize, String)> =
                    options.iter().map(|part| (*part, String::new())).collect();
                let all: Vec<&str> = options.iter().map(|part| line.of(*part)).collect();
                edits.push((last, format!("{} {}", line.of(last), all.join(" "))));
                Some(edits)
            })?
        })
    }),
    change("-- before operands", |text| {
        moved(text, |line, _, operands| {
            let first = *operands.first()?;
            Some(vec![(first, format!("-- {}", line.of(first)))])
        })
    }),
    change("mode with a zero", |text| {
        each_command(text, |line, command| {
            (line.of(command.words[0]) == "chmod").then_some(())?;
            let mode = command.words.iter().find(|word| line.of(**word) == "777")?;
            Some(vec![(*mode, "0777".to_owned())])
        })
    }),
];

/// The known options of a command.
fn known(line: &Line<'_>, command: &Simple) -> Option<&'static Options> {
    let name = line.of(command.words[0]);
    let name = name.rsplit('/').next().unwrap_or(name);
    OPTIONS.iter().find(|options| options.command == name)
}

/// Whether the word is a cluster of short options without values.
fn cluster<'a>(known: &Options, word: &'a str) -> Option<&'a str> {
    let flags = word.strip_prefix('-')?;
    let simple = |c: char| c.is_ascii_alphabetic() && !known.valued.contains(c);
    (!flags.is_empty() && flags.chars().all(simple)).then_some(flags)
}

/// Clusters of short options, all of a command rewritten together.
fn options_of(text: &str, write: impl Fn(&Options, &str) -> Option<String>) -> Vec<String> {
    each_command(text, |line, command| {
        let known = known(line, command)?;
        let edits: Vec<(usize, String)> = command
            .words
            .iter()
            .skip(1)
            .take_while(|word| line.of(**word) != "--")
            .filter_map(|word| Some((*word, write(known, cluster(known, line.of(*word))?)?)))
            .collect();
        (!edits.is_empty()).then_some(edits)
    })
}

/// Options and operands of commands that have only clusters before plain operands.
fn moved(
    text: &str,
    edit: impl Fn(&Line<'_>, &[usize], &[usize]) -> Option<Vec<(usize, String)>>,
) -> Vec<String> {
    each_command(text, |line, command| {
        let known = known(line, command)?;
        let arguments = &command.words[1..];
        let is_option = |word: &&usize| cluster(known, line.of(**word)).is_some();
        let options = arguments.iter().take_while(is_option).count();
        let (options, operands) = arguments.split_at(options);
        let bare = operands.iter().all(|word| !line.of(*word).starts_with('-'));
        (known.anywhere && bare && known.valued.is_empty() && known.command != "npm")
            .then_some(())?;
        edit(line, options, operands)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(name: &str, text: &str) -> Vec<String> {
        let change = TABLE.iter().find(|change| change.name == name).unwrap();
        change.variants(text)
    }

    #[test]
    fn options_keep_their_meaning() {
        assert_eq!(
            variants("long options", "sudo; rm -rf /"),
            ["sudo; rm --recursive --force /"]
        );
        assert_eq!(variants("options split", "rm -rf /"), ["rm -r -f /"]);
        assert_eq!(variants("options last", "rm -rf / x"), ["rm  / x -rf"]);
        assert_eq!(variants("-- before operands", "rm -rf /"), ["rm -rf -- /"]);
        assert_eq!(
            variants("option that is the same", "rm -rf /"),
            ["rm -Rf /"]
        );
        assert!(variants("options in another order", "nc -e /bin/sh h 1").is_empty());
    }
}
