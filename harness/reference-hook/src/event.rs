//! The two moments at which the host runs the hook.

/// Which hook this process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// `PreToolUse`: the call has not run yet.
    Pre,
    /// `PostToolUse` and `PostToolUseFailure`: it has.
    Post,
}

/// What this process was started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// To answer the host.
    Hook(Event),
    /// To deliver an audit record that a hook of this event handed over.
    Audit(Event),
}

impl Role {
    /// The role that a command line word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "pre" => Self::Hook(Event::Pre),
            "post" => Self::Hook(Event::Post),
            "pre-audit" => Self::Audit(Event::Pre),
            "post-audit" => Self::Audit(Event::Post),
            _ => return None,
        })
    }
}

impl Event {
    /// The word that names the audit role of this event.
    #[must_use]
    pub fn audit_word(self) -> &'static str {
        match self {
            Self::Pre => "pre-audit",
            Self::Post => "post-audit",
        }
    }
}

/// What a request asks the agent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Whether a call may run.
    Policy,
    /// Whether an output may be used.
    Scan,
    /// To record a call.
    Audit,
}
