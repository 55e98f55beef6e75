//! What a tool itself says against an input before it runs.

use std::fmt;
use std::sync::Arc;

use super::Session;
use crate::Call;

type Refuse = dyn Fn(&Session, &Call) -> Option<String> + Send + Sync;

/// The tools' own checks: what a tool says when it refuses a call.
#[derive(Clone)]
pub struct ToolRefusal(Arc<Refuse>);

impl ToolRefusal {
    /// The checks as a function.
    pub fn new(refuse: impl Fn(&Session, &Call) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(refuse))
    }
}

impl fmt::Debug for ToolRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToolRefusal")
    }
}

impl Session {
    /// What the tool says against this call.
    #[must_use]
    pub fn refused_by_tool(&self, call: &Call) -> Option<String> {
        let ToolRefusal(refuse) = self.refusal.as_ref()?;
        refuse(self, call)
    }
}
