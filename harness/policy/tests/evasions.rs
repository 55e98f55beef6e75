//! Statements that changed how they look and not what they do: the hardened pack must catch them.
//! An evasion that somebody finds goes here, by the policy that is to see through it.

use hookproof_policy::{Engine, Input, Pack, Phase, Settings};

fn missed(cases: &[(&str, &[&str])]) -> Vec<String> {
    let pack = Pack::shipped("hardened")
        .expect("it ships")
        .unwrap_or_else(|errors| panic!("{errors}"));
    let settings = Settings::default();
    let engine = Engine::new(pack);
    let mut missed = Vec::new();
    for (policy, statements) in cases {
        for text in *statements {
            let input = Input {
                text,
                phase: Phase::Request,
                tool: None,
            };
            let found = engine.decide(&input, &settings).matches;
            if !found.iter().any(|one| one.policy == *policy) {
                missed.push(format!("{policy}: {text:?}"));
            }
        }
    }
    missed
}

fn assert_caught(cases: &[(&str, &[&str])]) {
    let missed = missed(cases);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn personal_data_in_another_form() {
    assert_caught(&[
        (
            "hp_pii_credit_card",
            &[
                "card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                "card4111·1111·1111·1111x",
                "41111 11111 11111 1",
            ],
        ),
        (
            "hp_pii_email",
            &["ann [at] example.org", "to=ann%40example.org"],
        ),
        (
            "hp_pii_phone",
            &["+4 4 2 0 7 9 4 6 0 9 5 8", "call 4155550132"],
        ),
        ("hp_pii_ip", &["no10.1.2.3x"]),
        (
            "hp_pii_passport",
            &["passport no: x123 4567", "passport X 1 2 3 4 5 6 7"],
        ),
        ("hp_pii_dob", &["DOB: 04201998", "born 1 9 9 0 0 4 1 7"]),
        (
            "hp_pii_ssn_labelled",
            &[
                "ssn 1 2 3 4 5 6 7 8 9",
                "SSN no123456789x",
                "SSN123-45-6789",
            ],
        ),
        (
            "hp_pii_iban",
            &[
                "G B 2 9 N W B K 6 0 1 6 1 3 3 1 9 2 6 8 1 9",
                "noDE89370400440532013000x",
            ],
        ),
        (
            "hp_pii_pan",
            &["PAN noABCP·D123·4Fx", "pan: a b c p d 1 2 3 4 f"],
        ),
        (
            "hp_pii_aadhaar_labelled",
            &["Aadhaar 3 6 8 0 9 4 1 5 6 8 5 2"],
        ),
        ("hp_pii_nric", &["S 1 2 3 4 5 6 7 D", "nos1234567dx"]),
        ("hp_pii_uen", &["UEN t08ga0001a", "T08G A000 1A"]),
        ("hp_pii_uen_labelled", &["UEN 2022\n9455\n4e"]),
        ("hp_pii_nik", &["no3174042506780001x"]),
        (
            "hp_pii_npwp",
            &["NPWP\n0123 4567 8901 234", "01-234-567-8-901-234"],
        ),
        (
            "hp_pii_id_bca",
            &["BCA1234567890", "BCA no1 2 3 4 5 6 7 8 9 0"],
        ),
        ("hp_pii_id_mandiri", &["Mandiri 1234 5678 9012 3"]),
        (
            "hp_pii_sg_phone",
            &["+6 5 9 1 2 3 4 5 6 7", "_0065-8615-2982_"],
        ),
        ("hp_pii_sg_postal", &["Singapore 23 8801"]),
        ("hp_pii_id_phone", &["+6 2 8 1 2 3 4 5 6 7 8 9 0"]),
    ]);
}
