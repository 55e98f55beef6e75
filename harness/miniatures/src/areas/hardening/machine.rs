//! Defects that show on a machine where something is missing, shared or watched.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::Why;
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Finishes, Governs, Hears, Sends};
use crate::tools::{VERSION_CHECK, again, companion, on_path, variable};

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "missing-helper-closed",
        defect: "denies everything where curl is missing",
        breaks: &["missing-helper-runs"],
        hook: &Hears(|reply, asked| {
            if on_path("curl") {
                return Reference.answer(reply, asked);
            }
            Answer::Undecided(Why::NoRpc)
        }),
    },
    Miniature {
        name: "races-on-shared-home",
        defect: "checks nothing while another hook of the same user is at work",
        breaks: &["concurrent-calls-checked", "unusable-home-governs"],
        hook: &Races,
    },
    Miniature {
        name: "needs-writable-home",
        defect: "checks nothing where it cannot keep a file",
        breaks: &["unusable-home-governs"],
        hook: &Governs(|_, settings| {
            settings.cache.as_ref().is_some_and(|cache| {
                fs::create_dir_all(cache).is_ok() && fs::write(cache.join("seen"), "").is_ok()
            })
        }),
    },
    Miniature {
        name: "garbage-stamp-disables-check",
        defect: "checks nothing while there is a stamp that it cannot read",
        breaks: &["garbage-stamp-governs"],
        hook: &Governs(|_, settings| {
            let Some(path) = settings
                .cache
                .as_ref()
                .map(|cache| cache.join("throttle-until"))
            else {
                return true;
            };
            let text = fs::read_to_string(&path).unwrap_or_default();
            let readable = text
                .split_once(' ')
                .is_some_and(|(epoch, _)| epoch.parse::<u64>().is_ok());
            readable || !path.exists()
        }),
    },
    Miniature {
        name: "version-check-holds-stdout",
        defect: "leaves its output open to its version check",
        breaks: &["background-releases-output"],
        hook: &Finishes(|event, _, _| {
            let wanted = variable("AXONFLOW_PLUGIN_VERSION_CHECK").as_deref() != Some("off");
            if event == Event::Pre && wanted {
                let _ = again().and_then(|mut command| {
                    command.arg(VERSION_CHECK).stdin(Stdio::null()).spawn()
                });
            }
        }),
    },
    Miniature {
        name: "text-on-command-line",
        defect: "hands the text under check to a helper on its command line",
        breaks: &["text-off-command-lines"],
        hook: &Sends(|settings, purpose, body, limit| {
            let helper = (purpose == Purpose::Policy).then(|| companion(body));
            let reply = Reference.send(settings, purpose, body, limit);
            if let Some(Ok(mut helper)) = helper {
                drop(helper.stdin.take());
                let _ = helper.wait();
            }
            reply
        }),
    },
];
struct Races;

impl Races {
    fn lock(settings: &Settings) -> Option<std::path::PathBuf> {
        Some(settings.cache.as_ref()?.join("miniature.lock"))
    }
}

impl Hook for Races {
    fn governs(&self, _call: &Call<'_>, settings: &Settings) -> bool {
        let Some(lock) = Self::lock(settings) else {
            return true;
        };
        let _ = lock.parent().map(fs::create_dir_all);
        fs::File::create_new(lock).is_ok()
    }

    fn finish(&self, event: Event, settings: &Settings, _call: &Call<'_>) {
        if event == Event::Pre {
            // Long enough for hooks that were started together to meet.
            sleep(Duration::from_millis(300));
            let _ = Self::lock(settings).map(fs::remove_file);
        }
    }
}
