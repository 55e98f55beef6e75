//! Commands inside of files that are no scripts: build files, pipelines of CI, services, notebooks,
//! code that calls a shell.

use serde_json::Value;

use super::carriers::{calls, crontab};
use super::wrapper::base;

/// The commands that this file, or notebook cell, makes somebody's shell run; one script.
pub(super) fn script(path: &str, content: &str) -> String {
    let name = base(path.trim()).to_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let commands = match (name.as_str(), end) {
        (name, _)
            if name.starts_with("dockerfile")
                || name.starts_with("containerfile")
                || end == "dockerfile" =>
        {
            dockerfile(content)
        }
        (name, "mk") | (name @ ("makefile" | "gnumakefile" | "justfile" | ".justfile"), _) => {
            recipes(content, name)
        }
        (_, "yml" | "yaml") => yaml(content),
        (_, "json" | "jsonc" | "json5") => json(content),
        (_, "service" | "timer" | "desktop") => after_equals(content, "Exec"),
        (name, _) if name.contains("cron") => crontab(content),
        (_, "md" | "rst" | "txt" | "adoc" | "html" | "csv" | "sql" | "lock") => Vec::new(),
        _ => code(content),
    };
    commands.join("\n")
}

/// The commands of a notebook cell: `!command` lines, and cells that a shell reads.
pub(super) fn cell(content: &str) -> String {
    let first = content.trim_start().lines().next().unwrap_or("");
    if ["%%bash", "%%sh", "%%script bash", "%%script sh", "%sh"]
        .iter()
        .any(|magic| first.starts_with(magic))
    {
        return content
            .trim_start()
            .split_once('\n')
            .map_or("", |(_, rest)| rest)
            .to_owned();
    }
    let lines = content
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix(['!', '%']));
    let commands = lines.map(|line| {
        line.trim_start_matches("system ")
            .trim_start_matches("sx ")
            .to_owned()
    });
    commands
        .chain(calls(content))
        .collect::<Vec<_>>()
        .join("\n")
}

fn dockerfile(content: &str) -> Vec<String> {
    let joined = content.replace("\\\n", " ");
    let command = |line: &str| {
        let (word, rest) = line.trim_start().split_once(char::is_whitespace)?;
        let runs = ["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL"]
            .contains(&word.to_uppercase().as_str());
        let rest = rest.trim_start().trim_start_matches("CMD ");
        let flagless = rest
            .split_whitespace()
            .skip_while(|word| word.starts_with("--"))
            .collect::<Vec<_>>()
            .join(" ");
        runs.then(|| {
            serde_json::from_str::<Vec<String>>(&flagless).map_or(flagless, |words| words.join(" "))
        })
    };
    joined.lines().filter_map(command).collect()
}

fn recipes(content: &str, name: &str) -> Vec<String> {
    let just = name.contains("just");
    let line = |line: &str| {
        let inner = line
            .strip_prefix('\t')
            .or_else(|| line.strip_prefix("  ").filter(|_| just))?;
        Some(
            inner
                .trim_start()
                .trim_start_matches(['@', '-', '+'])
                .replace("$$", "$"),
        )
    };
    content
        .replace("\\\n", " ")
        .lines()
        .filter_map(line)
        .collect()
}

/// Keys whose values a shell runs.
const KEYS: [&str; 16] = [
    "run",
    "script",
    "scripts",
    "before_script",
    "after_script",
    "command",
    "commands",
    "cmd",
    "cmds",
    "entrypoint",
    "shell",
    "args",
    "postcreatecommand",
    "poststartcommand",
    "initializecommand",
    "exec",
];

