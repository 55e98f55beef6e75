//! `cargo xtask agent`: the mock AxonFlow agent by itself.

use crate::Failed;
use crate::arguments::AgentArguments;
use hookproof_suite::Exit;

pub(crate) fn run(_arguments: &AgentArguments) -> Result<Exit, Failed> {
    Err(Failed::harness(anyhow::anyhow!("error: the standalone agent is being built")))
}
