//! Another path or address of the same thing.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::READERS;
use super::quote::middle_letter;
use super::{Change, KNOWN, Part, each_command, each_word, is_plain};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("/bin/ before the name", |text| {
        programs(text, |name| format!("/bin/{name}"))
    }),
    change("/usr/bin/ before the name", |text| {
        programs(text, |name| format!("/usr/bin/{name}"))
    }),
    change("detour to the name", |text| {
        programs(text, |name| format!("/usr/../bin/./{name}"))
    }),
    change("name found by a pattern", |text| {
        programs(text, |name| {
            let at = middle_letter(name).unwrap_or(0);
            format!(
                "/bin/{}[{}]{}",
                &name[..at],
                &name[at..=at],
                &name[at + 1..]
            )
        })
    }),
    change("slashes doubled", |text| {
        paths(text, |path| path.replace('/', "//"))
    }),
    change("/./ for slash", |text| {
        paths(text, |path| path.replace('/', "/./"))
    }),
    change("detour in a path", |text| {
        paths(text, |path| {
            let at = path.rfind('/').unwrap_or(0);
            format!(
                "{}/../{}/{}",
                &path[..at],
                path[..at].rsplit('/').next().unwrap_or_default(),
                &path[at + 1..]
            )
        })
        .into_iter()
        // Up from what is a way up itself leads elsewhere.
        .filter(|variant| {
            !["~/..", "//", "../.."]
                .iter()
                .any(|other| variant.contains(other))
        })
        .collect()
    }),
    change("/. for the root", |text| whole(text, "/", "/.")),
    change("// for the root", |text| whole(text, "/", "//")),
    change("/../ for the root", |text| whole(text, "/", "/../")),
    change("file found by ?", |text| patterns(text, |_| "?".to_owned())),
    change("file found by []", |text| {
        patterns(text, |letter| format!("[{letter}]"))
    }),
    change("file found by *", |text| {
        patterns(text, |letter| format!("*{letter}*"))
    }),
    change("$HOME for tilde", |text| homes(text, "$HOME")),
    change("${HOME} for tilde", |text| homes(text, "${HOME}")),
    change("\"$HOME\" for tilde", |text| homes(text, "\"$HOME\"")),
    change("$PWD before ../", |text| {
        each_word(text, |word| {
            (is_plain(word) && word.starts_with("../")).then(|| format!("$PWD/{word}"))
        })
    }),
    change("address as one number", |text| {
        addresses(text, |ip| u32::from(ip).to_string())
    }),
    change("address in hexadecimal", |text| {
        addresses(text, |ip| format!("0x{:x}", u32::from(ip)))
    }),
    change("address in octal", |text| {
        addresses(text, |ip| {
            ip.octets().map(|byte| format!("0{byte:o}")).join(".")
        })
    }),
    change("address in short", |text| {
        addresses(text, |ip| {
            let [a, b, c, d] = ip.octets();
            format!("{a}.{b}.{}", u32::from(c) << 8 | u32::from(d))
        })
    }),
    change("host in capitals", |text| hosts(text, str::to_uppercase)),
    change("user before the host", |text| {
        hosts(text, |host| format!("u@{host}"))
    }),
    change("dot after the host", |text| {
        hosts(text, |host| {
            let is_name = host.contains(|c: char| c.is_ascii_alphabetic());
            if is_name {
                format!("{host}.")
            } else {
                host.to_owned()
            }
        })
    }),
];

/// Names of programs that are files in the usual folders, rewritten.
fn programs(text: &str, write: fn(&str) -> String) -> Vec<String> {
    each_command(text, |line, command| {
        let name = line.of(command.words[0]);
        KNOWN
            .contains(&name)
            .then(|| vec![(command.words[0], write(name))])
    })
}

