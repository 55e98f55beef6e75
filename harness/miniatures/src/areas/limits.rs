//! Defects in what becomes of a call when the plan's limit is reached.

use hookproof_reference_hook::stamps::{self, AUTH_FAILURE, Stamp};
use hookproof_reference_hook::{Hook, Reference};

use crate::Miniature;
use crate::bend::{BacksOff, Configures, Stamps};
use crate::tools::begin_over;

pub(super) const MINIATURES: &[Miniature] = &[
    Miniature {
        name: "limit-silent",
        defect: "keeps the envelope's words to itself",
        breaks: &["limit-user-told"],
        hook: &Stamps(|settings, stamp| {
            let lines = stamps::begin(settings, stamp);
            lines.into_iter().filter(|line| is_link(line)).collect()
        }),
    },
    Miniature {
        name: "limit-without-upgrade-link",
        defect: "does not say where to buy more",
        breaks: &["limit-upgrade-link"],
        hook: &Stamps(|settings, stamp| {
            let lines = stamps::begin(settings, stamp);
            lines.into_iter().filter(|line| !is_link(line)).collect()
        }),
    },
    Miniature {
        name: "limit-told-every-time",
        defect: "tells a reached limit with every call",
        breaks: &["limit-told-once"],
        hook: &Stamps(|settings, stamp| {
            stamps::begin(settings, stamp);
            stamp.lines.clone()
        }),
    },
    Miniature {
        name: "no-backoff-on-limit",
        defect: "leaves a stamp for a limit that is over at once",
        breaks: &["limit-backs-off"],
        hook: &Stamps(|settings, stamp| {
            if stamp.kind == AUTH_FAILURE {
                return stamps::begin(settings, stamp);
            }
            begin_over(settings, stamp)
        }),
    },
    Miniature {
        name: "throttle-forever",
        defect: "honours a limit's stamp for ever",
        breaks: &["limit-stamp-expires"],
        hook: &BacksOff(|settings| {
            let path = settings.cache.as_ref()?.join("throttle-until");
            let text = std::fs::read_to_string(path).ok()?;
            let (_, kind) = text.trim().split_once(' ')?;
            if kind == AUTH_FAILURE {
                return Reference.back_off(settings);
            }
            Some(Stamp {
                kind: kind.to_owned(),
                seconds_left: 1,
            })
        }),
    },
    Miniature {
        name: "keeps-own-stamp",
        defect: "keeps its stamps in a folder of its own",
        breaks: &["limit-stamp-shared"],
        hook: &Configures(|| {
            let mut settings = Reference.settings();
            settings.cache = settings
                .cache
                .map(|cache| cache.with_file_name("miniature"));
            settings
        }),
    },
];

fn is_link(line: &str) -> bool {
    line.starts_with("[AxonFlow] Upgrade:")
}
