//! The tables, one file for each area of requirements.

mod auth;
mod coverage;
mod deny;
mod fail_mode;
mod failure;
mod hardening;
mod limits;
mod post;
mod surface;
mod timeouts;

use std::sync::LazyLock;

use hookproof_reference_hook::Reference;

use crate::Miniature;

/// The miniature without a defect.
const SOUND: Miniature = Miniature {
    name: "sound",
    defect: "none",
    breaks: &[],
    hook: &Reference,
};

static ALL: LazyLock<Vec<Miniature>> = LazyLock::new(|| {
    let areas = [
        coverage::MINIATURES,
        deny::MINIATURES,
        auth::MINIATURES,
        failure::MINIATURES,
        timeouts::MINIATURES,
        limits::MINIATURES,
        surface::MINIATURES,
        fail_mode::MINIATURES,
    ];
    let tables = areas
        .into_iter()
        .chain(post::MINIATURES)
        .chain(hardening::MINIATURES);
    std::iter::once(SOUND)
        .chain(tables.flatten().copied())
        .collect()
});

/// Every miniature, the sound one first.
#[must_use]
pub fn all() -> &'static [Miniature] {
    &ALL
}
