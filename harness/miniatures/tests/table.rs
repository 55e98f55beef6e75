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

#[test]
fn breaks_what_the_requirements_say() {
    let mut wanted = Breaks::new();
    for requirement in requirements() {
        for name in requirement.proven_by {
            wanted
                .entry(name)
                .or_default()
                .insert(requirement.id.clone());
        }
    }
    let mut said = Breaks::new();
    for miniature in all().iter().filter(|miniature| miniature.name != "sound") {
        let breaks = miniature.breaks.iter().map(|id| (*id).to_owned()).collect();
        said.insert(miniature.name.to_owned(), breaks);
    }
    let differences: Vec<_> = wanted
        .keys()
        .chain(said.keys())
        .filter(|name| wanted.get(*name) != said.get(*name))
        .map(|name| {
            format!(
                "{name}: required {:?}, said {:?}",
                wanted.get(name),
                said.get(name)
            )
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
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
