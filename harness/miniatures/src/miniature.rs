//! A hook with a name and a defect.

use hookproof_reference_hook::Hook;

/// A hook with exactly one defect, or none.
#[derive(Clone, Copy)]
pub struct Miniature {
    /// What `--miniature` and `proven-by` call it.
    pub name: &'static str,
    /// What it does wrong.
    pub defect: &'static str,
    /// The requirements it must break: the ones whose `proven-by` names it.
    pub breaks: &'static [&'static str],
    /// The hook.
    pub hook: &'static dyn Hook,
}

impl std::fmt::Debug for Miniature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Miniature")
            .field("name", &self.name)
            .field("defect", &self.defect)
            .field("breaks", &self.breaks)
            .finish_non_exhaustive()
    }
}
