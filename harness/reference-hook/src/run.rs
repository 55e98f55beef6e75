//! The order in which the steps happen.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::background;
use crate::conclude::Conclusion;
use crate::decide::Decision;
use crate::event::{Event, Purpose, Role};
use crate::hook::Hook;
use crate::payload::Call;
use crate::scan::Scan;
use crate::settings::Settings;

/// How long the post hook keeps its audit record back, so that a masked text can replace the
/// raw one in it. Agents scan within milliseconds; one that hangs must not double the wait.
const SCAN_HEAD_START: Duration = Duration::from_secs(1);

/// Exit code for a command line that names no role.
const USAGE: u8 = 64;

/// Runs `hook` in the role that the last of `args` names.
pub fn run(hook: &dyn Hook, args: impl Iterator<Item = String>) -> ExitCode {
    let started = Instant::now();
    let Some(role) = args.last().as_deref().and_then(Role::named) else {
        hook.say(&["usage: pre | post, with the host's payload on stdin".to_owned()]);
        return ExitCode::from(USAGE);
    };
    // An exit code other than 0 and 2 lets the call run: a fault of our own must not. Neither
    // must a second document, which would void the first.
    let answered = Cell::new(role != Role::Hook(Event::Pre));
    // What a panic says may quote the payload. Tests need to hear it all the same.
    if cfg!(not(test)) {
        panic::set_hook(Box::new(|_| {}));
    }
    let code = panic::catch_unwind(AssertUnwindSafe(|| match role {
        Role::Hook(Event::Pre) => pre(hook, started, &answered),
        Role::Hook(Event::Post) => post(hook, started),
        Role::Audit(event) => audit(hook, event),
    }));
    ExitCode::from(code.unwrap_or_else(|_| {
        if !answered.get() {
            let reason = "AxonFlow governance blocked: the hook failed.".to_owned();
            hook.print(hook.decision_document(&Decision::deny(reason), None));
        }
        0
    }))
}

fn pre(hook: &dyn Hook, started: Instant, answered: &Cell<bool>) -> u8 {
    let settings = hook.settings();
    hook.say(&hook.announcement(&settings));
    let stdin = hook.stdin();
    let payload = match hook.payload(&stdin) {
        Ok(payload) => payload,
        Err(error) => {
            let decision = hook.decide_blind(error, &stdin);
            answered.set(true);
            hook.print(hook.decision_document(&decision, None));
            return hook.decision_code(&decision, None);
        }
    };
    let call = payload.call();
    let decision = match hook.back_off(&settings) {
        Some(stamp) => hook.decide_alone(&stamp, &settings),
        None => ask(hook, &settings, &call, started),
    };
    hook.say(&decision.stderr);
    // First the answer: nothing that comes after may cost the host its deny.
    answered.set(true);
    hook.print(hook.decision_document(&decision, Some(&call)));
    if let Some(stopped) = &decision.audit
        && let Some(record) = hook.blocked_record(&call, stopped)
    {
        deliver(hook, Event::Pre, &record.request("hook-audit-blocked"));
    }
    if let Some(stamp) = &decision.stamp {
        hook.say(&hook.begin_back_off(&settings, stamp));
    }
    hook.finish(Event::Pre, &settings, &call);
    hook.decision_code(&decision, Some(&call))
}

fn ask(hook: &dyn Hook, settings: &Settings, call: &Call<'_>, started: Instant) -> Decision {
    if !hook.governs(call, settings) {
        return Decision::default();
    }
    let body = hook.policy_request(call);
    let limit = hook.limit(settings, Event::Pre, Purpose::Policy, started.elapsed());
    let reply = hook.send(settings, Purpose::Policy, &body, limit);
    hook.decide(&hook.answer(&reply, body.len()), call, settings)
}

fn post(hook: &dyn Hook, started: Instant) -> u8 {
    let settings = hook.settings();
    let Ok(payload) = hook.payload(&hook.stdin()) else {
        return 0;
    };
    let call = payload.call();
    if hook.back_off(&settings).is_some() {
        return 0;
    }
    let (conclusion, scan) = match hook.message(&call) {
        Some(message) => scan_and_record(hook, &settings, &call, &message, started),
        None => {
            record(hook, &call, None);
            (Conclusion::default(), None)
        }
    };
    if let Some(stamp) = &conclusion.stamp {
        hook.say(&hook.begin_back_off(&settings, stamp));
    }
    hook.finish(Event::Post, &settings, &call);
    hook.conclusion_code(&conclusion, scan.as_ref())
}

