//! The command line as typed.
//!
//! - `policy`: the arguments of `cargo xtask policy`.

mod policy;

pub(crate) use policy::{
    CheckArguments, CheckFormat, CostArguments, EvadeArguments, EvalArguments, ImportArguments,
    PhaseChoice, PolicyArguments, PolicyCommand, ReportArguments, SearchFormat, SnapshotArguments,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The conformance kit for governed Claude Code hooks.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    about,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge a hook against a contract.
    ///
    /// Exit codes: 0 every MUST that was judged holds; 1 a MUST failed; 2 wrong usage, a hook that
    /// cannot be started, a hook configuration or scenario file that cannot be read; 3 the harness
    /// was in trouble; 4 nothing was judged.
    Conform(Box<ConformArguments>),
    /// List requirements and scenarios.
    List(ListArguments),
    /// Explain a requirement, a scenario or a miniature.
    Explain(ExplainArguments),
    /// Prove the alarm: run every miniature and compare what it breaks with what it should break.
    Prove(ProveArguments),
    /// Play Claude Code by itself.
    Host(HostArguments),
    /// Run the mock AxonFlow agent by itself, until interrupted.
    Agent(AgentArguments),
    /// Work with policy packs: check, evaluate, compare, measure, import.
    Policy(PolicyArguments),
    /// Measure what policy decisions cost, and write reports/benches.md.
    Bench(BenchArguments),
    /// Search for inputs that break a promise, with libFuzzer.
    ///
    /// Exit codes: 0 nothing was found; 1 something was; 2 wrong usage, no C++ compiler, or the
    /// targets do not build or run.
    Fuzz(FuzzArguments),
    /// Run all tests of the workspace.
    Test(TestArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ConformArguments {
    #[command(flatten)]
    pub(crate) subject: SubjectArguments,
    /// Environment of the hook, beside what scenarios set; can be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// Whether the hook asks a policy agent.
    #[arg(long, value_enum, default_value_t = AgentChoice::Detect)]
    pub(crate) agent: AgentChoice,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    /// Only scenarios whose id, requirement or area begins so; can be repeated.
    #[arg(long, value_name = "PREFIX", num_args = 1..)]
    pub(crate) filter: Vec<String>,
    /// Scenarios side by side [default: from the cores and the hook's own cost].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Reports to write; can be repeated or a comma list.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Format::Pretty, Format::Json, Format::Junit])]
    pub(crate) format: Vec<Format>,
    /// Folder for results.json, junit.xml and evidence.
    #[arg(long, value_name = "DIR", default_value = "reports/out")]
    pub(crate) out: PathBuf,
    /// Count what could not be judged as failed.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Keep the evidence of every scenario in OUT/evidence.
    #[arg(long)]
    pub(crate) keep: bool,
    /// Whether hooks are cut off from every network but loopback.
    #[arg(long, value_enum, default_value_t = NetworkChoice::Auto)]
    pub(crate) network: NetworkChoice,
}

/// The hook under test; without any, the embedded reference hook.
#[derive(Debug, Default, Args)]
#[group(multiple = true)]
pub(crate) struct SubjectArguments {
    /// A Claude Code plugin directory (hooks/hooks.json).
    #[arg(long, value_name = "DIR", conflicts_with_all = ["settings", "pre", "post", "argv_pre", "miniature"])]
    pub(crate) plugin: Option<PathBuf>,
    /// A Claude Code settings file with hooks.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pre", "post", "argv_pre", "miniature"])]
    pub(crate) settings: Option<PathBuf>,
    /// A PreToolUse command, run by the shell.
    #[arg(long, value_name = "CMD", conflicts_with_all = ["argv_pre", "miniature"])]
    pub(crate) pre: Option<String>,
    /// A PostToolUse command, run by the shell.
    #[arg(long, value_name = "CMD", conflicts_with_all = ["argv_pre", "miniature"])]
    pub(crate) post: Option<String>,
    /// A command of the old shape: tool name and input as its two arguments.
    #[arg(long, value_name = "CMD", conflicts_with = "miniature")]
    pub(crate) argv_pre: Option<String>,
    /// A built-in hook with exactly one defect; `cargo xtask list --miniatures` names them.
    #[arg(long, value_name = "NAME")]
    pub(crate) miniature: Option<String>,
}

/// Which contract, which client, which scenario files.
#[derive(Debug, Args)]
pub(crate) struct ScopeArguments {
    /// The contract.
    #[arg(long, default_value = "axonflow-1.6")]
    pub(crate) contract: String,
    /// The Claude Code version to play.
    #[arg(long, value_name = "VERSION", default_value = "2.1.330")]
    pub(crate) client: String,
    /// Folder of scenario files [default: the ones that ship].
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentChoice {
    /// Find out.
    Detect,
    /// It must: a hook that never calls fails.
    Required,
    /// It does not: requirements that need an agent are not applicable.
    Absent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NetworkChoice {
    /// Cut off where the machine allows it; recorded by the proxy sinkhole everywhere.
    Auto,
    /// Cut off, or do not run.
    Isolated,
    /// The machine's own network; only the proxy sinkhole watches.
    Shared,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A summary on the terminal.
    Pretty,
    /// OUT/results.json; alone, also on stdout.
    Json,
    /// OUT/junit.xml.
    Junit,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Only ids, requirements or areas that begin so.
    pub(crate) prefix: Vec<String>,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
    /// List the miniatures instead.
    #[arg(long)]
    pub(crate) miniatures: bool,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// A requirement, scenario or miniature.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) scope: ScopeArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProveArguments {
    /// Only these miniatures.
    pub(crate) miniature: Vec<String>,
    /// Only this contract [default: all; a requirement is proven under the first that holds it].
    #[arg(long)]
    pub(crate) contract: Option<String>,
    /// The Claude Code version to play.
    #[arg(long, value_name = "VERSION", default_value = "2.1.330")]
    pub(crate) client: String,
    /// Folder of scenario files [default: the ones that ship].
    #[arg(long, value_name = "DIR")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Run every scenario on every miniature, not only the areas it proves something in.
    #[arg(long)]
    pub(crate) all: bool,
    /// Miniatures side by side.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct HostArguments {
    #[command(subcommand)]
    pub(crate) command: HostCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HostCommand {
    /// Print what the simulated client would do, one JSON line per case.
    Simulate(CaseArguments),
    /// Compare the simulation with observations of real clients.
    Agree(CaseArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CaseArguments {
    /// Files of cases, one JSON document per line.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Only this client version.
    #[arg(long, value_name = "VERSION")]
    pub(crate) client: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AgentArguments {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Whether credentials are asked for.
    #[arg(long, value_enum, default_value_t = AgentMode::Community)]
    pub(crate) mode: AgentMode,
    /// A credential that is accepted in enterprise mode; can be repeated.
    #[arg(long, value_name = "ORG_ID:LICENSE_KEY")]
    pub(crate) credential: Vec<String>,
    /// The policy pack that decides: a file, the id of one that ships, or `none`: everything is
    /// allowed.
    #[arg(
        long,
        value_name = "PACK",
        visible_alias = "pack",
        default_value = "system"
    )]
    pub(crate) policies: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentMode {
    /// No credential is needed.
    Community,
    /// HTTP Basic credentials are needed.
    Enterprise,
}

#[derive(Debug, Args)]
pub(crate) struct TestArguments {
    /// Passed on to `cargo test`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) rest: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArguments {
    /// Do not measure; report what was measured last.
    #[arg(long)]
    pub(crate) reuse: bool,
    /// Where to write the report; `-` is the terminal [default: reports/benches.md].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FuzzArguments {
    /// The target [default: all, which share the time].
    pub(crate) target: Option<String>,
    /// How long to search.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seconds: u32,
    /// What chance is drawn with; the clock still decides how far a search comes [default: another
    /// one every time].
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seed: Option<u32>,
    /// Only run this input, such as a finding.
    #[arg(long, value_name = "FILE", requires = "target")]
    pub(crate) input: Option<PathBuf>,
}
