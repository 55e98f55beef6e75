//! Where in a JSON text a value stands.

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// 1-based line and column (in characters) of the value at this path, or of the deepest part
/// of the path that is there.
pub(super) fn position(text: &str, path: &[String]) -> Option<(usize, usize)> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let root = parsed.value?;
    Some(line_and_column(text, start_of(&root, path)))
}

fn start_of(value: &Value<'_>, path: &[String]) -> usize {
    let Some((first, rest)) = path.split_first() else {
        return value.start();
    };
    let child = match value {
        Value::Object(object) => object
            .properties
            .iter()
            .find(|p| name_of(&p.name) == first)
            .map(|p| &p.value),
        Value::Array(array) => first
            .parse()
            .ok()
            .and_then(|i: usize| array.elements.get(i)),
        _ => None,
    };
    child.map_or_else(|| value.start(), |child| start_of(child, rest))
}

fn name_of<'a>(name: &'a ObjectPropName<'_>) -> &'a str {
    match name {
        ObjectPropName::String(text) => &text.value,
        ObjectPropName::Word(word) => word.value,
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn finds_the_value_or_its_closest_parent() {
        let text = "{\n  \"hooks\": {\n    \"x\": [ {\"timeout\": \"5\"} ]\n  }\n}";
        let path = |p: &[&str]| p.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            position(text, &path(&["hooks", "x", "0", "timeout"])),
            Some((3, 24))
        );
        assert_eq!(
            position(text, &path(&["hooks", "x", "0", "gone"])),
            Some((3, 12))
        );
    }
}
