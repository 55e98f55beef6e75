//! Another command or shell that runs it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::expand::before_name;
use super::{BUILTINS, Change, Line, each_command, is_plain, quoted};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Shell, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("sh -c", |text| vec![format!("sh -c {}", quoted(text))]),
    change("bash -c", |text| vec![format!("bash -c {}", quoted(text))]),
    change("bash -c in double quotes", |text| {
        vec![format!("bash -c \"{}\"", escaped(text))]
    }),
    change("eval", |text| vec![format!("eval {}", quoted(text))]),
    change("eval in double quotes", |text| {
        vec![format!("eval \"{}\"", escaped(text))]
    }),
    change("here-string", |text| {
        vec![format!("bash <<< {}", quoted(text))]
    }),
    change("here-document", |text| {
        vec![format!("sh <<'EOF'\n{text}\nEOF")]
    }),
    change("echo into sh", |text| {
        // What dash's echo would change is left out.
        if text.contains('\\') {
            Vec::new()
        } else {
            vec![format!("echo {} | sh", quoted(text))]
        }
    }),
    change("printf into bash", |text| {
        vec![format!("printf %s {} | bash", quoted(text))]
    }),
    change("base64 into sh", |text| {
        vec![format!("echo {} | base64 -d | sh", STANDARD.encode(text))]
    }),
    change("base64 in a here-string", |text| {
        vec![format!("base64 -d <<< {} | bash", STANDARD.encode(text))]
    }),
    change("base64 in bash -c", |text| {
        vec![format!(
            "bash -c \"$(echo {} | base64 -d)\"",
            STANDARD.encode(text)
        )]
    }),
    change("octal in eval", |text| {
        let codes: String = text.bytes().map(|byte| format!("\\{byte:03o}")).collect();
        vec![format!("eval \"$(printf '{codes}')\"")]
    }),
    change("hexadecimal into bash", |text| {
        let codes: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        vec![format!("printf '{codes}' | bash")]
    }),
    change("env", |text| externals(text, "env ")),
    change("env with a variable", |text| externals(text, "env X=1 ")),
    change("sudo", |text| externals(text, "sudo ")),
    change("sudo with options", |text| {
        externals(text, "sudo -n -u root ")
    }),
    change("nohup", |text| externals(text, "nohup ")),
    change("timeout", |text| externals(text, "timeout 5 ")),
    change("nice", |text| externals(text, "nice -n 5 ")),
    change("setsid", |text| externals(text, "setsid -w ")),
    change("command", |text| before_name(text, "command ")),
    change("exec", |text| match Line::parse(text) {
        Some(line) if line.commands().len() == 1 && !text.contains(['(', '\n', ';', '&']) => {
            externals(text, "exec ")
        }
        _ => Vec::new(),
    }),
    change("xargs", |text| {
        by_xargs(text, |name, words| format!("echo {words} | xargs {name}"))
    }),
    change("xargs with the name", |text| {
        by_xargs(text, |name, words| {
            format!("echo {name} {words} | xargs env")
        })
    }),
];

/// What double quotes do not take as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '"' | '$' | '`') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Put before commands that are programs.
fn externals(text: &str, put: &str) -> Vec<String> {
    each_command(text, |line, command| {
        let name = line.of(command.words[0]);
        (is_plain(name) && !BUILTINS.contains(&name))
            .then(|| vec![(command.words[0], format!("{put}{name}"))])
    })
}

/// A command alone, all its words plain.
fn by_xargs(text: &str, write: fn(&str, &str) -> String) -> Vec<String> {
    let Some((name, words)) = text.split_once(' ') else {
        return Vec::new();
    };
    let plain = text.split(' ').all(is_plain) && !BUILTINS.contains(&name);
    let is_option_of_echo =
        words.starts_with("-n") || words.starts_with("-e") || words.starts_with("-E");
    if plain
        && !is_option_of_echo
        && Line::parse(text).is_some()
        && !super::line::is_assignment(name)
    {
        vec![write(name, words)]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(name: &str, text: &str) -> Vec<String> {
        let change = TABLE.iter().find(|change| change.name == name).unwrap();
        change.variants(text)
    }

    #[test]
    fn a_shell_gets_the_same_text() {
        assert_eq!(variants("sh -c", "cat 'a'"), [r"sh -c 'cat '\''a'\'''"]);
        assert_eq!(
            variants("bash -c in double quotes", "x=\"$a\""),
            [r#"bash -c "x=\"\$a\"""#]
        );
        assert_eq!(
            variants("base64 into sh", "rm -rf /"),
            ["echo cm0gLXJmIC8= | base64 -d | sh"]
        );
        assert_eq!(
            variants("octal in eval", "rm"),
            [r#"eval "$(printf '\162\155')""#]
        );
    }

    #[test]
    fn only_programs_are_wrapped() {
        assert_eq!(variants("sudo", "cd / && rm x"), ["cd / && sudo rm x"]);
        assert_eq!(variants("xargs", "rm -rf /"), ["echo -rf / | xargs rm"]);
        assert!(variants("xargs", "cat -n .env | sh").is_empty());
    }
}
