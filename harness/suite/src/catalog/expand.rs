//! One `[[scenario]]` table into the scenarios of its cross product.

use super::placeholder::{Bindings, unbound, unescape};
use super::{Diagnostic, ScenarioTemplate};
use crate::scenario::Scenario;
use hookproof_document::{Document, Node};
use serde_json::{Map, Value, json};

/// Keys that stand directly in a scenario or step and belong to its situation.
const SITUATION_KEYS: [&str; 11] = [
    "payload",
    "patch",
    "remove",
    "stdin",
    "env",
    "unset",
    "files",
    "path-without",
    "agent",
    "permissions",
    "mode",
];

/// Expands the scenario at `node`.
///
/// # Errors
/// A [`Diagnostic`] where the table does not fit the schema or names something unknown.
pub fn expand(
    document: &Document,
    node: &Node,
    area: &str,
) -> Result<Vec<ScenarioTemplate>, Diagnostic> {
    let mut table = node.to_json();
    let members = table.as_object_mut().ok_or_else(|| {
        document.error(
            node,
            "a scenario is a table",
            Some("write `[[scenario]]`".into()),
        )
    })?;
    let each = members.shift_remove("each");
    let nested = nest(std::mem::take(members));
    rows(document, node, each)?
        .into_iter()
        .map(|row| template(document, node, area, &row.fill(&nested)))
        .collect()
}

/// Moves the situation's keys into a table of their own, in the scenario and in its steps.
fn nest(members: Map<String, Value>) -> Value {
    let mut situation = Map::new();
    let mut rest = Map::new();
    for (key, value) in members {
        if SITUATION_KEYS.contains(&key.as_str()) {
            situation.insert(key, value);
        } else if key == "step" {
            let steps = match value {
                Value::Array(steps) => steps.into_iter().map(nest_step).collect(),
                other => other,
            };
            rest.insert(key, steps);
        } else {
            rest.insert(key, value);
        }
    }
    rest.insert("situation".into(), Value::Object(situation));
    Value::Object(rest)
}

fn nest_step(step: Value) -> Value {
    match step {
        Value::Object(members) => nest(members),
        other => other,
    }
}

/// One set of bindings per element of the cross product of `each`.
fn rows(
    document: &Document,
    node: &Node,
    each: Option<Value>,
) -> Result<Vec<Bindings>, Diagnostic> {
    let mut rows = vec![Bindings::default()];
    let Some(each) = each else {
        return Ok(rows);
    };
    let wrong = || {
        let at = node.get("each").unwrap_or(node);
        document.error(
            at,
            "`each` is a table of arrays that are not empty",
            Some(
                "write `each.tool = [\"bash\", \"write\"]` or an array of tables with a `name`"
                    .into(),
            ),
        )
    };
    for (key, values) in each.as_object().ok_or_else(wrong)? {
        let values = values
            .as_array()
            .filter(|v| !v.is_empty())
            .ok_or_else(wrong)?;
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(move |value| {
                    let mut row = row.clone();
                    row.set_row(key, value);
                    row
                })
            })
            .collect();
    }
    Ok(rows)
}

/// Checks one expanded table by instantiating it with sample values.
fn template(
    document: &Document,
    node: &Node,
    area: &str,
    filled: &Value,
) -> Result<ScenarioTemplate, Diagnostic> {
    let mut sample = Bindings::default();
    for name in ["nonce", "endpoint", "home", "project", "plugin"] {
        sample.set(name, name);
    }
    sample.set_now(0);
    let value = instantiate(filled, &sample);
    if let Some(unknown) = unbound(&value) {
        let double = format!(
            "write `{{{unknown}}}` for literal braces, or bind the name in `vars` or `each`"
        );
        return Err(document.error(
            node,
            &format!("nothing is bound to `{unknown}`"),
            Some(double),
        ));
    }
    let scenario: Scenario = document.read(node, unescape(&value))?;
    Ok(ScenarioTemplate {
        area: area.to_owned(),
        file: document.file().to_owned(),
        line: document.line(node),
        sample: scenario,
        value: filled.clone(),
    })
}

/// Fills `vars` first (they may use placeholders themselves), then everything.
fn instantiate(value: &Value, bindings: &Bindings) -> Value {
    let mut bindings = bindings.clone();
    let vars = bindings.fill(value.get("vars").unwrap_or(&json!({})));
    for (name, text) in vars.as_object().into_iter().flatten() {
        bindings.set(name.clone(), text.clone());
    }
    bindings.fill(value)
}

impl ScenarioTemplate {
    /// A scenario of the suite's own making, with nothing to judge.
    pub(crate) fn inline(value: Value) -> Result<Self, String> {
        let sample = serde_path_to_error::deserialize(value.clone()).map_err(|e| e.to_string())?;
        Ok(Self {
            area: String::new(),
            file: std::path::PathBuf::new(),
            line: 0,
            sample,
            value,
        })
    }

    /// The scenario with its placeholders filled.
    ///
    /// # Errors
    /// A text when a filled-in value no longer fits the schema.
    pub fn instantiate(&self, bindings: &Bindings) -> Result<Scenario, String> {
        let value = unescape(&instantiate(&self.value, bindings));
        serde_path_to_error::deserialize(value).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn expand_text(source: &str) -> Result<Vec<ScenarioTemplate>, Diagnostic> {
        let document = Document::parse(Path::new("f.toml"), source.to_owned())?;
        let node = document.root().get("scenario").unwrap().elements()[0].clone();
        expand(&document, &node, "area")
    }

    #[test]
    fn each_makes_a_cross_product() {
        let all = expand_text(
            "[[scenario]]\nid = \"a/{tool}/{n}\"\ntitle = \"t\"\npayload = \"{tool.payload}\"\n\
             vars = { raw = \"{nonce}!\" }\nenv = { A = \"{raw}\" }\n\
             [scenario.each]\ntool = [{ name = \"x\", payload = \"P/x\" }, { name = \"y\", payload = \"P/y\" }]\nn = [1, 2]\n",
        )
        .unwrap();
        let ids: Vec<_> = all.iter().map(|t| t.sample.id.as_str()).collect();
        assert_eq!(ids, ["a/x/1", "a/x/2", "a/y/1", "a/y/2"]);
        let mut bindings = Bindings::default();
        bindings.set("nonce", "N7");
        let scenario = all[2].instantiate(&bindings).unwrap();
        assert_eq!(scenario.situation.payload.as_deref(), Some("P/y"));
        assert_eq!(scenario.situation.env["A"], "N7!");
    }

    #[test]
    fn mistakes_point_into_the_file() {
        let unknown = expand_text("[[scenario]]\nid = \"a\"\ntitle = \"{oops}\"\n").unwrap_err();
        assert!(unknown.message.contains("{oops}"), "{unknown}");
        let wrong = expand_text(
            "[[scenario]]\nid = \"a\"\ntitle = \"t\"\n\n[[scenario.expect]]\nrequirement = \"r\"\nhost = \"blokked\"\n",
        )
        .unwrap_err();
        assert_eq!((wrong.line, wrong.column), (7, 8), "{wrong}");
        assert_eq!(wrong.hint.as_deref(), Some("did you mean `blocked`?"));
    }
}
