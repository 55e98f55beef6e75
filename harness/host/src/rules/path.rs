//! Patterns of file paths, written like those of gitignore files.

use std::path::Path;

use regex::Regex;

use super::Call;

/// Whether a pattern covers a file. `//x` starts at the root, `~/x` at the home, `/x` at the
/// project; any other pattern is taken below the current directory.
pub(super) fn fits(pattern: &str, file: &Path, call: &Call<'_>) -> bool {
    let (base, pattern) = if let Some(rest) = pattern.strip_prefix("//") {
        (Path::new("/").to_owned(), rest)
    } else if let Some(rest) = pattern.strip_prefix("~/") {
        match std::env::home_dir() {
            Some(home) => (home, rest),
            None => return false,
        }
    } else if let Some(rest) = pattern.strip_prefix('/') {
        (call.project.to_owned(), rest)
    } else {
        (call.cwd.to_owned(), pattern.trim_start_matches("./"))
    };
    let Ok(relative) = file.strip_prefix(&base) else {
        return false;
    };
    let text = relative.to_string_lossy();
    let anchored = pattern.trim_end_matches('/').contains('/');
    to_regex(pattern.trim_end_matches('/'), anchored).is_some_and(|regex| regex.is_match(&text))
}

fn to_regex(pattern: &str, anchored: bool) -> Option<Regex> {
    let mut regex = String::from(if anchored { "^" } else { "^(?:.*/)?" });
    let mut rest = pattern;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("**/") {
            regex.push_str("(?:.*/)?");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            regex.push_str(".*");
            rest = after;
        } else if let Some(after) = rest.strip_prefix('*') {
            regex.push_str("[^/]*");
            rest = after;
        } else if let Some(after) = rest.strip_prefix('?') {
            regex.push_str("[^/]");
            rest = after;
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            regex.push_str(&regex::escape(&rest[..length]));
            rest = &rest[length..];
        }
    }
    regex.push_str("(?:/.*)?$");
    Regex::new(&regex).ok()
}