fn scan_and_record(
    hook: &dyn Hook,
    settings: &Settings,
    call: &Call<'_>,
    message: &str,
    started: Instant,
) -> (Conclusion, Option<Scan>) {
    thread::scope(|scope| {
        let (sender, scanned) = mpsc::channel();
        scope.spawn(move || {
            let body = hook.scan_request(call, message);
            let limit = hook.limit(settings, Event::Post, Purpose::Scan, started.elapsed());
            let reply = hook.send(settings, Purpose::Scan, &body, limit);
            let _ = sender.send(hook.scan(&reply, body.len()));
        });
        let in_time = scanned.recv_timeout(SCAN_HEAD_START).ok();
        if in_time.is_none() {
            record(hook, call, None);
        }
        let scan = in_time.clone().or_else(|| scanned.recv().ok());
        let conclusion = scan.as_ref().map_or_else(Conclusion::default, |scan| {
            hook.conclude(scan, call, settings)
        });
        hook.say(&conclusion.stderr);
        hook.print(hook.conclusion_document(&conclusion, call));
        if in_time.is_some() {
            record(hook, call, in_time.as_ref());
        }
        (conclusion, scan)
    })
}

fn record(hook: &dyn Hook, call: &Call<'_>, scan: Option<&Scan>) {
    if let Some(record) = hook.tool_record(call, scan) {
        deliver(hook, Event::Post, &record.request("hook-audit"));
    }
}

fn deliver(hook: &dyn Hook, event: Event, record: &str) {
    if let Err(error) = hook.deliver(event, record) {
        hook.say(&[format!("[AxonFlow] audit record lost: {error}")]);
    }
}

/// The background process: one request, whose answer changes nothing any more.
fn audit(hook: &dyn Hook, event: Event) -> u8 {
    if let Ok(record) = background::take_over() {
        let settings = hook.settings();
        let limit = hook.limit(&settings, event, Purpose::Audit, Duration::ZERO);
        let _ = hook.send(&settings, Purpose::Audit, &record, limit);
    }
    0
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::Value;

    use super::*;
    use crate::agent::Reply;
    use crate::answer::{Answer, Denial};
    use crate::decide::Stopped;
    use crate::request::Audit;

    /// A hook that is asked about one Bash call, hears a deny, and keeps what it prints.
    #[derive(Default)]
    struct Faulty {
        in_answer: bool,
        in_record: bool,
        printed: Mutex<Vec<Value>>,
    }

    impl Hook for Faulty {
        fn settings(&self) -> Settings {
            Settings::read(|_| None)
        }

        fn stdin(&self) -> Vec<u8> {
            br#"{"tool_name":"Bash","tool_input":{"command":"ls"}}"#.to_vec()
        }

        fn send(&self, _: &Settings, _: Purpose, _: &str, limit: Duration) -> Reply {
            Reply::Failed(crate::agent::Failure::Timeout(limit))
        }

        fn answer(&self, _: &Reply, _: usize) -> Answer {
            assert!(!self.in_answer);
            Answer::Denied(Denial::default())
        }

        fn blocked_record(&self, _: &Call<'_>, _: &Stopped) -> Option<Audit> {
            assert!(!self.in_record);
            None
        }

        fn print(&self, document: Option<Value>) {
            self.printed.lock().unwrap().extend(document);
        }

        fn say(&self, _: &[String]) {}
    }

    #[test]
    fn a_fault_of_our_own_denies_exactly_once() {
        for (in_answer, in_record) in [(false, false), (true, false), (false, true)] {
            let hook = Faulty {
                in_answer,
                in_record,
                ..Faulty::default()
            };
            run(&hook, ["pre".to_owned()].into_iter());
            let printed = hook.printed.into_inner().unwrap();
            assert_eq!(printed.len(), 1, "{printed:?}");
            let decision = &printed[0]["hookSpecificOutput"]["permissionDecision"];
            assert_eq!(decision, "deny");
        }
    }
}