/// A word that is a path, from its first slash on: after `=` too, but not in an address.
fn paths(text: &str, write: fn(&str) -> String) -> Vec<String> {
    each_word(text, |word| {
        let from = word.find('/')?;
        (is_plain(word) && word.len() > 1 && !word.contains("://") && !word[..from].contains('@'))
            .then_some(())?;
        let from = word
            .find('=')
            .filter(|at| *at < from)
            .map_or(0, |at| at + 1);
        Some(format!("{}{}", &word[..from], write(&word[from..])))
    })
    .into_iter()
    // These are no files.
    .filter(|variant| !variant.contains("/tcp/") && !variant.contains("tcp"))
    .collect()
}

fn whole(text: &str, path: &str, other: &str) -> Vec<String> {
    each_word(text, |word| (word == path).then(|| other.to_owned()))
}

/// A letter of the last part of a path replaced by a pattern, for programs that only open files.
fn patterns(text: &str, write: fn(&str) -> String) -> Vec<String> {
    each_command(text, |line, command| {
        READERS.contains(&line.of(command.words[0])).then_some(())?;
        let is_file = |part: &&usize| {
            let word = line.of(**part);
            is_plain(word) && !word.starts_with('-') && line.parts[**part].0 == Part::Word
        };
        let file = *command.words[1..].iter().rfind(is_file)?;
        let word = line.of(file);
        let base = word.rfind('/').map_or(0, |at| at + 1);
        let at = base + middle_letter(&word[base..])?;
        Some(vec![(
            file,
            format!(
                "{}{}{}",
                &word[..at],
                write(&word[at..=at]),
                &word[at + 1..]
            ),
        )])
    })
}

fn homes(text: &str, home: &str) -> Vec<String> {
    each_word(text, |word| {
        let rest = word.strip_prefix('~')?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{home}{rest}"))
    })
}

static HOST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(https?://)([A-Za-z0-9.-]+)").expect("a pattern"));

/// Programs that take an address as the system does, or lower its case.
const FETCHERS: [&str; 2] = ["curl", "wget"];

fn hosts(text: &str, write: fn(&str) -> String) -> Vec<String> {
    each_command(text, |line, command| {
        FETCHERS
            .contains(&line.of(command.words[0]))
            .then_some(())?;
        let part = *command
            .words
            .iter()
            .find(|word| HOST.is_match(line.of(**word)))?;
        let new = HOST.replace(line.of(part), |found: &Captures<'_>| {
            format!("{}{}", &found[1], write(&found[2]))
        });
        Some(vec![(part, new.into_owned())])
    })
}

fn addresses(text: &str, write: fn(Ipv4Addr) -> String) -> Vec<String> {
    each_command(text, |line, command| {
        FETCHERS
            .contains(&line.of(command.words[0]))
            .then_some(())?;
        let part = *command
            .words
            .iter()
            .find(|word| HOST.is_match(line.of(**word)))?;
        let found = HOST.captures(line.of(part))?;
        let address = match &found[2] {
            "localhost" => Ipv4Addr::LOCALHOST,
            host => host.parse().ok()?,
        };
        Some(vec![(
            part,
            line.of(part).replacen(&found[2], &write(address), 1),
        )])
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
    fn paths_lead_to_the_same_file() {
        assert_eq!(
            variants("slashes doubled", "cat /etc/passwd"),
            ["cat //etc//passwd"]
        );
        assert_eq!(
            variants("detour in a path", "cat /etc/passwd"),
            ["cat /etc/../etc/passwd"]
        );
        assert_eq!(
            variants("file found by ?", "cat /etc/passwd"),
            ["cat /etc/pas?wd"]
        );
        assert_eq!(
            variants("name found by a pattern", "rm -rf /"),
            ["/bin/r[m] -rf /"]
        );
        assert!(variants("slashes doubled", "curl http://x.example/").is_empty());
    }

    #[test]
    fn addresses_lead_to_the_same_host() {
        let url = "curl http://169.254.169.254/latest";
        assert_eq!(
            variants("address as one number", url),
            ["curl http://2852039166/latest"]
        );
        assert_eq!(
            variants("address in octal", url),
            ["curl http://0251.0376.0251.0376/latest"]
        );
        assert_eq!(
            variants("address in short", "wget http://localhost:8/"),
            ["wget http://127.0.1:8/"]
        );
    }
}
