//! Commands of the shell itself that change what later ones mean.

use std::collections::HashMap;

use super::canonical::operand;
use super::expand::Environment;
use super::filters;

/// What a builtin changes for the commands after it.
pub(super) fn remember(
    name: &str,
    words: &[String],
    aliases: &mut HashMap<String, String>,
    environment: &mut Environment,
) {
    match name {
        "alias" => {
            for (name, value) in words[1..].iter().filter_map(|word| word.split_once('=')) {
                aliases.insert(name.to_owned(), value.to_owned());
            }
        }
        "for" | "select" if words.len() > 3 => environment.set(&words[1], words[3..].join(" ")),
        "set" if words.get(1).is_some_and(|word| word == "--") => {
            for (at, word) in words[2..].iter().enumerate() {
                environment.set(&(at + 1).to_string(), word.clone());
            }
            environment.set("@", words[2..].join(" "));
            environment.set("*", words[2..].join(" "));
        }
        "printf" if words.get(1).is_some_and(|word| word == "-v") && words.len() > 3 => {
            let rest: Vec<String> = std::iter::once(name.to_owned())
                .chain(words[3..].iter().cloned())
                .collect();
            if let Some(value) = filters::output(&rest, None) {
                environment.set(&words[2], value);
            }
        }
        _ => {}
    }
}

/// Bytes of a path; systems take no more (PATH_MAX).
const LONGEST_PATH: usize = 4096;

/// Commands whose operands are files, so that the folder they run in matters.
const ON_FILES: [&str; 22] = [
    "rm", "shred", "chmod", "chown", "find", "cat", "less", "more", "head", "tail", "base64",
    "xxd", "strings", "cp", "mv", "tar", "tee", "truncate", "unlink", "grep", "sed", "zip",
];

/// Remembers the folder that `cd` goes to, and shows where the operands of other commands are.
pub(super) fn locate(words: &mut [String], environment: &mut Environment) {
    let name = words[0].clone();
    let folder = environment.folder.clone();
    let within = |word: &str| match &folder {
        Some(folder) if !word.starts_with(['/', '~', '$', '-', '<']) => {
            format!("{}/{word}", folder.trim_end_matches('/'))
        }
        _ => word.to_owned(),
    };
    if matches!(name.as_str(), "cd" | "pushd") {
        let target = words
            .iter()
            .skip(1)
            .find(|word| !word.starts_with('-'))
            .map_or("~", String::as_str);
        environment.folder = Some(operand(&within(target)))
            .filter(|folder| folder.starts_with(['/', '~', '.']) && folder.len() < LONGEST_PATH);
    } else if folder.is_some() && ON_FILES.contains(&name.as_str()) {
        // The first operands of these are no files.
        let skip = match name.as_str() {
            "chmod" | "chown" | "grep" | "sed" => words
                .iter()
                .skip(1)
                .position(|word| !word.starts_with('-'))
                .map_or(words.len(), |at| at + 2),
            _ => 1,
        };
        for word in words
            .iter_mut()
            .skip(skip)
            .take_while(|word| name != "find" || !word.starts_with('-'))
        {
            *word = within(word);
        }
    }
}
