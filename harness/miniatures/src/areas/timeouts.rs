//! Defects in how long the hooks wait. Times are chosen so that a defect shows before the
//! harness loses patience, which is two seconds after what the contract promises.

use std::thread::sleep;
use std::time::{Duration, Instant};

use hookproof_reference_hook::agent::{self, Conduct, Failure, Reply};
use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::rpc::{Cause, Why};
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Hears, Sends, Waits};

/// Longer than anybody watches.
const LONG: Duration = Duration::from_secs(3600);

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "closed-on-timeout",
        defect: "denies when the agent does not answer in time",
        breaks: &["timeout-runs"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::Unusable(Cause::Failed(Failure::Timeout(_))) => Answer::Undecided(Why::NoRpc),
            answer => answer,
        }),
    },
    Miniature {
        name: "impatient",
        defect: "waits for a verdict, and ignores it when it took more than a second",
        breaks: &["slow-verdict-counts"],
        hook: &Sends(|settings, purpose, body, limit| {
            let asked = Instant::now();
            let reply = Reference.send(settings, purpose, body, limit);
            let whole = matches!(reply, Reply::Http(_));
            if whole && purpose == Purpose::Policy && asked.elapsed() > Duration::from_secs(1) {
                return Reply::Failed(Failure::Timeout(limit));
            }
            reply
        }),
    },
    Miniature {
        name: "lingers-after-timeout",
        defect: "sleeps past the host's timeout after a scan that was not answered",
        breaks: &["answers-in-time"],
        hook: &Sends(|settings, purpose, body, limit| {
            let reply = Reference.send(settings, purpose, body, limit);
            if purpose == Purpose::Scan && matches!(reply, Reply::Failed(Failure::Timeout(_))) {
                sleep(Duration::from_secs(20));
            }
            reply
        }),
    },
    Miniature {
        name: "pre-waits-5-s",
        defect: "gives up on check_policy after 5 seconds by default",
        breaks: &["pre-waits-8-s"],
        hook: &Waits(|settings, event, purpose, spent| {
            by_default(settings, event, purpose, spent, Purpose::Policy, 5.0)
        }),
    },
    Miniature {
        name: "pre-waits-15-s",
        defect: "gives up on check_policy after more than 9 seconds by default, on the way to the host's 15",
        breaks: &["pre-waits-8-s"],
        hook: &Waits(|settings, event, purpose, spent| {
            by_default(settings, event, purpose, spent, Purpose::Policy, 9.4)
        }),
    },
    Miniature {
        name: "post-waits-8-s",
        defect: "gives up on check_output after more than 6 seconds by default, on the way to 8",
        breaks: &["post-waits-5-s"],
        hook: &Waits(|settings, event, purpose, spent| {
            by_default(settings, event, purpose, spent, Purpose::Scan, 6.4)
        }),
    },
    Miniature {
        name: "audit-without-timeout",
        defect: "never gives up on a record by default",
        breaks: &["audit-gives-up"],
        hook: &Waits(|settings, event, purpose, spent| {
            by_default(
                settings,
                event,
                purpose,
                spent,
                Purpose::Audit,
                LONG.as_secs_f64(),
            )
        }),
    },
    Miniature {
        name: "ignores-timeout-variable",
        defect: "waits no longer than by default whatever the variable says",
        breaks: &["timeout-variable-applies"],
        hook: &Waits(|settings, event, purpose, spent| {
            no_longer(settings, event, purpose, spent, purpose != Purpose::Audit)
        }),
    },
    Miniature {
        name: "audit-ignores-timeout-variable",
        defect: "waits for a record no longer than by default whatever the variable says",
        breaks: &["timeout-variable-applies"],
        hook: &Waits(|settings, event, purpose, spent| {
            no_longer(settings, event, purpose, spent, purpose == Purpose::Audit)
        }),
    },
    Miniature {
        name: "timeout-per-read",
        defect: "starts the limit anew with every byte that arrives",
        breaks: &["timeout-is-total"],
        hook: &Sends(|settings, purpose, body, limit| {
            let conduct = Conduct {
                whole: None,
                each_read: Some(limit),
                redirects: 0,
            };
            agent::post(
                settings,
                &Reference.headers(settings, purpose),
                body,
                conduct,
            )
        }),
    },
];

/// The sound limit, but `seconds` for requests of the kind `bent` when nothing is configured.
fn by_default(
    settings: &Settings,
    event: Event,
    purpose: Purpose,
    spent: Duration,
    bent: Purpose,
    seconds: f64,
) -> Duration {
    if purpose == bent && settings.timeout.is_none() {
        return Duration::from_secs_f64(seconds);
    }
    Reference.limit(settings, event, purpose, spent)
}

/// The sound limit, but no longer than by default when `bent`.
fn no_longer(
    settings: &Settings,
    event: Event,
    purpose: Purpose,
    spent: Duration,
    bent: bool,
) -> Duration {
    let sound = Reference.limit(settings, event, purpose, spent);
    let unconfigured = Settings {
        timeout: None,
        ..settings.clone()
    };
    if bent {
        return sound.min(Reference.limit(&unconfigured, event, purpose, spent));
    }
    sound
}
