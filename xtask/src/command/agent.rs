//! `cargo xtask agent`: the mock AxonFlow agent by itself.

use super::runtime;
use crate::Failed;
use crate::arguments::{AgentArguments, AgentMode};
use anyhow::anyhow;
use hookproof_agent::{AgentError, Mode, Policies, Script, serve};
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
        let policies = (arguments.policies != "none").then(|| Policies::named(&arguments.policies));
        let script = Script { mode, credentials: arguments.credential.clone(), policies, ..Script::default() };
        let server = serve(address, script)
            .await
            .map_err(|error| match error {
                AgentError::Policies(error) => super::policy::refused(error),
                other => Failed::usage(anyhow!(other).context(format!("error: --port {}: cannot listen", arguments.port))),
            })?;
        let endpoint = format!("http://{}", server.address());
        anstream::println!("{}", json!({ "endpoint": endpoint, "address": server.address(), "mode": name, "pid": std::process::id() }));
        super::interrupted().await;
        server.stop().await;
        Ok(Exit::Conforms)
    })
}
