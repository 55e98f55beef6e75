//! A script being played, the sessions, and the policies that decide.

use super::policing::Policing;
use super::sessions::Sessions;
use crate::script::{Play, Script};

/// What the agent remembers between requests.
#[derive(Debug, Default)]
pub struct State {
    pub(super) play: Play,
    pub(super) sessions: Sessions,
    pub(super) policing: Option<Policing>,
}

impl State {
    /// The state of an agent that has not been asked yet.
    #[must_use]
    pub fn new(script: Script) -> Self {
        let policing = script.policies.as_ref().map(Policing::new);
        Self {
            play: Play::new(script),
            sessions: Sessions::default(),
            policing,
        }
    }

    /// Replaces the script; lists start from their beginning, sessions stay, and so do
    /// decisions and overrides while the policies are the same.
    pub fn set_script(&mut self, script: Script) {
        let known = self.policing.as_ref().map(Policing::policies);
        if known != script.policies.as_ref() {
            self.policing = script.policies.as_ref().map(Policing::new);
        }
        self.play = Play::new(script);
    }

    /// The script being played.
    #[must_use]
    pub fn script(&self) -> &Script {
        self.play.script()
    }
}
