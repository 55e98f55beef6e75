use std::net::Ipv4Addr;

use super::root::resolve;
use crate::change::shell::{OPTIONS, Options};

/// What a case did: each program with its arguments and input, each file with what was written
/// into it. Sorted, since the ends of a pipe run side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace(Vec<Vec<String>>);

impl Trace {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The traces of all cases that came to their end.
pub(super) fn traces(log: &str) -> Vec<Trace> {
    let mut traces = Vec::new();
    let mut current = Vec::new();
    for line in log.lines() {
        let mut fields: Vec<String> = line.split('\u{1f}').map(str::to_owned).collect();
        fields.pop();
        match fields.first().map(String::as_str) {
            Some("run") if fields.len() > 1 => current.push(run(fields)),
            Some("file") if fields.len() > 2 => {
                fields[2] = said(&fields[2]);
                current.push(fields);
            }
            Some("end") => {
                current.sort();
                traces.push(Trace(std::mem::take(&mut current)));
            }
            _ => {}
        }
    }
    traces
}

/// A program's run in the form that all ways to say the same share.
fn run(mut fields: Vec<String>) -> Vec<String> {
    fields.remove(0);
    let program = fields.remove(0);
    let input = fields
        .pop_if(|last| last.starts_with('\u{1d}'))
        .map(|input| said(&input));
    // What stands for output of a program, run by a shell that read it.
    if program == "ran" && !fields.is_empty() {
        let name = fields.remove(0);
        let mut line = vec!["ran".to_owned(), name.clone()];
        line.extend(arguments(&name, fields));
        return line;
    }
    let mut line = vec!["run".to_owned(), program.clone()];
    line.extend(arguments(&program, fields));
    line.extend(input);
    line
}

/// Output of programs that reached a file or another program; how its arguments are written does
/// not matter, so only the names stay.
fn said(text: &str) -> String {
    let name = |line: &str| match line.strip_prefix("ran ") {
        Some(rest) => format!("ran {}", rest.split(' ').next().unwrap_or_default()),
        None => line.to_owned(),
    };
    text.split('\u{1e}')
        .map(name)
        .collect::<Vec<_>>()
        .join("\n")
}

fn arguments(program: &str, words: Vec<String>) -> Vec<String> {
    let Some(known) = OPTIONS.iter().find(|options| options.command == program) else {
        return words.iter().map(|word| place(word)).collect();
    };
    let (mut options, mut operands) = (Vec::new(), Vec::new());
    let mut words = words.into_iter();
    let mut ended = false;
    while let Some(word) = words.next() {
        if ended || !word.starts_with('-') || word.len() == 1 {
            operands.push(place(&word));
        } else if word == "--" {
            ended = true;
        } else if let Some(short) = long(known, &word) {
            options.push(format!("-{short}"));
        } else if word.starts_with("--") {
            options.push(word);
        } else {
            for c in word[1..].chars() {
                let c = known
                    .same
                    .iter()
                    .find(|(_, same)| *same == c)
                    .map_or(c, |(one, _)| *one);
                let value = known.valued.contains(c) && word.ends_with(c);
                let value = if value {
                    words.next().map(|value| place(&value))
                } else {
                    None
                };
                options.push(format!("-{c}{}", value.unwrap_or_default()));
            }
        }
    }
    if program == "chmod" {
        for mode in operands.iter_mut().take(1) {
            *mode = mode.trim_start_matches('0').to_owned();
        }
    }
    options.sort();
    options.dedup();
    options.extend(operands);
    options
}

fn long(known: &Options, word: &str) -> Option<char> {
    let name = word.strip_prefix("--")?;
    known
        .long
        .iter()
        .find(|(_, long)| *long == name)
        .map(|(short, _)| *short)
}

/// A path without detours, an address as its host and the rest.
fn place(word: &str) -> String {
    if let Some((scheme, rest)) = word.split_once("://") {
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
        let (name, port) = host
            .split_once(':')
            .map_or((host.as_str(), String::new()), |(name, port)| {
                (name, format!(":{port}"))
            });
        let name = name.trim_end_matches('.');
        let name = match address(name) {
            _ if name == "localhost" => Ipv4Addr::LOCALHOST.to_string(),
            Some(address) => address.to_string(),
            None => name.to_owned(),
        };
        return format!("{scheme}://{name}{port}{path}");
    }
    match word.rsplit_once('=') {
        Some((key, path)) if path.starts_with('/') => format!("{key}={}", resolve(path)),
        None if word.starts_with(['/', '~'])
            || word.starts_with("../")
            || word.starts_with("./") =>
        {
            resolve(word)
        }
        None if word.contains('/')
            && !word.contains(|c: char| c.is_whitespace() || "'\"()@:".contains(c)) =>
        {
            resolve(word)
        }
        _ => word.to_owned(),
    }
}

/// An address of the internet as the system's resolver reads it: one to four numbers, each in
/// decimal, octal or hexadecimal.
fn address(host: &str) -> Option<Ipv4Addr> {
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(&text[1..], 8).ok(),
        None => text.parse().ok(),
    };
    let parts: Option<Vec<u32>> = host.split('.').map(number).collect();
    let parts = parts.filter(|parts| (1..=4).contains(&parts.len()))?;
    let (last, first) = parts.split_last()?;
    let shifted = first
        .iter()
        .enumerate()
        .map(|(index, part)| part << (24 - 8 * index));
    first
        .iter()
        .all(|part| *part < 256)
        .then(|| Ipv4Addr::from(shifted.fold(*last, |all, part| all | part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(program: &str, line: &str) -> Vec<String> {
        arguments(program, line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn ways_to_say_the_same_are_the_same() {
        assert_eq!(of("rm", "-rf /"), of("rm", "--force -R -- //"));
        assert_eq!(of("rm", "-rf /"), of("rm", "/. -Rf"));
        assert_ne!(of("rm", "-rf /"), of("rm", "-rf /tmp"));
        assert_ne!(of("rm", "-rf /"), of("rm", "-r /"));
        assert_eq!(of("nc", "-e /bin/sh h 1"), of("nc", "h 1 -e /bin/./sh"));
        assert_eq!(
            of("chmod", "-R 777 /srv"),
            of("chmod", "0777 //srv --recursive")
        );
    }

    #[test]
    fn addresses_are_read_as_the_system_does() {
        for url in [
            "http://2852039166/x",
            "http://0xa9fea9fe/x",
            "http://0251.0376.0251.0376/x",
            "http://u@169.254.43518./x",
        ] {
            assert_eq!(place(url), "http://169.254.169.254/x", "{url}");
        }
        assert_eq!(place("http://LOCALHOST:8/"), "http://127.0.0.1:8/");
        assert_ne!(place("http://a.example/"), place("http://b.example/"));
    }

    #[test]
    fn a_log_has_a_trace_for_each_case() {
        let log = "run\u{1f}b\u{1f}\nrun\u{1f}a\u{1f}x\u{1f}\nend\u{1f}0\u{1f}\nend\u{1f}1\u{1f}\nrun\u{1f}c\u{1f}\n";
        let traces = traces(log);
        assert_eq!(traces.len(), 2);
        assert_eq!(traces[0].0, [vec!["run", "a", "x"], vec!["run", "b"]]);
        assert!(traces[1].is_empty());
    }
}
