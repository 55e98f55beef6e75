use std::collections::HashMap;
use std::path::Path;

use hookproof_document::{Diagnostic, Diagnostics, Document, Node};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Operator, Pack, Policy, Redaction, View};
use crate::engine::Rule;

/// Examples a policy needs of each kind, so that its edges are documented.
const EXAMPLES: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    name: String,
    description: String,
}

impl Pack {
    /// Reads a pack file's text. Patterns are compiled, examples only counted: whether they hold
    /// is told by [`crate::check`].
    ///
    /// # Errors
    /// All mistakes found, each with its place.
    pub fn parse(file: &Path, source: String) -> Result<Self, Diagnostics> {
        let one = |error| Diagnostics(vec![error]);
        let document = Document::parse(file, source).map_err(one)?;
        let mut loader = Loader::new(&document);
        let pack = loader.pack();
        match pack {
            Some(pack) if loader.found.is_empty() => Ok(pack),
            _ => Err(Diagnostics(loader.found)),
        }
    }
}

struct Loader<'a> {
    document: &'a Document,
    ids: HashMap<String, usize>,
    found: Vec<Diagnostic>,
}

impl<'a> Loader<'a> {
    fn new(document: &'a Document) -> Self {
        Self {
            document,
            ids: HashMap::new(),
            found: Vec::new(),
        }
    }

    fn pack(&mut self) -> Option<Pack> {
        let root = self.document.root();
        for (key, node) in self.document.entries() {
            if !matches!(key, "pack" | "policy" | "dynamic") {
                let message =
                    format!("unknown table `{key}`, expected one of `pack`, `policy`, `dynamic`");
                self.complain(node, &message, None);
            }
        }
        let Some(head) = root.get("pack") else {
            let hint = "begin with [pack] and its id, name and description".to_owned();
            self.complain(root, "a pack without a [pack] table", Some(hint));
            return None;
        };
        let head: Option<Head> = self.read(head);
        let policies: Vec<Policy> = self.each("policy", Self::check_policy);
        let dynamic = self.each("dynamic", Self::check_dynamic);
        if policies.is_empty() && self.found.is_empty() {
            let hint = "write at least one [[policy]]".to_owned();
            self.complain(root, "a pack without policies", Some(hint));
        }
        let Head {
            id,
            name,
            description,
        } = head?;
        Some(Pack {
            id,
            name,
            description,
            policies,
            dynamic,
        })
    }

    fn each<T: DeserializeOwned>(&mut self, key: &str, check: fn(&mut Self, &Node, &T)) -> Vec<T> {
        let nodes = self
            .document
            .root()
            .get(key)
            .map_or(&[][..], Node::elements);
        let mut all = Vec::new();
        for node in nodes {
            if let Some(item) = self.read(node) {
                self.check_id(node);
                check(self, node, &item);
                all.push(item);
            }
        }
        all
    }

    fn read<T: DeserializeOwned>(&mut self, node: &Node) -> Option<T> {
        let read = self.document.read(node, node.to_json());
        read.map_err(|error| self.found.push(error)).ok()
    }

    fn complain(&mut self, node: &Node, message: &str, hint: Option<String>) {
        self.found.push(self.document.error(node, message, hint));
    }

    fn check_id(&mut self, node: &Node) {
        let Some(id) = node.get("id") else { return };
        let text = id.to_json().as_str().unwrap_or_default().to_owned();
        let line = self.document.line(node);
        let valid = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if text.is_empty() || !text.chars().all(valid) {
            let hint = "use letters, digits, `_` and `-`".to_owned();
            self.complain(id, &format!("`{text}` is no policy id"), Some(hint));
        }
        if let Some(first) = self.ids.insert(text.clone(), line) {
            let message = format!("policy {text}: the id is used in line {first} already");
            self.complain(id, &message, None);
        }
    }

