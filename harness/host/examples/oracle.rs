//! Plays host cases: `oracle simulate|agree [--client V] FILE…`.

use std::path::PathBuf;
use std::process::ExitCode;

use hookproof_host::ClientVersion;
use hookproof_host::oracle::{host_agree, host_simulate};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut version: Option<ClientVersion> = None;
    if let Some(at) = args.iter().position(|a| a == "--client") {
        version = Some(args.remove(at + 1).parse()?);
        args.remove(at);
    }
    let files: Vec<PathBuf> = args.iter().skip(1).map(PathBuf::from).collect();
    if args.first().map(String::as_str) == Some("agree") {
        let unreached = PathBuf::from("fixtures/oracle/unreached.toml");
        let report = host_agree(&files, version, &unreached).await?;
        println!("{report}");
        return Ok(ExitCode::from(u8::from(!report.unlisted().is_empty())));
    }
    host_simulate(&files, version, std::io::stdout().lock()).await?;
    Ok(ExitCode::SUCCESS)
}
