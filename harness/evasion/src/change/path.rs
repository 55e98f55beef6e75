//! Another way to write the path of the same file, as a tool for files takes it.

use super::Change;
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Path, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("slashes of a path doubled", |path| {
        vec![path.replace('/', "//")]
    }),
    change("/./ for slash of a path", |path| {
        vec![path.replace('/', "/./")]
    }),
    change("detour to a file", |path| detour(path, "x/../")),
    change("detour over the folder", |path| {
        match path.rsplit_once('/') {
            Some((folder, name)) if !matches!(folder, "" | "~" | "." | "..") => {
                let last = folder.rsplit('/').next().unwrap_or_default();
                vec![format!("{folder}/../{last}/{name}")]
            }
            _ => Vec::new(),
        }
    }),
    change("detour over the root", |path| {
        if path.starts_with('/') {
            vec![format!("/..{path}"), format!("/proc/self/root{path}")]
        } else {
            Vec::new()
        }
    }),
];

fn detour(path: &str, by: &str) -> Vec<String> {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    vec![format!("{}{by}{}", &path[..at], &path[at..])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_same() {
        let all: Vec<String> = TABLE
            .iter()
            .flat_map(|change| change.variants("/w/a.env"))
            .collect();
        assert_eq!(
            all,
            [
                "//w//a.env",
                "/./w/./a.env",
                "/w/x/../a.env",
                "/w/../w/a.env",
                "/../w/a.env",
                "/proc/self/root/w/a.env"
            ]
        );
    }
}
