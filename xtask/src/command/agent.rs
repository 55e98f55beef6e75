//! `cargo xtask agent`: the mock AxonFlow agent by itself.

use super::runtime;
use crate::Failed;
use crate::arguments::{AgentArguments, AgentMode};
use anyhow::Context as _;
use hookproof_agent::{Mode, Script, serve};
use hookproof_suite::Exit;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};

pub(crate) fn run(arguments: &AgentArguments) -> Result<Exit, Failed> {
    let (mode, name) = match arguments.mode {
        AgentMode::Community => (Mode::Community, "community"),
        AgentMode::Enterprise => (Mode::Enterprise, "enterprise"),
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    runtime()?.block_on(async {
        let script = Script { mode, credentials: arguments.credential.clone(), ..Script::default() };
        let server = serve(address, script)
            .await
            .with_context(|| format!("error: --port {}: cannot listen", arguments.port))
            .map_err(Failed::usage)?;
        let endpoint = format!("http://{}", server.address());
        anstream::println!("{}", json!({ "endpoint": endpoint, "address": server.address(), "mode": name, "pid": std::process::id() }));
        super::interrupted().await;
        server.stop().await;
        Ok(Exit::Conforms)
    })
}
