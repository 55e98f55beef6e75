//! Globs that can only mean one well-known file.

/// Programs that policies speak of, where they are.
const PROGRAMS: [&str; 64] = [
    "rm", "cat", "dd", "curl", "wget", "bash", "sh", "nc", "ncat", "netcat", "chmod", "chown",
    "mkfs", "python", "python3", "perl", "ruby", "socat", "base64", "printenv", "less", "more",
    "head", "tail", "cp", "mv", "shred", "tee", "xxd", "strings", "grep", "awk", "sed", "find",
    "scp", "sftp", "rsync", "ssh", "gem", "npm", "npx", "pip", "pip3", "cargo", "yarn", "pnpm",
    "docker", "podman", "kubectl", "node", "php", "truncate", "wipefs", "dig", "tar", "zip",
    "openssl", "env", "printf", "echo", "eval", "source", "telnet", "chgrp",
];

/// Files that policies speak of.
const FILES: [&str; 29] = [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/sudoers",
    "/etc/gshadow",
    "~/.ssh/id_rsa",
    "~/.ssh/id_ed25519",
    "~/.ssh/id_ecdsa",
    "~/.ssh/authorized_keys",
    "~/.ssh/config",
    "~/.aws/credentials",
    "~/.netrc",
    "~/.git-credentials",
    "~/.gnupg",
    "~/.docker/config.json",
    "~/.kube/config",
    "~/.npmrc",
    "~/.pypirc",
    "/root/.ssh/id_rsa",
    "/dev/sda",
    "/dev/nvme0n1",
    "/dev/tcp",
    ".env",
    "credentials.json",
    "service-account.json",
    "~/.ssh",
    "/proc/self/environ",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".claude/hooks",
];

/// The name of the command, or of the well-known one that this glob finds.
pub(super) fn command(name: &str) -> String {
    if !is_glob(name) {
        return name.to_owned();
    }
    let base = super::wrapper::base(name);
    // A star alone finds anything; some letter must be meant.
    let meant = base.chars().any(char::is_alphanumeric);
    let found = PROGRAMS
        .iter()
        .find(|program| meant && matches(base, program));
    found.map_or_else(|| name.to_owned(), |program| (*program).to_owned())
}

/// The path, or the well-known one that this glob, or a variable that is empty, makes of it.
pub(super) fn path(word: &str) -> String {
    if word.len() > LONGEST {
        return word.to_owned();
    }
    if word.contains('$') {
        let emptied = without_variables(word);
        return if FILES.contains(&emptied.as_str()) {
            emptied
        } else {
            word.to_owned()
        };
    }
    if !is_glob(word) || !word.contains(['/', '.']) {
        return word.to_owned();
    }
    let meant = word.chars().filter(|c| c.is_alphanumeric()).count() >= 2;
    let found = FILES.iter().find_map(|file| {
        // Those without a root may be anywhere.
        let anywhere = !file.starts_with(['/', '~']);
        let parts = file.matches('/').count() + 1;
        let at = word
            .rmatch_indices('/')
            .nth(parts - 1)
            .map_or(0, |(at, _)| at + 1);
        let (folder, rest) = word.split_at(if anywhere { at } else { 0 });
        (meant && matches(rest, file)).then(|| format!("{folder}{file}"))
    });
    found.unwrap_or_else(|| word.to_owned())
}

fn without_variables(word: &str) -> String {
    let mut parts = word.split('$');
    let mut emptied = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = match part.strip_prefix('{') {
            Some(braced) => braced.split_once('}').map_or("", |(_, rest)| rest),
            None => part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        };
        emptied.push_str(rest);
    }
    emptied
}

/// Characters of a word that is looked at.
const LONGEST: usize = 128;

fn is_glob(word: &str) -> bool {
    word.len() <= LONGEST && word.contains(['*', '?', '['])
}

/// Whether the glob finds this name. The usual loop with one place to go back to.
fn matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut g, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        let step = glob.get(g).map(|c| match c {
            '?' => (name[n] != '/').then_some(1),
            '[' => class(&glob[g..], name[n]),
            '*' => Some(0),
            c => (*c == name[n]).then_some(1),
        });
        match step.flatten() {
            Some(0) => {
                back = Some((g, n));
                g += 1;
            }
            Some(length) => {
                g += length;
                n += 1;
            }
            None => match back {
                Some((star, at)) if name[at] != '/' => {
                    back = Some((star, at + 1));
                    g = star + 1;
                    n = at + 1;
                }
                _ => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == '*')
}

/// The length of the class that begins here, if the character is in it.
fn class(glob: &[char], c: char) -> Option<usize> {
    let end = glob.iter().skip(2).position(|c| *c == ']')? + 2;
    let inner = &glob[1..end];
    let (negated, inner) = match inner.first() {
        Some('!' | '^') => (true, &inner[1..]),
        _ => (false, inner),
    };
    let ranges = inner
        .windows(3)
        .any(|three| three[1] == '-' && (three[0]..=three[2]).contains(&c));
    ((inner.contains(&c) || ranges) != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_find_what_they_mean() {
        assert_eq!(command("/bin/c?t"), "cat");
        assert_eq!(command("/???/r[m]"), "rm");
        assert_eq!(command("*"), "*");
        assert_eq!(path("/etc/p?sswd"), "/etc/passwd");
        assert_eq!(path("/e*/sh[a-b]dow"), "/etc/shadow");
        assert_eq!(path("~/.ssh/id_*"), "~/.ssh/id_rsa");
        assert_eq!(path("src/*.rs"), "src/*.rs");
        assert_eq!(path("/*"), "/*");
    }
}
