use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct PolicyArguments {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Verify packs: examples, duplicates, patterns that engines read differently, cost.
    ///
    /// Exit codes: 0 nothing is wrong; 1 an error was found; 2 a pack cannot be read.
    Check(CheckArguments),
    /// Judge statements from stdin, one JSON document a line; print one decision a line.
    ///
    /// A line is a JSON string, or an object with `statement` (or `text`, `message`, `command`,
    /// `query`, `content`, `input`) and, if you like, `phase`, `tool` or `connector_type`. A
    /// `message` alone is an output. The first statement of a `claude_code` connector activates the
    /// claude integration, as on the platform.
    Eval(EvalArguments),
    /// Compare a pack's decisions on a corpus with the snapshots, or write them.
    ///
    /// Exit codes: 0 nothing changed, or `--update` wrote it; 1 something changed; 2 a pack, corpus
    /// or snapshot cannot be read; 4 the corpus holds no statement.
    Snapshot(SnapshotArguments),
    /// Measure precision and recall of packs on a corpus.
    Report(ReportArguments),
    /// Make a pack of what a live agent serves at GET /api/v1/static-policies.
    ///
    /// Policies that cannot be imported are told with the reason on stderr. Exit codes: 0 all were
    /// imported; 1 some were not; 2 there is nothing that can be read.
    Import(ImportArguments),
    /// Search for what a pack must catch and does not: its own examples, changed so that they keep
    /// their effect.
    Evade(EvadeArguments),
    /// Search for the statements that take the most time for each byte.
    ///
    /// Exit codes: 0 none costs more than it may; 1 one does; 2 the pack cannot be read.
    Cost(CostArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Pack files, or ids of packs that ship (system, hardened).
    #[arg(required = true, value_name = "PACK")]
    pub(crate) packs: Vec<String>,
    /// How findings are printed.
    #[arg(long, value_enum, default_value_t = CheckFormat::Pretty)]
    pub(crate) format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Text, grouped by kind.
    Pretty,
    /// One JSON document.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct EvalArguments {
    /// A pack file, or the id of a pack that ships.
    #[arg(long, default_value = "system")]
    pub(crate) pack: String,
    /// The phase of statements that do not tell theirs.
    #[arg(long, value_enum, default_value_t = PhaseChoice::Request)]
    pub(crate) phase: PhaseChoice,
    /// An integration that is active from the start; can be repeated.
    #[arg(long, value_name = "NAME")]
    pub(crate) integration: Vec<String>,
    /// Action for a group of categories (pii, sqli, sensitive-data, dangerous-command); can be
    /// repeated.
    #[arg(long, value_name = "GROUP=ACTION")]
    pub(crate) posture: Vec<String>,
    /// A profile of the platform (dev, default, strict, compliance); --posture goes before it.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Text for people instead of JSON.
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PhaseChoice {
    /// Before the call.
    Request,
    /// After the call.
    Response,
}

#[derive(Debug, Args)]
pub(crate) struct SnapshotArguments {
    /// Pack files, or ids of packs that ship [default: all that ship].
    #[arg(long, value_name = "PACK")]
    pub(crate) pack: Vec<String>,
    /// Folder of statements, KIND/AREA.jsonl [default: the ones that ship].
    #[arg(long, value_name = "DIR")]
    pub(crate) corpus: Option<PathBuf>,
    /// Folder of snapshots [default: fixtures/policies/snapshots; with --corpus, its folder
    /// `snapshots`].
    #[arg(long, value_name = "DIR")]
    pub(crate) snapshots: Option<PathBuf>,
    /// Write what changed and remove what is stale.
    #[arg(long)]
    pub(crate) update: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// Pack files, or ids of packs that ship [default: all that ship].
    #[arg(long, value_name = "PACK")]
    pub(crate) pack: Vec<String>,
    /// Folder of statements with the kinds harmless, attacks and pii [default: the ones that ship].
    #[arg(long, value_name = "DIR")]
    pub(crate) corpus: Option<PathBuf>,
    /// The Markdown file to write, `-` for stdout [default: reports/policies.md; with --pack or
    /// --corpus, stdout].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The agent's base URL or the endpoint's, or a file with its answer.
    #[arg(value_name = "URL|FILE")]
    pub(crate) from: String,
    /// The pack file to write [default: stdout].
    #[arg(long, value_name = "PACK")]
    pub(crate) out: Option<PathBuf>,
    /// The pack's id.
    #[arg(long, default_value = "imported")]
    pub(crate) id: String,
    /// HTTP Basic credentials for the agent.
    #[arg(long, value_name = "ORG_ID:LICENSE_KEY")]
    pub(crate) credential: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct EvadeArguments {
    /// The pack: `system`, `hardened` or a file.
    #[arg(long, value_name = "PACK", default_value = "system")]
    pub(crate) pack: String,
    /// Only this policy; can be repeated.
    #[arg(long, value_name = "ID")]
    pub(crate) policy: Vec<String>,
    /// Draw pairs of changes for so long, and not until `--pairs` are drawn.
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,
    /// Pairs of changes for each policy.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 300,
        conflicts_with = "seconds"
    )]
    pub(crate) pairs: usize,
    /// What pairs are drawn with: the same seed, the same pairs.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Run commands in a sealed shell to prove that they keep their effect.
    #[arg(long)]
    pub(crate) prove: bool,
    /// What is printed.
    #[arg(long, value_enum, default_value_t = SearchFormat::Pretty)]
    pub(crate) format: SearchFormat,
    /// File for the report in Markdown.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CostArguments {
    /// The pack: `system`, `hardened` or a file.
    #[arg(long, value_name = "PACK", default_value = "system")]
    pub(crate) pack: String,
    /// How long to search.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seconds: u64,
    /// What is tried: the same seed begins with the same statements.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// What is printed.
    #[arg(long, value_enum, default_value_t = SearchFormat::Pretty)]
    pub(crate) format: SearchFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SearchFormat {
    /// Text for people.
    Pretty,
    /// One JSON document with everything.
    Json,
}
