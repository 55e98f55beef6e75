//! Globs that can only mean one well-known file.

/// Programs that policies speak of, where they are.
const PROGRAMS: [&str; 34] = [
    "rm", "cat", "dd", "curl", "wget", "bash", "sh", "nc", "ncat", "netcat", "chmod", "chown",
    "mkfs", "python", "python3", "perl", "ruby", "socat", "base64", "printenv", "less", "more",
    "head", "tail", "cp", "mv", "shred", "tee", "xxd", "strings", "grep", "awk", "sed", "find",
];

/// Files that policies speak of.
const FILES: [&str; 26] = [
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

/// The path, or the well-known one that this glob finds.
pub(super) fn path(word: &str) -> String {
    if !is_glob(word) || !word.contains(['/', '.']) {
        return word.to_owned();
    }
    let meant = word.chars().filter(|c| c.is_alphanumeric()).count() >= 3;
    let found = FILES.iter().find(|file| meant && matches(word, file));
    found.map_or_else(|| word.to_owned(), |file| (*file).to_owned())
}

fn is_glob(word: &str) -> bool {
    word.len() <= 128 && word.contains(['*', '?', '['])
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
