//! One type for each step that can be bent: the reference hook with another function there.

use std::io;
use std::time::Duration;

use hookproof_reference_hook::Hook;
use hookproof_reference_hook::agent::Reply;
use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::conclude::Conclusion;
use hookproof_reference_hook::decide::{Decision, Stopped};
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::payload::{Call, PayloadError};
use hookproof_reference_hook::request::Audit;
use hookproof_reference_hook::scan::Scan;
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::stamps::{NewStamp, Stamp};
use serde_json::Value;

macro_rules! bend {
    ($($(#[$doc:meta])* $name:ident: $step:ident($($arg:ident: $type:ty),*) $(-> $out:ty)?;)*) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name(pub(crate) fn($($type),*) $(-> $out)?);

            impl Hook for $name {
                fn $step(&self, $($arg: $type),*) $(-> $out)? {
                    (self.0)($($arg),*)
                }
            }
        )*
    };
}

bend! {
    /// Reads the configuration in another way.
    Configures: settings() -> Settings;
    /// Reads stdin in another way.
    Listens: stdin() -> Vec<u8>;
    /// Says something else before any request.
    Announces: announcement(settings: &Settings) -> Vec<String>;
    /// Sees another back-off.
    BacksOff: back_off(settings: &Settings) -> Option<Stamp>;
    /// Checks other calls.
    Governs: governs(call: &Call<'_>, settings: &Settings) -> bool;
    /// Names the tool in another way.
    Names: connector_type(call: &Call<'_>) -> String;
    /// States something else.
    States: statement(call: &Call<'_>) -> String;
    /// Asks the policy in another way.
    Asks: policy_request(call: &Call<'_>) -> String;
    /// Scans something else.
    Scans: message(call: &Call<'_>) -> Option<String>;
    /// Asks for a scan in another way.
    AsksForScan: scan_request(call: &Call<'_>, message: &str) -> String;
    /// Sends other headers.
    Heads: headers(settings: &Settings, purpose: Purpose) -> Vec<(&'static str, String)>;
    /// Waits for another time.
    Waits: limit(settings: &Settings, event: Event, purpose: Purpose, spent: Duration) -> Duration;
    /// Sends in another way.
    Sends: send(settings: &Settings, purpose: Purpose, body: &str, limit: Duration) -> Reply;
    /// Understands something else.
    Hears: answer(reply: &Reply, asked: usize) -> Answer;
    /// Decides in another way.
    Decides: decide(answer: &Answer, call: &Call<'_>, settings: &Settings) -> Decision;
    /// Decides in another way during a back-off.
    DecidesAlone: decide_alone(stamp: &Stamp, settings: &Settings) -> Decision;
    /// Decides in another way about what it cannot read.
    DecidesBlind: decide_blind(error: PayloadError, stdin: &[u8]) -> Decision;
    /// Concludes something else.
    Concludes: conclude(scan: &Scan, call: &Call<'_>, settings: &Settings) -> Conclusion;
    /// Begins another back-off.
    Stamps: begin_back_off(settings: &Settings, stamp: &NewStamp) -> Vec<String>;
    /// Records attempts in another way.
    RecordsAttempts: blocked_record(call: &Call<'_>, stopped: &Stopped) -> Option<Audit>;
    /// Records calls in another way.
    Records: tool_record(call: &Call<'_>, scan: Option<&Scan>) -> Option<Audit>;
    /// Delivers records in another way.
    Delivers: deliver(event: Event, record: &str) -> io::Result<()>;
    /// Writes another document before a call.
    Writes: decision_document(decision: &Decision, call: Option<&Call<'_>>) -> Option<Value>;
    /// Writes another document after a call.
    WritesAfter: conclusion_document(conclusion: &Conclusion, call: &Call<'_>) -> Option<Value>;
    /// Prints in another way.
    Prints: print(document: Option<Value>);
    /// Ends in another way before a call.
    Exits: decision_code(decision: &Decision, call: Option<&Call<'_>>) -> u8;
    /// Ends in another way after a call.
    ExitsAfter: conclusion_code(conclusion: &Conclusion, scan: Option<&Scan>) -> u8;
    /// Does something more at the end.
    Finishes: finish(event: Event, settings: &Settings, call: &Call<'_>);
}
