use hookproof_policy::{Action, Settings};
use serde_json::Value;

use super::{all, split, statement};

/// No text of a masked span survives, masking twice is masking once, and JSON stays JSON.
pub fn redaction(data: &[u8]) {
    let Some((choice, text)) = split(data) else {
        return;
    };
    let (engine, input) = statement(choice, &text);
    let settings = Settings {
        posture: all(Action::Redact),
        ..Settings::default()
    };
    let masked = engine.mask(&input, &settings);
    if is_json(&text) {
        assert!(is_json(&masked), "no longer JSON: {masked}");
    }
    let again = hookproof_policy::Input {
        text: &masked,
        ..input
    };
    let twice = engine.mask(&again, &settings);
    assert_eq!(twice, masked, "masking again finds more");
    for one in engine.decide(&input, &settings).matches {
        if one.action != Action::Redact {
            continue;
        }
        for span in one.spans {
            let value = &text[span];
            assert!(
                !masked.contains(value) || labels(&masked, value),
                "{} lets `{value}` survive in `{masked}`",
                one.policy
            );
        }
    }
}

/// Whether the value stands only inside the labels that masking itself writes.
fn labels(masked: &str, value: &str) -> bool {
    let mut rest = masked.to_owned();
    while let Some(start) = rest.find("[REDACTED") {
        let Some(end) = rest[start..].find(']') else {
            break;
        };
        rest.replace_range(start..=start + end, "\u{0}");
    }
    !rest.contains(value)
}

/// A document, or a string. A number alone is a text: tools print such numbers, and where one is
/// masked a label says what was there.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| !value.is_number())
}
