use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use crate::{Lines, Statement, StreamError};

/// A folder of files of statements, `<kind>/<area>.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corpus {
    /// Its files, in the order of their names.
    pub areas: Vec<Area>,
}

/// One file of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Path below the corpus without `.jsonl`, such as `harmless/bash-git`.
    pub name: String,
    /// Its statements, in the order of the file.
    pub statements: Vec<Statement>,
}

/// Why a corpus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A folder or file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file's name is no text.
    #[error("{}: the name is not UTF-8", path.display())]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// A line holds no statement.
    #[error(transparent)]
    Line(#[from] StreamError),
}

impl Corpus {
    /// Reads all `.jsonl` files below a folder.
    ///
    /// # Errors
    /// [`CorpusError`], at the first file or line that cannot be read.
    pub fn load(folder: &Path) -> Result<Self, CorpusError> {
        let mut files = Vec::new();
        find(folder, &mut files)?;
        let mut areas = Vec::new();
        for file in files {
            let below = file
                .strip_prefix(folder)
                .unwrap_or(&file)
                .with_extension("");
            let name = below
                .to_str()
                .ok_or_else(|| CorpusError::Name { path: file.clone() })?;
            areas.push(Area {
                name: name.to_owned(),
                statements: read(&file)?,
            });
        }
        areas.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { areas })
    }

    /// How many statements it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.areas.iter().map(|area| area.statements.len()).sum()
    }

    /// Whether there is nothing to judge.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The statements of a kind, such as `harmless`.
    pub fn kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Statement> + 'a {
        self.areas
            .iter()
            .filter(move |area| area.kind() == kind)
            .flat_map(|area| &area.statements)
    }
}

impl Area {
    /// The folder it is in; empty for a file right in the corpus.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.name.split_once('/').map_or("", |(kind, _)| kind)
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> CorpusError {
    let path = path.to_owned();
    |source| CorpusError::Read { path, source }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CorpusError> {
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let path = entry.path();
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type().map_err(failed(&path))?.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "jsonl") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Statement>, CorpusError> {
    let opened = File::open(file).map_err(failed(file))?;
    let mut lines = Lines::of_corpus(BufReader::new(opened), &file.display().to_string());
    let mut statements = Vec::new();
    while let Some((_, statement)) = lines.next_statement()? {
        statements.push(statement);
    }
    Ok(statements)
}
