use hookproof_reference_hook::json;
use hookproof_reference_hook::payload::Payload;
use hookproof_reference_hook::statement::{message, statement, written};

/// Any payload is refused or read; what must be asked about is never empty.
pub fn payload(data: &[u8]) {
    let Ok(payload) = Payload::read(data) else {
        return;
    };
    let call = payload.call();
    assert!(!statement(&call).is_empty(), "a call without a statement");
    assert!(message(&call).is_none_or(|text| !text.is_empty()));
    assert!(!call.is_mcp() || !call.connector_type().is_empty());
    assert_eq!(written(&call), written(&call));
    let compact = json::compact(call.input);
    assert_eq!(
        json::compact(&compact),
        compact,
        "compact twice is compact once"
    );
    assert!(json::depth(call.input) <= call.input.len());
}
