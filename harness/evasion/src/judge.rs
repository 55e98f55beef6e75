use hookproof_policy::{Action, Engine, Input, Phase, Policy, Settings, Surface};

/// One policy of an engine, asked whether it catches a statement on one surface.
pub(crate) struct Judge<'a> {
    engine: &'a Engine,
    settings: &'a Settings,
    policy: &'a Policy,
    phase: Phase,
}

/// What became of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caught {
    /// By the policy itself.
    pub(crate) by_policy: bool,
    /// By the policy or another one that does at least as much.
    pub(crate) by_pack: bool,
}

/// The settings under which a pack's policies are all on.
pub(crate) fn all_on(engine: &Engine) -> Settings {
    let policies = engine.pack().policies.iter();
    Settings {
        integrations: policies
            .filter_map(|policy| policy.integration.clone())
            .collect(),
        ..Settings::default()
    }
}

impl<'a> Judge<'a> {
    pub(crate) fn new(engine: &'a Engine, settings: &'a Settings, policy: &'a Policy) -> Self {
        let phase = match policy.action.request {
            Some(_) => Phase::Request,
            None => Phase::Response,
        };
        Self {
            engine,
            settings,
            policy,
            phase,
        }
    }

    /// What kind of statement a string is, its tool unknown.
    pub(crate) fn surface(&self, text: &str) -> Surface {
        Surface::of(text, self.phase, None)
    }

    /// Judges a variant as coming from the same tool as its original, whatever it looks like.
    pub(crate) fn caught(&self, text: &str, surface: Surface) -> Caught {
        let tool = match surface {
            Surface::Command => Some("Bash"),
            Surface::Query => Some("mcp__db__query"),
            Surface::Script | Surface::Document | Surface::Test | Surface::File => Some("Write"),
            Surface::Cell => Some("NotebookEdit"),
            Surface::Message => Some("WebSearch"),
            Surface::Output => None,
        };
        let input = Input {
            text,
            phase: self.phase,
            tool,
        };
        let matches = self.engine.decide(&input, self.settings).matches;
        let least: Option<Action> = self.policy.action.of(self.phase);
        Caught {
            by_policy: matches.iter().any(|one| one.policy == self.policy.id),
            by_pack: matches.iter().any(|one| Some(one.action) >= least),
        }
    }
}
