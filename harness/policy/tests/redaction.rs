//! What is masked is gone, for good, and the text stays what it was.

use hookproof_policy::{Engine, Input, Pack, Settings};

fn masked(text: &str) -> String {
    let pack = Pack::shipped("system")
        .expect("it ships")
        .unwrap_or_else(|errors| panic!("{errors}"));
    Engine::new(pack).mask(&Input::response(text), &Settings::default())
}

#[test]
fn a_value_is_gone_everywhere() {
    let text = "SSN 123-45-6789, again x123-45-6789x";
    assert_eq!(masked(text), "SSN [REDACTED:ssn], again x[REDACTED:ssn]x");
}

#[test]
fn json_stays_json() {
    let text = r#"{"a": ["SSN 123-45-6789"], "123-45-6789": 4111111111111111, "e": "SSN 123\u002d45-6789", "n": 12}"#;
    let masked = masked(text);
    let value: serde_json::Value = serde_json::from_str(&masked).expect("JSON");
    assert_eq!(value["a"][0], "SSN [REDACTED:ssn]");
    assert_eq!(value["[REDACTED:ssn]"], "[REDACTED:credit_card]");
    assert_eq!(value["e"], "SSN [REDACTED:ssn]");
    assert_eq!(value["n"], 12);
    assert!(!masked.contains("6789"), "{masked}");
}

#[test]
fn a_number_alone_is_a_text() {
    assert_eq!(masked("118222222222222222"), "[REDACTED:bank_account]");
    assert_eq!(
        masked("[118222222222222222]"),
        "[\"[REDACTED:bank_account]\"]"
    );
}

#[test]
fn escapes_in_a_string_do_not_hide_where_a_value_is() {
    let text = r#"{"out":"\ud83d\ude00 a\tSSN 123-45-6789\nnext \"line\" \u00e9\\"}"#;
    let value: serde_json::Value = serde_json::from_str(&masked(text)).expect("JSON");
    assert_eq!(
        value["out"],
        "\u{1f600} a\tSSN [REDACTED:ssn]\nnext \"line\" \u{e9}\\"
    );
}

#[test]
fn twice_is_once() {
    for text in [
        "4111 1111 1111 1111 and DE89370400440532013000",
        "{\"iban\":\"DE89370400440532013000\"}",
        "",
        "é123-45-6789é",
    ] {
        let once = masked(text);
        assert_eq!(masked(&once), once);
    }
}
