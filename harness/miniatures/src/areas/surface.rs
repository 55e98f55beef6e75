//! Defects in what the hooks show and leave behind.

use hookproof_reference_hook::endpoint::Endpoint;
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::{Hook, Reference};
use std::process::Stdio;
use std::time::Duration;

use crate::Miniature;
use crate::bend::{Announces, Finishes, Sends};
use crate::tools::{DAEMON, again, companion};

/// A name that leads nowhere, on any machine.
const OUTSIDE: &str = "http://telemetry.axonflow.invalid/ping";

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "endpoint-line-on-stdout",
        defect: "says where it connects on stdout too",
        breaks: &["stdout-is-protocol-only"],
        hook: &Announces(|settings| {
            let lines = Reference.announcement(settings);
            println!("{}", lines.join("\n"));
            lines
        }),
    },
    Miniature {
        name: "connects-outside",
        defect: "contacts somebody else after a call",
        breaks: &["asks-nobody-else"],
        hook: &Finishes(|event, _, _| {
            if event == Event::Post {
                let agent: ureq::Agent = ureq::Agent::config_builder()
                    .timeout_global(Some(Duration::from_secs(1)))
                    .build()
                    .into();
                let _ = agent.get(OUTSIDE).call();
            }
        }),
    },
    Miniature {
        name: "daemon-left-behind",
        defect: "leaves a process behind after a call",
        breaks: &["leaves-nothing-running"],
        hook: &Finishes(|event, _, _| {
            if event == Event::Post {
                let _ = again().and_then(|mut command| {
                    command
                        .arg(DAEMON)
                        .stdin(Stdio::null())
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn()
                });
            }
        }),
    },
    Miniature {
        name: "stderr-line-missing",
        defect: "does not say where it connects",
        breaks: &["says-where-it-connects"],
        hook: &Announces(|settings| {
            let lines = Reference.announcement(settings);
            lines
                .into_iter()
                .filter(|line| !line.contains("Connected to"))
                .collect()
        }),
    },
    Miniature {
        name: "saas-despite-credential",
        defect: "sends to the public service when only a credential is configured",
        breaks: &["saas-only-when-unconfigured"],
        hook: &Sends(|settings, purpose, body, limit| {
            let mut settings = settings.clone();
            if std::env::var_os("AXONFLOW_ENDPOINT").is_none() {
                settings.endpoint = Endpoint::choose(None, false);
            }
            Reference.send(&settings, purpose, body, limit)
        }),
    },
    Miniature {
        name: "pro-line-missing",
        defect: "does not say that a licence token is configured",
        breaks: &["says-pro-tier"],
        hook: &Announces(|settings| {
            let lines = Reference.announcement(settings);
            lines
                .into_iter()
                .filter(|line| !line.contains("Pro tier"))
                .collect()
        }),
    },
    Miniature {
        name: "secret-in-argv",
        defect: "hands the credential to a helper on its command line",
        breaks: &["no-secret-leaks"],
        hook: &Sends(|settings, purpose, body, limit| {
            let helper = settings
                .auth
                .as_deref()
                .filter(|_| purpose == Purpose::Policy);
            let helper = helper.and_then(|auth| companion(auth).ok());
            let reply = Reference.send(settings, purpose, body, limit);
            if let Some(mut helper) = helper {
                drop(helper.stdin.take());
                let _ = helper.wait();
            }
            reply
        }),
    },
    Miniature {
        name: "secret-on-stderr",
        defect: "shows the credential on stderr",
        breaks: &["no-secret-leaks"],
        hook: &Announces(|settings| {
            let mut lines = Reference.announcement(settings);
            lines.extend(
                settings
                    .auth
                    .as_ref()
                    .map(|auth| format!("[AxonFlow] auth: {auth}")),
            );
            lines
        }),
    },
];
