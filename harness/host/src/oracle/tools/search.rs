//! Finds files and lines.

use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Value, json};

use super::Done;
use crate::{Call, Session};

pub(super) fn run(call: &Call, session: &Session) -> Done {
    let text = |name: &str| call.tool_input.get(name).and_then(Value::as_str);
    let below = text("path").map_or_else(|| session.cwd.clone(), |path| session.cwd.join(path));
    let pattern = text("pattern").unwrap_or_default();
    if call.tool_name == "Glob" {
        let expression = pattern
            .split('*')
            .map(regex::escape)
            .collect::<Vec<_>>()
            .join("[^/]*");
        let Ok(expression) = Regex::new(&format!("(?:^|/){expression}$")) else {
            return Done::failed("invalid pattern");
        };
        let found: Vec<String> = files(&below)
            .into_iter()
            .filter(|f| expression.is_match(&f.to_string_lossy()))
            .map(|f| f.display().to_string())
            .collect();
        let told = if found.is_empty() {
            "No files found".to_owned()
        } else {
            found.join("\n")
        };
        return Done::good(told, json!({"filenames": found}));
    }
    let Ok(expression) = Regex::new(pattern) else {
        return Done::failed("invalid pattern");
    };
    let found: Vec<String> = files(&below)
        .into_iter()
        .filter(|f| std::fs::read_to_string(f).is_ok_and(|t| expression.is_match(&t)))
        .map(|f| {
            f.strip_prefix(&session.cwd)
                .unwrap_or(&f)
                .display()
                .to_string()
        })
        .collect();
    let told = match found.len() {
        0 => "No files found".to_owned(),
        1 => format!("Found 1 file\n{}", found[0]),
        count => format!("Found {count} files\n{}", found.join("\n")),
    };
    Done::good(told, json!({"filenames": found}))
}

/// All files below a folder that are not hidden.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
