//! Scripts inside of arguments.

use std::sync::LazyLock;

use regex::Regex;

/// Calls of languages that hand a text to a shell.
static CALLS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?:system|popen|exec\w*|spawn\w*|\bcall|\brun|check_output|check_call|Popen|passthru|getoutput|shell)\s*\(\s*[frbu]?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\[([^\]]*)\])"#,
    )
    .expect("a pattern")
});

/// Options and forms that carry a command.
static OPTIONS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?:-o)?(?:--checkpoint-action=exec=|--to-command=|--use-compress-program=|--rsh=|--pager=|ProxyCommand=|LocalCommand=|alias\.[\w-]+=!|core\.\w+=!?|!|:!|--eval=|--exec=|GIT_SSH_COMMAND=|RUN\s|--rsync-path=)(.+)$")
        .expect("a pattern")
});

/// A line of a crontab: when, and what.
static CRON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:@\w+|(?:[\d*/,-]+\s+){5})\s*(\S.*)$").expect("a pattern")
});

/// Shells, by name.
pub(super) fn is_shell(name: &str) -> bool {
    matches!(
        name,
        "sh" | "bash"
            | "zsh"
            | "dash"
            | "ksh"
            | "ash"
            | "mksh"
            | "rbash"
            | "fish"
            | "csh"
            | "tcsh"
            | "pwsh"
    )
}

/// The name of a program without the version behind it.
pub(super) fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

/// Other interpreters: what runs code given after an option or read from stdin.
pub(super) fn is_interpreter(name: &str) -> bool {
    matches!(
        stem(name),
        "python"
            | "perl"
            | "ruby"
            | "node"
            | "nodejs"
            | "php"
            | "lua"
            | "deno"
            | "bun"
            | "osascript"
            | "tclsh"
            | "expect"
            | "Rscript"
            | "julia"
    )
}

/// The commands that code hands to a shell.
pub(super) fn calls(code: &str) -> Vec<String> {
    let text = |found: &regex::Captures<'_>| {
        let literal = found.get(1).or(found.get(2));
        match (literal, found.get(3)) {
            (Some(literal), _) => super::escape::unescape(literal.as_str()),
            (None, Some(list)) => list.as_str().replace(['"', '\'', ','], " "),
            (None, None) => String::new(),
        }
    };
    CALLS
        .captures_iter(code)
        .map(|found| text(&found))
        .collect()
}

/// The command that an argument carries.
pub(super) fn carried(argument: &str) -> Option<&str> {
    if !argument.contains(['=', '!', ':']) && !argument.starts_with("RUN") {
        return None;
    }
    let found = OPTIONS.captures(argument)?.get(1)?;
    Some(found.as_str().trim_matches(['"', '\'']))
}

/// The commands of a crontab.
pub(super) fn crontab(text: &str) -> Vec<String> {
    CRON.captures_iter(text)
        .map(|found| found[1].to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_in_arguments() {
        assert_eq!(calls("import os; os.system('rm -rf /')"), ["rm -rf /"]);
        assert_eq!(
            calls("subprocess.run([\"rm\", \"-rf\", \"/\"])")[0]
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["rm", "-rf", "/"]
        );
        assert_eq!(carried("--checkpoint-action=exec=sh x"), Some("sh x"));
        assert_eq!(carried("alias.x=!rm -rf /"), Some("rm -rf /"));
        assert_eq!(carried("--color"), None);
        assert_eq!(crontab("*/5 * * * * curl x | sh"), ["curl x | sh"]);
    }
}
