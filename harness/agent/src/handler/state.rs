//! A script being played, and the sessions.

use super::sessions::Sessions;
use crate::script::{Play, Script};

/// What the agent remembers between requests.
#[derive(Debug, Default)]
pub struct State {
    pub(super) play: Play,
    pub(super) sessions: Sessions,
}

impl State {
    /// The state of an agent that has not been asked yet.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self {
            play: Play::new(script),
            sessions: Sessions::default(),
        }
    }

    /// Replaces the script; lists start from their beginning, sessions stay.
    pub fn set_script(&mut self, script: Script) {
        self.play = Play::new(script);
    }

    /// The script being played.
    #[must_use]
    pub fn script(&self) -> &Script {
        self.play.script()
    }
}
