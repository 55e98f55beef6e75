//! Commands that run the command behind them.

/// A command that runs another one: its name, and its options that take a value.
const WRAPPERS: [(&str, &str); 36] = [
    (
        "sudo",
        "-u -g -h -p -C -T -r -t -U -D -R --user --group --chdir --host --prompt",
    ),
    ("doas", "-u -C"),
    ("env", "-u -C --unset --chdir"),
    ("nohup", ""),
    ("nice", "-n --adjustment"),
    ("ionice", "-c -n -p"),
    ("chrt", ""),
    ("timeout", "-s -k --signal --kill-after"),
    ("gtimeout", "-s -k --signal --kill-after"),
    ("stdbuf", "-i -o -e"),
    ("unbuffer", ""),
    ("setsid", ""),
    ("time", "-f -o --format --output"),
    ("exec", "-a"),
    ("command", ""),
    ("builtin", ""),
    ("busybox", ""),
    ("toybox", ""),
    ("strace", "-e -o -p -s"),
    ("ltrace", "-e -o -p -s"),
    ("chroot", "--userspec --groups"),
    ("unshare", ""),
    ("nsenter", "-t --target"),
    ("fakeroot", ""),
    ("proot", "-r -b -w"),
    ("firejail", ""),
    ("flock", "-w -E --timeout"),
    ("taskset", "-c"),
    ("numactl", ""),
    ("systemd-run", "-p -u --unit --property"),
    ("torsocks", ""),
    ("proxychains", "-f"),
    ("proxychains4", "-f"),
    ("watch", "-n -d --interval"),
    ("run0", ""),
    ("pkexec", "--user"),
];

/// Words in front of a command that are not part of it.
const RESERVED: [&str; 17] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done", "esac",
    "coproc", "in", "&&", "||",
];

/// The name without the folder it is in.
pub(super) fn base(name: &str) -> &str {
    if name.contains(char::is_whitespace) {
        return name;
    }
    let name = name.trim_end_matches('/');
    name.rsplit('/').next().unwrap_or(name)
}

/// The command at the core of these words: reserved words, assignments and wrappers taken off.
/// Whether a wrapper reads its own arguments as a script is told by [`super::run`].
pub(super) fn core(words: &[String]) -> Vec<String> {
    let mut words: Vec<String> = words
        .iter()
        .skip_while(|word| word.is_empty())
        .cloned()
        .collect();
    // Each round takes a word off.
    while let Some(first) = words.first() {
        let name = base(first).to_owned();
        let taken = if RESERVED.contains(&name.as_str()) || is_assignment(&name) {
            1
        } else if name == "env"
            && words
                .get(1)
                .is_some_and(|flag| flag.starts_with("-S") || flag.starts_with("--split-string"))
        {
            words = split_string(&words);
            continue;
        } else if let Some((_, options)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
            match behind(&name, options, &words) {
                Some(taken) => taken,
                None => break,
            }
        } else {
            break;
        };
        words.drain(..taken);
    }
    if let Some(first) = words.first_mut() {
        *first = program(first).trim_start_matches('\\').to_owned();
    }
    words
}

/// The program's name, if it is where programs are; else the file that is run.
fn program(word: &str) -> String {
    if !word.contains('/') || word.contains(char::is_whitespace) {
        return word.to_owned();
    }
    let direct = if word.starts_with("./") {
        word.to_owned()
    } else {
        super::canonical::path(word)
    };
    let Some((folder, name)) = direct.rsplit_once('/') else {
        return direct;
    };
    let folder = base(folder);
    let has_programs = folder.ends_with("bin")
        || folder.contains(['?', '*', '['])
        || matches!(folder, "~" | "busybox");
    if has_programs && !name.is_empty() {
        return name.to_owned();
    }
    direct
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// How many words come before the command that the wrapper runs.
fn behind(name: &str, options: &str, words: &[String]) -> Option<usize> {
    if name == "command"
        && words
            .get(1)
            .is_some_and(|flag| flag == "-v" || flag == "-V")
    {
        return None;
    }
    let mut at = 1;
    while let Some(word) = words.get(at) {
        if word == "--" {
            at += 1;
            break;
        }
        if word.starts_with('-') && word.len() > 1 {
            at += if options.split(' ').any(|option| option == word) {
                2
            } else {
                1
            };
        } else if name == "env" && word.contains('=') || is_assignment(word) {
            at += 1;
        } else {
            break;
        }
    }
    // Words of the wrapper's own that are no options.
    at += match name {
        "timeout" | "gtimeout" | "chroot" | "flock" | "chrt" => 1,
        "taskset" if words.get(1).is_some_and(|flag| !flag.starts_with("-c")) => 1,
        _ => 0,
    };
    (at < words.len()).then_some(at)
}

fn split_string(words: &[String]) -> Vec<String> {
    let mut rest = words[1..].to_vec();
    let first = rest.remove(0);
    let own = first
        .trim_start_matches("--split-string")
        .trim_start_matches("-S")
        .trim_start_matches('=')
        .to_owned();
    let text = if own.is_empty() && !rest.is_empty() {
        rest.remove(0)
    } else {
        own
    };
    text.split_whitespace()
        .map(str::to_owned)
        .chain(rest)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_come_off() {
        let core =
            |line: &str| core(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).join(" ");
        for line in [
            "sudo -u root -- rm -rf /",
            "env -i A=1 /bin/rm -rf /",
            "timeout -s KILL 5 nice -n 10 rm -rf /",
            "then ! X=1 command exec -a x \\rm -rf /",
            "busybox rm -rf /",
            "env -S rm -rf /",
        ] {
            assert_eq!(core(line), "rm -rf /", "{line}");
        }
        assert_eq!(core("sudo -l"), "sudo -l");
        assert_eq!(core("./rm x"), "./rm x");
    }
}
