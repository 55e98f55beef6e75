//! Defects in what becomes of a call when credentials or configuration are wrong.

use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::decide::Decision;
use hookproof_reference_hook::event::Purpose;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::{Cause, Unauthorized, Why};
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::stamps::{self, AUTH_FAILURE, Stamp};
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{BacksOff, Configures, Decides, DecidesAlone, Heads, Hears, Sends, Stamps};
use crate::tools::{begin_over, status, variable};

const BREAK_GLASS: &str = "AXONFLOW_FAIL_OPEN_ON_AUTH_ERROR";

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "no-backoff-after-401",
        defect: "leaves a stamp after HTTP 401 that is over at once",
        breaks: &["backoff-after-401"],
        hook: &Stamps(|settings, stamp| {
            if stamp.kind == AUTH_FAILURE {
                return begin_over(settings, stamp);
            }
            stamps::begin(settings, stamp)
        }),
    },
    Miniature {
        name: "private-backoff-stamp",
        defect: "keeps its stamps in a folder of its own",
        breaks: &["backoff-stamp-is-shared"],
        hook: &Configures(|| {
            let mut settings = Reference.settings();
            settings.cache = settings
                .cache
                .map(|cache| cache.with_file_name("miniature"));
            settings
        }),
    },
    Miniature {
        name: "backoff-runs-silently",
        defect: "lets calls run in silence during the cooldown",
        breaks: &["backoff-does-not-open"],
        hook: &DecidesAlone(|stamp, settings| {
            if stamp.kind == AUTH_FAILURE {
                return Decision::default();
            }
            Reference.decide_alone(stamp, settings)
        }),
    },
    Miniature {
        name: "stamp-never-expires",
        defect: "honours an authentication stamp for ever",
        breaks: &["backoff-ends"],
        hook: &BacksOff(|settings| {
            let path = settings.cache.as_ref()?.join("throttle-until");
            let text = std::fs::read_to_string(path).ok()?;
            if text.trim().ends_with(AUTH_FAILURE) {
                return Some(Stamp {
                    kind: AUTH_FAILURE.to_owned(),
                    seconds_left: 1,
                });
            }
            Reference.back_off(settings)
        }),
    },
    Miniature {
        name: "stamps-on-any-4xx",
        defect: "takes every HTTP 4xx without an answer for a failed authentication",
        breaks: &["other-errors-do-not-back-off"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::Undecided(Why::Status(400..=499)) => Answer::Unauthorized(Unauthorized {
                message: "refused".to_owned(),
                by_rpc: false,
                by_status: true,
            }),
            answer => answer,
        }),
    },
    Miniature {
        name: "break-glass-only-digit",
        defect: "does not take `true` for a yes",
        breaks: &["break-glass-runs"],
        hook: &Configures(|| Settings {
            break_glass: variable(BREAK_GLASS).as_deref() == Some("1"),
            ..Reference.settings()
        }),
    },
    Miniature {
        name: "no-break-glass",
        defect: "denies an error on HTTP 401 whatever the break-glass variable says",
        breaks: &["break-glass-runs"],
        hook: &Decides(|answer, call, settings| {
            let by_status = matches!(answer, Answer::Unauthorized(how) if how.by_status);
            let closed = Settings {
                break_glass: settings.break_glass && !by_status,
                ..settings.clone()
            };
            Reference.decide(answer, call, &closed)
        }),
    },
    Miniature {
        name: "break-glass-silent",
        defect: "lets a call run for the break-glass variable without a word",
        breaks: &["break-glass-warns", "break-glass-noticed"],
        hook: &Decides(|answer, call, settings| {
            let mut decision = Reference.decide(answer, call, settings);
            if matches!(answer, Answer::Unauthorized(_)) && decision.deny.is_none() {
                decision.system_message = None;
                decision.stderr.clear();
            }
            decision
        }),
    },
    Miniature {
        name: "break-glass-any-value",
        defect: "takes every value of the break-glass variable for a yes",
        breaks: &["break-glass-needs-a-yes"],
        hook: &Configures(|| Settings {
            break_glass: variable(BREAK_GLASS).is_some(),
            ..Reference.settings()
        }),
    },
    Miniature {
        name: "break-glass-opens-policy",
        defect: "lets denied calls run when the break-glass variable is set",
        breaks: &["break-glass-keeps-policy"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Denied(_) if settings.break_glass => Decision::default(),
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "break-glass-opens-config-errors",
        defect: "lets calls run on configuration errors when the break-glass variable is set",
        breaks: &["break-glass-keeps-config-errors"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Misconfigured { message, .. } if settings.break_glass => {
                Decision::unchecked(format!("[AxonFlow] {message}: runs UNGOVERNED"))
            }
            answer => Reference.decide(answer, call, settings),
        }),
    },
    Miniature {
        name: "auth-double-basic",
        defect: "writes `Basic` twice when it asks about a Write",
        breaks: &["credential-is-sent"],
        hook: &Sends(|settings, purpose, body, limit| {
            let mut settings = settings.clone();
            if asks_about_write(purpose, body) {
                settings.auth = settings.auth.map(|auth| format!("Basic {auth}"));
            }
            Reference.send(&settings, purpose, body, limit)
        }),
    },
    Miniature {
        name: "drops-credential",
        defect: "sends no credential when it asks about a Write",
        breaks: &["credential-is-sent"],
        hook: &Sends(|settings, purpose, body, limit| {
            let mut settings = settings.clone();
            if asks_about_write(purpose, body) {
                settings.auth = None;
            }
            Reference.send(&settings, purpose, body, limit)
        }),
    },
    Miniature {
        name: "audit-without-credential",
        defect: "sends no credential with a record",
        breaks: &["audit-carries-credential"],
        hook: &Heads(|settings, purpose| {
            let mut headers = Reference.headers(settings, purpose);
            headers.retain(|(name, _)| purpose != Purpose::Audit || *name != "Authorization");
            headers
        }),
    },
    Miniature {
        name: "auth-header-empty",
        defect: "sends an Authorization header without a credential",
        breaks: &["no-empty-credential"],
        hook: &Heads(|settings, purpose| {
            let mut headers = Reference.headers(settings, purpose);
            if settings.auth.is_none() {
                headers.push(("Authorization", "Basic ".to_owned()));
            }
            headers
        }),
    },
    Miniature {
        name: "drops-license-token",
        defect: "does not send the licence token",
        breaks: &["license-token-is-sent"],
        hook: &Heads(|settings, purpose| without("X-License-Token", settings, purpose)),
    },
    Miniature {
        name: "license-token-unguarded",
        defect: "sends whatever AXONFLOW_LICENSE_TOKEN holds",
        breaks: &["license-token-is-guarded"],
        hook: &Configures(|| Settings {
            license: variable("AXONFLOW_LICENSE_TOKEN"),
            ..Reference.settings()
        }),
    },
    Miniature {
        name: "no-client-header",
        defect: "does not say who it is",
        breaks: &["client-names-itself"],
        hook: &Heads(|settings, purpose| without("X-Axonflow-Client", settings, purpose)),
    },
    Miniature {
        name: "auth-error-only-at-401",
        defect: "takes -32001 on HTTP 403 and 500 for a failure of the server",
        breaks: &["auth-error-denies"],
        hook: &Hears(
            |reply, asked| match (Reference.answer(reply, asked), status(reply)) {
                (Answer::Unauthorized(_), Some(status @ (403 | 500))) => {
                    Answer::Unusable(Cause::Status(status))
                }
                (answer, _) => answer,
            },
        ),
    },
    Miniature {
        name: "open-on-auth-error",
        defect: "lets MCP calls run on -32001",
        breaks: &["auth-error-denies"],
        hook: &Decides(|answer, call, settings| {
            let open = matches!(answer, Answer::Unauthorized(how) if how.by_rpc) && call.is_mcp();
            opened(open, answer, call, settings)
        }),
    },
    Miniature {
        name: "open-on-32601",
        defect: "lets edits run on -32601",
        breaks: &["config-error-denies"],
        hook: &Decides(|answer, call, settings| {
            let open = matches!(answer, Answer::Misconfigured { code: -32601, .. });
            opened(open && call.tool == "Edit", answer, call, settings)
        }),
    },
    Miniature {
        name: "open-on-401",
        defect: "lets calls run in silence on HTTP 401 without JSON-RPC",
        breaks: &["http-401-is-not-silent"],
        hook: &Decides(|answer, call, settings| {
            let open = matches!(answer, Answer::Unauthorized(how) if !how.by_rpc);
            opened(open, answer, call, settings)
        }),
    },
    Miniature {
        name: "auth-reason-without-variables",
        defect: "does not name the variables to mend",
        breaks: &["auth-reason-names-the-variables"],
        hook: &Decides(|answer, call, settings| {
            reworded(answer, call, settings, |reason, _| {
                reason
                    .replace("AXONFLOW_ENDPOINT", "the endpoint")
                    .replace("AXONFLOW_AUTH", "the credential")
            })
        }),
    },
    Miniature {
        name: "auth-reason-without-endpoint",
        defect: "does not name the endpoint that refused",
        breaks: &["auth-reason-names-the-endpoint"],
        hook: &Decides(|answer, call, settings| {
            reworded(answer, call, settings, |reason, settings| {
                reason.replace(&settings.endpoint.shown(), "the agent")
            })
        }),
    },
    Miniature {
        name: "config-reason-without-error",
        defect: "does not say what a configuration error is",
        breaks: &["config-reason-tells-the-error"],
        hook: &Decides(|answer, call, settings| match answer {
            Answer::Misconfigured { .. } => Decision::deny(
                "Something is wrong: check AXONFLOW_ENDPOINT and AXONFLOW_AUTH.".to_owned(),
            ),
            answer => Reference.decide(answer, call, settings),
        }),
    },
];

fn asks_about_write(purpose: Purpose, body: &str) -> bool {
    purpose == Purpose::Policy && body.contains(r#""connector_type":"claude_code.Write""#)
}

fn without(name: &str, settings: &Settings, purpose: Purpose) -> Vec<(&'static str, String)> {
    let mut headers = Reference.headers(settings, purpose);
    headers.retain(|(other, _)| *other != name);
    headers
}

/// The sound decision, without its deny when `open`; its stamp stays.
fn opened(open: bool, answer: &Answer, call: &Call<'_>, settings: &Settings) -> Decision {
    let mut decision = Reference.decide(answer, call, settings);
    if open {
        decision.deny = None;
    }
    decision
}

/// The sound decision, an authentication error told in other words.
fn reworded(
    answer: &Answer,
    call: &Call<'_>,
    settings: &Settings,
    bend: fn(&str, &Settings) -> String,
) -> Decision {
    let mut decision = Reference.decide(answer, call, settings);
    if let (Some(deny), Answer::Unauthorized(_)) = (&mut decision.deny, answer) {
        deny.reason = bend(&deny.reason, settings);
    }
    decision
}
