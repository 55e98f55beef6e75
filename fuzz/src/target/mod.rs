//! One file per target.

pub(crate) mod engine;
pub(crate) mod host_output;
pub(crate) mod loaders;
pub(crate) mod payload;
pub(crate) mod redaction;
pub(crate) mod rpc;
pub(crate) mod view;

use hookproof_policy::{Action, Engine, Input, Pack, Phase, Posture};
use std::sync::LazyLock;

/// The packs that ship, compiled.
static ENGINES: LazyLock<Vec<Engine>> = LazyLock::new(|| {
    let pack = |id| Pack::shipped(id).map(|pack| pack.expect("a pack that ships is sound"));
    Pack::shipped_ids()
        .filter_map(pack)
        .map(Engine::new)
        .collect()
});

/// The tools a statement may come from.
const TOOLS: [Option<&str>; 4] = [None, Some("Bash"), Some("Write"), Some("mcp__db__query")];

/// The first byte chooses pack, phase and tool; the rest is the statement.
fn statement<'a>(choice: u8, text: &'a str) -> (&'static Engine, Input<'a>) {
    let choice = usize::from(choice);
    let engine = &ENGINES[choice % ENGINES.len()];
    let phase = [Phase::Request, Phase::Response][choice / 2 % 2];
    let input = Input {
        text,
        phase,
        tool: TOOLS[choice / 4 % TOOLS.len()],
    };
    (engine, input)
}

/// The choice and the text behind it, invalid bytes replaced.
fn split(data: &[u8]) -> Option<(u8, String)> {
    let (choice, text) = data.split_first()?;
    Some((*choice, String::from_utf8_lossy(text).into_owned()))
}

/// One action for everything that has a lever.
fn all(action: Action) -> Posture {
    Posture {
        pii: Some(action),
        sqli: Some(action),
        sensitive_data: Some(action),
        dangerous_command: Some(action),
    }
}