    fn check_policy(&mut self, node: &Node, policy: &Policy) {
        let id = &policy.id;
        if policy.pattern.is_some() != policy.patterns.is_empty() {
            let hint = "write either `pattern` or `patterns = [{ view, pattern }]`".to_owned();
            self.complain(node, &format!("policy {id} needs a pattern"), Some(hint));
        }
        self.check_patterns(node, policy);
        for (key, examples) in [
            ("must-match", &policy.must_match),
            ("must-not-match", &policy.must_not_match),
        ] {
            if examples.len() < EXAMPLES {
                let message = format!(
                    "policy {id}: {} example(s) in {key}, at least {EXAMPLES} are needed",
                    examples.len()
                );
                let at = node.get(key).unwrap_or(node);
                self.complain(at, &message, None);
            }
        }
        let elsewhere = |view| !matches!(view, View::Raw | View::Text);
        if masks(policy) && policy.all_patterns().any(|pattern| elsewhere(pattern.view)) {
            let hint =
                "only the views raw and text know where a match stands in the statement".to_owned();
            self.complain(
                node,
                &format!("policy {id} cannot redact what it sees in this view"),
                Some(hint),
            );
        }
        if policy.action.request.is_none() && policy.action.response.is_none() {
            let hint = "name an action for request, response, or both".to_owned();
            self.complain(
                node,
                &format!("policy {id} does nothing in either phase"),
                Some(hint),
            );
        }
    }

    fn check_patterns(&mut self, node: &Node, policy: &Policy) {
        let places = node.get("pattern").into_iter().chain(
            node.get("patterns")
                .map_or(&[][..], Node::elements)
                .iter()
                .map(|one| one.get("pattern").unwrap_or(one)),
        );
        for (pattern, at) in policy.all_patterns().zip(places) {
            if let Err(error) = Rule::regex(&pattern.pattern) {
                let hint = "patterns are RE2: no look-around, no back-references".to_owned();
                self.complain(at, &format!("policy {}: {error}", policy.id), Some(hint));
            } else if matches_nothing_much(&pattern.pattern) {
                let hint = "anchor it, or ask for at least one character".to_owned();
                self.complain(
                    at,
                    &format!(
                        "policy {}: the pattern matches the empty string, so it matches everything",
                        policy.id
                    ),
                    Some(hint),
                );
            } else if pattern.view == View::Raw
                && policy.redaction == Redaction::Label
                && self.hits_label(&pattern.pattern, policy)
            {
                let hint = "a masked text would be masked again and again".to_owned();
                self.complain(
                    at,
                    &format!(
                        "policy {}: the pattern matches its own label {}",
                        policy.id,
                        crate::redact::label(policy)
                    ),
                    Some(hint),
                );
            }
        }
        for (key, pattern) in [("except", &policy.except), ("context", &policy.context)] {
            if let Some(Err(error)) = pattern.as_deref().map(Rule::regex) {
                self.complain(
                    node.get(key).unwrap_or(node),
                    &format!("policy {}: {error}", policy.id),
                    None,
                );
            }
        }
    }

    fn hits_label(&self, pattern: &str, policy: &Policy) -> bool {
        masks(policy)
            && Rule::regex(pattern).is_ok_and(|regex| regex.is_match(&crate::redact::label(policy)))
    }

    fn check_dynamic(&mut self, node: &Node, dynamic: &super::Dynamic) {
        if dynamic.conditions.is_empty() {
            let hint = "write at least one condition { field, operator, value }".to_owned();
            self.complain(
                node,
                &format!("policy {} holds for everything", dynamic.id),
                Some(hint),
            );
        }
        let nodes = node.get("conditions").map_or(&[][..], Node::elements);
        for (condition, at) in dynamic.conditions.iter().zip(nodes) {
            let fits = match condition.operator {
                Operator::Equals | Operator::NotEquals => !condition.value.is_array(),
                Operator::Contains => condition.value.is_string(),
                Operator::ContainsAny | Operator::In => condition.value.is_array(),
                Operator::GreaterThan => condition.value.is_number(),
                Operator::Matches => condition
                    .value
                    .as_str()
                    .is_some_and(|p| Rule::regex(p).is_ok()),
            };
            if !fits {
                let hint = "contains and matches take a text, greater_than a number, contains_any and in a list".to_owned();
                self.complain(
                    at.get("value").unwrap_or(at),
                    &format!("policy {}: the value does not fit the operator", dynamic.id),
                    Some(hint),
                );
            }
        }
    }
}

fn matches_nothing_much(pattern: &str) -> bool {
    Rule::regex(pattern).is_ok_and(|regex| regex.is_match(""))
}

fn masks(policy: &Policy) -> bool {
    [policy.action.request, policy.action.response].contains(&Some(super::Action::Redact))
}