/// By lines: what is indented below such a key, or behind it.
fn yaml(content: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut below: Option<usize> = None;
    for line in content.lines() {
        let inner = line.trim_start();
        let indent = line.len() - inner.len();
        let item = inner.strip_prefix("- ").unwrap_or(inner);
        if let Some(depth) = below {
            if inner.is_empty()
                || indent > depth
                || indent == depth && inner.starts_with("- ") && !item.contains(": ")
            {
                commands.push(unquoted(item));
                continue;
            }
            below = None;
        }
        let Some((key, value)) = item.split_once(':') else {
            continue;
        };
        if KEYS.contains(&key.trim().to_lowercase().as_str()) {
            let value = value.trim();
            if value.is_empty() || value.starts_with(['|', '>']) {
                below = Some(indent);
            } else {
                commands.push(
                    serde_json::from_str::<Vec<String>>(value)
                        .map_or_else(|_| unquoted(value), |words| words.join(" ")),
                );
            }
        }
    }
    commands
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).to_owned()
}

fn json(content: &str) -> Vec<String> {
    let mut commands = Vec::new();
    match serde_json::from_str::<Value>(content) {
        Ok(value) => walk(&value, false, &mut commands),
        // An edit shows a part of a document: a line with a key and a text.
        Err(_) => commands.extend(content.lines().filter_map(|line| {
            let (_, value) = line.split_once(':')?;
            serde_json::from_str::<String>(value.trim().trim_end_matches(',')).ok()
        })),
    }
    commands
}

fn walk(value: &Value, runs: bool, commands: &mut Vec<String>) {
    match value {
        Value::String(text) if runs => commands.push(text.clone()),
        Value::Array(items) if runs && items.iter().all(Value::is_string) => {
            commands.push(
                items
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, runs, commands)),
        Value::Object(members) => {
            for (key, member) in members {
                walk(
                    member,
                    runs || KEYS.contains(&key.to_lowercase().as_str()),
                    commands,
                );
            }
        }
        _ => {}
    }
}

fn after_equals(content: &str, key: &str) -> Vec<String> {
    let line = |line: &str| {
        let (name, value) = line.split_once('=')?;
        name.trim().starts_with(key).then(|| {
            value
                .trim_start_matches(['-', '+', '@', '!', ':'])
                .to_owned()
        })
    };
    content.lines().filter_map(line).collect()
}

fn code(content: &str) -> Vec<String> {
    let mut commands = calls(content);
    // `Command::new("sh").arg("-c").arg("…")` and its like, and steps of build pipelines.
    for marker in [".arg(\"-c\").arg(", "\"-c\", ", "'-c', ", "sh '", "sh \""] {
        for (at, _) in content.match_indices(marker) {
            let rest = content[at + marker.len()..].trim_start_matches(['r', 'f']);
            let rest = if marker.starts_with("sh ") {
                &content[at + 3..]
            } else {
                rest
            };
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            let inner = rest[1..].split(quote).next().unwrap_or_default();
            commands.push(inner.to_owned());
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_where_files_hold_them() {
        assert_eq!(
            script(
                "Dockerfile",
                "FROM x\nRUN --mount=type=cache a \\\n b\nCMD [\"c\", \"d\"]"
            ),
            "a b\nc d"
        );
        assert_eq!(script("Makefile", "all:\n\t@a $$X\nx = 1"), "a $X");
        assert_eq!(
            script(
                "ci.yml",
                "jobs:\n  - run: a\n  - run: |\n      b\n      c\n  name: d"
            ),
            "a\nb\nc"
        );
        assert_eq!(
            script(
                "package.json",
                "{\"scripts\": {\"x\": \"a\"}, \"name\": \"b\"}"
            ),
            "a"
        );
        assert_eq!(
            script("x.service", "[Service]\nExecStart=-/bin/a b"),
            "/bin/a b"
        );
        assert_eq!(script("x.js", "execSync(\"a\")"), "a");
        assert_eq!(
            script("x.rs", "Command::new(\"sh\").arg(\"-c\").arg(\"a\")"),
            "a"
        );
        assert_eq!(script("README.md", "`a`"), "");
        assert_eq!(cell("!a\nx = 1\n! b"), "a\n b");
        assert_eq!(cell("%%bash\na\nb"), "a\nb");
    }
}
