//! One way to write a command: flags single, short and in order, paths and addresses plain.

use super::address;
use super::known;

/// Long options and their short forms, of commands whose options policies speak of.
const LONG: [(&str, &[(&str, &str)]); 7] = [
    (
        "rm",
        &[
            ("recursive", "-r"),
            ("force", "-f"),
            ("verbose", "-v"),
            ("dir", "-d"),
            ("interactive", "-i"),
            ("one-file-system", ""),
        ],
    ),
    (
        "chmod",
        &[
            ("recursive", "-R"),
            ("verbose", "-v"),
            ("changes", "-c"),
            ("silent", "-f"),
            ("quiet", "-f"),
        ],
    ),
    ("chown", &[("recursive", "-R"), ("verbose", "-v")]),
    ("chgrp", &[("recursive", "-R")]),
    (
        "shred",
        &[
            ("remove", "-u"),
            ("zero", "-z"),
            ("force", "-f"),
            ("iterations", "-n"),
        ],
    ),
    (
        "nc",
        &[
            ("exec", "-e"),
            ("sh-exec", "-c"),
            ("listen", "-l"),
            ("lua-exec", "-e"),
        ],
    ),
    ("cat", &[("show-all", "-A"), ("number", "-n")]),
];

/// Commands under another name.
const NAMES: [(&str, &str); 12] = [
    ("ncat", "nc"),
    ("netcat", "nc"),
    ("nc.traditional", "nc"),
    ("nc.openbsd", "nc"),
    ("unlink", "rm"),
    ("grm", "rm"),
    ("gcat", "cat"),
    ("wget2", "wget"),
    ("curl.exe", "curl"),
    ("bat", "cat"),
    ("batcat", "cat"),
    ("gdd", "dd"),
];

/// The command on a line. Words with blanks stay as they are: the line is read by patterns, not by
/// a shell.
pub(super) fn line(words: &[String]) -> String {
    let Some((name, arguments)) = words.split_first() else {
        return String::new();
    };
    let name = known::command(name);
    let name = NAMES
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(name.as_str(), |(_, one)| one);
    let long = LONG
        .iter()
        .find(|(command, _)| *command == name)
        .map(|(_, table)| *table);
    let (mut flags, mut operands) = (Vec::new(), Vec::new());
    let mut only_operands = false;
    for argument in arguments {
        if argument == "--" && !only_operands && long.is_some() {
            only_operands = true;
        } else if let (Some(table), false, Some(option)) =
            (long, only_operands, argument.strip_prefix("--"))
        {
            flags.push(short_of(table, option));
        } else if long.is_some()
            && !only_operands
            && argument.len() > 1
            && argument.starts_with('-')
        {
            flags.extend(argument[1..].chars().map(|flag| format!("-{flag}")));
        } else {
            operands.push(operand(argument));
        }
    }
    if matches!(name, "rm" | "chmod" | "chown" | "chgrp") {
        for flag in &mut flags {
            // Both mean recursive, and only one can.
            let recursive = if name == "rm" { "-R" } else { "-r" };
            if flag == recursive {
                *flag = if name == "rm" {
                    "-r".to_owned()
                } else {
                    "-R".to_owned()
                };
            }
        }
        flags.sort();
        flags.dedup();
    }
    let parts = std::iter::once(name.to_owned())
        .chain(flags)
        .chain(operands);
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The short form of a long option, which may be abbreviated.
fn short_of(table: &[(&str, &str)], option: &str) -> String {
    let (name, _) = option.split_once('=').unwrap_or((option, ""));
    let found = table
        .iter()
        .find(|(long, _)| !name.is_empty() && long.starts_with(name));
    found.map_or_else(|| format!("--{option}"), |(_, short)| (*short).to_owned())
}

/// A path without detours, an address as four numbers; anything else as it is.
pub(super) fn operand(word: &str) -> String {
    let word = known::path(word);
    if word.contains(char::is_whitespace) {
        return word;
    }
    if word.contains("://") || address::looks_numeric(&word) {
        return address::plain(&word);
    }
    if is_path(&word) {
        return path(&word);
    }
    // `of=/path` and its like.
    match word.split_once('=') {
        Some((name, value)) if is_path(value) => format!("{name}={}", path(&known::path(value))),
        _ => word,
    }
}

fn is_path(word: &str) -> bool {
    let detour = ["/../", "/./", "//"]
        .iter()
        .any(|detour| word.contains(detour));
    word.starts_with(['/', '~']) || word.starts_with("../") || word.starts_with("./") || detour
}

pub(super) fn path(word: &str) -> String {
    let absolute = word.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in word.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." && *last != "~" => {
                    parts.pop();
                }
                None if absolute => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let folder = if word.len() > 1 && word.ends_with('/') && !joined.is_empty() {
        "/"
    } else {
        ""
    };
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}{folder}"),
        (false, true) => ".".to_owned(),
        (false, false) => format!("{joined}{folder}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_write_it() {
        let of =
            |line_text: &str| line(&line_text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for line_text in [
            "rm -rf /",
            "rm / -fr",
            "rm --force --recurs -- /",
            "rm -r -f -R //",
            "rm -rf /./etc/..",
        ] {
            assert_eq!(of(line_text), "rm -f -r /", "{line_text}");
        }
        assert_eq!(of("chmod 777 -R /"), "chmod -R 777 /");
        assert_eq!(of("ncat -lvpe 80 /bin/sh"), "nc -l -v -p -e 80 /bin/sh");
        assert_eq!(of("cat /etc/../etc//passwd"), "cat /etc/passwd");
        assert_eq!(of("cat /etc/p?sswd"), "cat /etc/passwd");
        assert_eq!(
            of("curl http://2852039166/latest"),
            "curl http://169.254.169.254/latest"
        );
    }
}
