/// Shorter values are hardly secrets, longer ones hardly values.
const LENGTH: std::ops::RangeInclusive<usize> = 6..=4096;

/// Parts of values that stand for a value that comes later, or from elsewhere.
const STAND_INS: [&str; 30] = [
    "<",
    ">",
    "${",
    "$(",
    "{{",
    "#{",
    "***",
    "...",
    "xxx",
    "%s",
    "example",
    "sample",
    "placeholder",
    "change",
    "replace",
    "insert",
    "your",
    "dummy",
    "redacted",
    "sensitive",
    "masked",
    "todo",
    "fixme",
    "environ",
    "getenv",
    "process.env",
    "env.",
    "vault",
    "undefined",
    "secrets.",
];

/// Whether a value looks like a secret that was written down: letters and digits, and neither a
/// placeholder nor a place to take the secret from.
pub(super) fn looks_real(text: &str) -> bool {
    let value = text.trim_matches(['"', '\'', '`']);
    let lower = value.to_ascii_lowercase();
    LENGTH.contains(&value.len())
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && !value.starts_with(['$', '/', '~', '.', '[', '{', '(', '&', '@', '%', '!'])
        && !STAND_INS.iter().any(|part| lower.contains(part))
        && !value.contains("](")
        && !is_call(value)
        && !is_member(value)
}

/// `read_secret("a1")`.
fn is_call(value: &str) -> bool {
    value.split_once('(').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "_.:>-".contains(c))
    })
}

/// `config.db1.password`: names in front of dots.
fn is_member(value: &str) -> bool {
    let mut names = value.split('.');
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    value.contains('.') && names.all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_stand_ins() {
        for value in [
            "hunter22",
            "\"s3cr-et.X9\"",
            "demo-Value-17",
            "p4ss!w0rd&more",
        ] {
            assert!(looks_real(value), "{value}");
        }
        for value in [
            "abc1",
            "postgres",
            "12345678",
            "${DB_PASSWORD1}",
            "<your key 1>",
            "xxxx1234",
            "os.environ1",
            "config.db1.password",
            "read_secret(\"a1\")",
            "/run/secrets/db1",
            "changeme1",
            "$1",
            "example-key-1",
        ] {
            assert!(!looks_real(value), "{value}");
        }
    }
}
