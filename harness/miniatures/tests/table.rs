//! The table against the requirements: each names the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use hookproof_miniatures::all;
use serde::Deserialize;

#[derive(Deserialize)]
struct Area {
    #[serde(default)]
    requirement: Vec<Requirement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Requirement {
    id: String,
    proven_by: Vec<String>,
}

type Breaks = BTreeMap<String, BTreeSet<String>>;

#[test]
fn names_are_unique() {
    let names: BTreeSet<_> = all().iter().map(|miniature| miniature.name).collect();
    assert_eq!(names.len(), all().len());
    assert!(names.contains("sound"));
}

/// A requirement may name further miniatures: those that cannot help breaking it too. Whether
/// they do is for `cargo xtask prove` to say.
#[test]
fn breaks_what_the_requirements_say() {
    let mut wanted = Breaks::new();
    for requirement in requirements() {
        for name in requirement.proven_by {
            let breaks = wanted.entry(name).or_default();
            breaks.insert(requirement.id.clone());
        }
    }
    wanted.insert("sound".to_owned(), BTreeSet::new());
    let names: BTreeSet<_> = all().iter().map(|miniature| miniature.name).collect();
    let missing: Vec<_> = wanted
        .keys()
        .filter(|name| !names.contains(name.as_str()))
        .collect();
    assert!(missing.is_empty(), "there are no miniatures {missing:?}");
    for miniature in all() {
        let wanted = wanted.get(miniature.name);
        let said = |id: &str| wanted.is_some_and(|wanted| wanted.contains(id));
        assert!(
            wanted.is_some(),
            "no requirement names `{}`",
            miniature.name
        );
        assert!(
            miniature.breaks.iter().all(|id| said(id)),
            "{miniature:?} {wanted:?}"
        );
    }
}

fn requirements() -> Vec<Requirement> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut files = Vec::new();
    gather(&root, &mut files);
    files
        .iter()
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let area: Area = toml::from_str(&text).unwrap();
            area.requirement
        })
        .collect()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}
