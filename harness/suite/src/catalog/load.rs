//! The folder of scenario files as a checked catalog.

use super::expand::expand;
use super::{Diagnostic, Diagnostics, lint, meaning};
use crate::scenario::{Ambient, Scenario};
use hookproof_contract::{Contract, Requirement};
use hookproof_document::Document;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Everything the scenario files say.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The contracts.
    pub contracts: Vec<Contract>,
    /// The requirements with the area (folder) they belong to.
    pub requirements: Vec<Placed<Requirement>>,
    /// The expanded scenarios.
    pub scenarios: Vec<ScenarioTemplate>,
    /// The expectations that hold everywhere.
    pub ambient: Vec<Placed<Ambient>>,
}

/// Something and where it was written.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The folder below `scenarios/`.
    pub area: String,
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// The thing.
    pub item: T,
}

/// A scenario whose run-time placeholders are still open.
#[derive(Clone, Debug)]
pub struct ScenarioTemplate {
    /// The folder below `scenarios/`.
    pub area: String,
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// The scenario with sample values in its placeholders: for listing, filtering, sorting.
    pub sample: Scenario,
    pub(super) value: Value,
}

impl ScenarioTemplate {
    /// The requirements its expectations judge, ambient ones apart; each once, in order.
    #[must_use]
    pub fn requirements(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        let steps = self.sample.step.iter().flat_map(|s| &s.expect);
        for expect in self.sample.expect.iter().chain(steps) {
            if !all.contains(&expect.requirement.as_str()) {
                all.push(expect.requirement.as_str());
            }
        }
        all
    }
}

impl Catalog {
    /// Reads every `*.toml` below `folder`.
    ///
    /// # Errors
    /// All the mistakes found, each with its place.
    pub fn load(folder: &Path) -> Result<Self, Diagnostics> {
        let files = match toml_files(folder) {
            Ok(files) if !files.is_empty() => files,
            Ok(_) => return Err(lonely(folder, "no scenario file (*.toml) in this folder")),
            Err(error) => return Err(lonely(folder, &error.to_string())),
        };
        let mut sources = Vec::new();
        let mut unread = Vec::new();
        for file in files {
            match std::fs::read_to_string(&file) {
                Ok(source) => sources.push((shorten(&file), area_of(folder, &file), source)),
                Err(error) => {
                    unread.push(Diagnostic::at(&file, "", 0..0, &error.to_string(), None));
                }
            }
        }
        Self::read(sources, unread)
    }

    /// Reads scenario files that are at hand: each with its name, its area and what it says.
    ///
    /// # Errors
    /// All the mistakes found, each with its place.
    pub fn of_sources(
        sources: impl IntoIterator<Item = (PathBuf, String, String)>,
    ) -> Result<Self, Diagnostics> {
        Self::read(sources, Vec::new())
    }

    fn read(
        sources: impl IntoIterator<Item = (PathBuf, String, String)>,
        mut found: Vec<Diagnostic>,
    ) -> Result<Self, Diagnostics> {
        let mut catalog = Self::default();
        for (file, area, source) in sources {
            catalog.add(&file, source, &area, &mut found);
        }
        if found.is_empty() {
            lint::check(&catalog, &mut found);
        }
        if found.is_empty() {
            Ok(catalog)
        } else {
            Err(Diagnostics(found))
        }
    }

    /// Looks for every payload that the scenarios name in the recordings below `folder`.
    ///
    /// # Errors
    /// The scenarios whose payload no client ever sent; a recording of another client than the one
    /// played is no mistake.
    pub fn check_payloads(&self, folder: &Path) -> Result<(), Diagnostics> {
        let mut found = Vec::new();
        meaning::payloads(self, folder, &mut found);
        if found.is_empty() {
            Ok(())
        } else {
            Err(Diagnostics(found))
        }
    }

    fn add(&mut self, file: &Path, source: String, area: &str, found: &mut Vec<Diagnostic>) {
        let document = match Document::parse(file, source) {
            Ok(document) => document,
            Err(error) => return found.push(error),
        };
        for (key, node) in document.entries() {
            for element in node.elements() {
                let placed = |line| (area.to_owned(), file.to_owned(), line);
                let (area, file, line) = placed(document.line(element));
                let result = match key {
                    "contract" => document.read(element, element.to_json()).map(|c| self.contracts.push(c)),
                    "requirement" => document
                        .read(element, element.to_json())
                        .map(|item| self.requirements.push(Placed { area, file, line, item })),
                    "ambient" => document
                        .read(element, nest_ambient(element.to_json()))
                        .map(|item| self.ambient.push(Placed { area, file, line, item })),
                    "scenario" => expand(&document, element, &area).map(|s| self.scenarios.extend(s)),
                    other => Err(document.error(
                        element,
                        &format!("unknown table `{other}`, expected one of `contract`, `requirement`, `scenario`, `ambient`"),
                        None,
                    )),
                };
                found.extend(result.err());
            }
        }
    }

    /// The requirement `id`.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Placed<Requirement>> {
        self.requirements.iter().find(|r| r.item.id.as_str() == id)
    }

    /// The contract `id`.
    #[must_use]
    pub fn contract(&self, id: &str) -> Option<&Contract> {
        self.contracts.iter().find(|c| c.id.as_str() == id)
    }
}

fn nest_ambient(value: Value) -> Value {
    let Value::Object(mut members) = value else {
        return value;
    };
    let event = members.shift_remove("event");
    let mut nested = Map::new();
    if let Some(event) = event {
        nested.insert("event".into(), event);
    }
    nested.insert("expect".into(), Value::Object(members));
    json!(nested)
}

fn lonely(folder: &Path, message: &str) -> Diagnostics {
    Diagnostics(vec![Diagnostic::at(folder, "", 0..0, message, None)])
}

fn area_of(folder: &Path, file: &Path) -> String {
    let below = file.strip_prefix(folder).unwrap_or(file);
    match below.parent().map(|p| p.display().to_string()) {
        Some(area) if !area.is_empty() => area,
        _ => "general".into(),
    }
}

/// The path as the user would type it from here.
fn shorten(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(here).unwrap_or(file).to_owned()
}

fn toml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
