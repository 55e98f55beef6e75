use std::path::Path;

use hookproof_document::Diagnostics;

use super::Pack;

/// The packs that ship, by id.
const SHIPPED: [(&str, &str, &str); 2] = [
    (
        "system",
        "fixtures/policies/system.toml",
        include_str!("../../../../fixtures/policies/system.toml"),
    ),
    (
        "hardened",
        "fixtures/policies/hardened.toml",
        include_str!("../../../../fixtures/policies/hardened.toml"),
    ),
];

impl Pack {
    /// Ids of the packs that ship.
    pub fn shipped_ids() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(id, _, _)| *id)
    }

    /// A pack that ships: `system` or `hardened`; `None` for any other id.
    ///
    /// # Errors
    /// Mistakes in the shipped file, which the tests rule out.
    #[must_use]
    pub fn shipped(id: &str) -> Option<Result<Self, Diagnostics>> {
        let (_, file, source) = SHIPPED.iter().find(|(shipped, _, _)| *shipped == id)?;
        Some(Self::parse(Path::new(file), (*source).to_owned()))
    }
}
