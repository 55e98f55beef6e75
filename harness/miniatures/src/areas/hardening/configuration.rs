//! Defects in how odd configuration values are taken.

use std::time::Duration;

use hookproof_reference_hook::answer::Answer;
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{Configures, Governs, Hears, Waits};
use crate::tools::variable;

const TIMEOUT: &str = "AXONFLOW_TIMEOUT_SECONDS";

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "odd-timeout-disables-check",
        defect: "checks nothing when the timeout is no number",
        breaks: &["odd-timeout-governs"],
        hook: &Governs(|_, _| {
            variable(TIMEOUT).is_none_or(|value| {
                value
                    .trim()
                    .parse::<f64>()
                    .is_ok_and(|seconds| !seconds.is_nan())
            })
        }),
    },
    Miniature {
        name: "odd-timeout-waits-forever",
        defect: "takes a timeout of zero and less for none",
        breaks: &["odd-timeout-bounded"],
        hook: &Waits(|settings, event, purpose, spent| {
            let odd = variable(TIMEOUT).and_then(|value| value.trim().parse::<f64>().ok());
            if odd.is_some_and(|seconds| seconds <= 0.0) {
                return Duration::from_secs(3600);
            }
            Reference.limit(settings, event, purpose, spent)
        }),
    },
    Miniature {
        name: "doubles-the-slash",
        defect: "does not mind a slash at the end of the endpoint",
        breaks: &["endpoint-trailing-slash"],
        hook: &Configures(|| {
            let mut settings = Reference.settings();
            if variable("AXONFLOW_ENDPOINT").is_some_and(|value| value.ends_with('/')) {
                settings.endpoint.base.push('/');
            }
            settings
        }),
    },
    Miniature {
        name: "bad-endpoint-runs",
        defect: "lets calls run in silence when the endpoint is no address",
        breaks: &["bad-endpoint-not-silent"],
        hook: &Hears(|reply, asked| match Reference.answer(reply, asked) {
            Answer::NoEndpoint => Answer::Allowed,
            answer => answer,
        }),
    },
];
