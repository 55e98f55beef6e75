//! The steps of a hook, each of which another hook may do differently.

use std::io::{self, Write as _};
use std::time::Duration;

use serde_json::Value;

use crate::agent::{self, Conduct, Reply};
use crate::answer::Answer;
use crate::background::Streams;
use crate::conclude::{self, Conclusion};
use crate::decide::{self, Decision, Stopped};
use crate::event::{Event, Purpose};
use crate::payload::{Call, Payload, PayloadError};
use crate::request::{self, Audit};
use crate::rpc;
use crate::scan::Scan;
use crate::settings::Settings;
use crate::stamps::{self, NewStamp, Stamp};
use crate::{announce, audit, background, output, statement, stdin, texts};

/// The steps in the order in which they happen. Each does the right thing unless overridden.
pub trait Hook: Sync {
    /// Reads the configuration.
    fn settings(&self) -> Settings {
        Settings::from_env()
    }

    /// Reads stdin.
    fn stdin(&self) -> Vec<u8> {
        stdin::read()
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// When stdin holds no call.
    fn payload(&self, stdin: &[u8]) -> Result<Payload, PayloadError> {
        Payload::read(stdin)
    }

    /// What the pre hook says on stderr before any request.
    fn announcement(&self, settings: &Settings) -> Vec<String> {
        announce::announcement(settings)
    }

    /// The back-off in force.
    fn back_off(&self, settings: &Settings) -> Option<Stamp> {
        stamps::active(settings, stamps::now())
    }

    /// What the agent calls the tool.
    fn connector_type(&self, call: &Call<'_>) -> String {
        call.connector_type()
    }

    /// What would take effect.
    fn statement(&self, call: &Call<'_>) -> String {
        statement::statement(call)
    }

    /// What to scan after the call.
    fn message(&self, call: &Call<'_>) -> Option<String> {
        statement::message(call)
    }

    /// Whether the call is to be checked at all.
    fn governs(&self, _call: &Call<'_>, _settings: &Settings) -> bool {
        true
    }

    /// The body of a policy question.
    fn policy_request(&self, call: &Call<'_>) -> String {
        request::check_policy(&self.connector_type(call), &self.statement(call))
    }

    /// The body of a scan.
    fn scan_request(&self, call: &Call<'_>, message: &str) -> String {
        request::check_output(&self.connector_type(call), message)
    }

    /// The headers of a request.
    fn headers(&self, settings: &Settings, _purpose: Purpose) -> Vec<(&'static str, String)> {
        request::headers(settings)
    }

    /// How long a request of a hook may take that has been running for `spent`.
    fn limit(
        &self,
        settings: &Settings,
        event: Event,
        _purpose: Purpose,
        spent: Duration,
    ) -> Duration {
        settings.limit(event, spent)
    }

    /// Sends a request.
    fn send(&self, settings: &Settings, purpose: Purpose, body: &str, limit: Duration) -> Reply {
        let headers = self.headers(settings, purpose);
        agent::post(settings, &headers, body, Conduct::within(limit))
    }

    /// Reads the answer to a policy question of `asked` bytes.
    fn answer(&self, reply: &Reply, asked: usize) -> Answer {
        rpc::read(reply, asked, stamps::now()).into()
    }

    /// Reads the answer to a scan of `asked` bytes.
    fn scan(&self, reply: &Reply, asked: usize) -> Scan {
        rpc::read(reply, asked, stamps::now()).into()
    }

    /// Decides by the agent's answer.
    fn decide(&self, answer: &Answer, call: &Call<'_>, settings: &Settings) -> Decision {
        decide::without_path_line(decide::decide(answer, settings, stamps::now()), call)
    }

    /// Decides while a back-off is in force.
    fn decide_alone(&self, stamp: &Stamp, settings: &Settings) -> Decision {
        decide::while_stamped(stamp, settings)
    }

    /// Decides about a call that cannot be read from `stdin`.
    fn decide_blind(&self, error: PayloadError, _stdin: &[u8]) -> Decision {
        Decision::deny(format!("AxonFlow governance blocked: {error}."))
    }

    /// Concludes from a scan.
    fn conclude(&self, scan: &Scan, _call: &Call<'_>, settings: &Settings) -> Conclusion {
        conclude::conclude(scan, settings, stamps::now())
    }

    /// Begins a back-off; returns the lines for stderr.
    fn begin_back_off(&self, settings: &Settings, stamp: &NewStamp) -> Vec<String> {
        stamps::begin(settings, stamp)
    }

    /// The record of an attempt that did not run.
    fn blocked_record(&self, call: &Call<'_>, stopped: &Stopped) -> Option<Audit> {
        Some(audit::blocked(call, stopped, &self.statement(call)))
    }

    /// The record of a call that ran; `scan` is absent when it took too long.
    fn tool_record(&self, call: &Call<'_>, scan: Option<&Scan>) -> Option<Audit> {
        Some(audit::ran(call, self.message(call).as_deref(), scan))
    }

    /// Delivers a record without making the host wait.
    ///
    /// # Errors
    /// When the record cannot be handed over; it is lost then.
    fn deliver(&self, event: Event, record: &str) -> io::Result<()> {
        background::hand_over(event, record, Streams::None)
    }

    /// The document of a decision; `call` is absent when it could not be read.
    fn decision_document(&self, decision: &Decision, _call: Option<&Call<'_>>) -> Option<Value> {
        output::decision(decision)
    }

    /// The document of a conclusion.
    fn conclusion_document(&self, conclusion: &Conclusion, call: &Call<'_>) -> Option<Value> {
        output::conclusion(conclusion, &call.event)
    }

    /// Prints the document. The host may have closed stdout: there is nobody to tell then.
    fn print(&self, document: Option<Value>) {
        if let Some(document) = document {
            let mut stdout = io::stdout().lock();
            let _ = writeln!(stdout, "{document}").and_then(|()| stdout.flush());
        }
    }

    /// Says lines on stderr.
    fn say(&self, lines: &[String]) {
        let mut stderr = io::stderr().lock();
        for line in lines {
            let _ = writeln!(stderr, "{}", texts::clean(line));
        }
    }

    /// The exit code after a decision.
    fn decision_code(&self, _decision: &Decision, _call: Option<&Call<'_>>) -> u8 {
        0
    }

    /// The exit code after a conclusion; `scan` is absent when there was nothing to scan.
    fn conclusion_code(&self, _conclusion: &Conclusion, _scan: Option<&Scan>) -> u8 {
        0
    }

    /// Anything else a hook does at the end.
    fn finish(&self, _event: Event, _settings: &Settings, _call: &Call<'_>) {}
}

/// The hook that does every step right.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reference;

impl Hook for Reference {}
