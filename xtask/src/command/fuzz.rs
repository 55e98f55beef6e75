//! `cargo xtask fuzz`: the fuzz targets on the stable toolchain.
//!
//! libFuzzer needs counters at the edges of the code, which stable compilers put in when asked
//! through LLVM; only the sanitizers would need a nightly, and the code has nothing `unsafe` to
//! sanitize. Only the crates of the workspace get counters: what others wrote runs at full speed,
//! and is the same as in every other build, so it need not be built again.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, anyhow};
use hookproof_suite::Exit;

use crate::arguments::FuzzArguments;
use crate::{Failed, places};

/// What makes code report its edges and compares to libFuzzer, and check its assertions.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
];

/// Set where this program stands before the compiler and hands it [`FLAGS`].
const WRAPPING: &str = "HOOKPROOF_FUZZ_COMPILER";

/// One input that takes longer hangs.
const HANGS_AFTER_SECONDS: u32 = 30;

const MEMORY_MEGABYTES: u32 = 3072;

/// As the compiler's wrapper: runs the compiler, which `arguments` begin with, with [`FLAGS`].
pub(crate) fn wrapped(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    std::env::var_os(WRAPPING)?;
    let mut compiler = Command::new(arguments.next()?);
    compiler.args(arguments).args(FLAGS).env_remove(WRAPPING);
    // It returns only if it cannot.
    let error = compiler.exec();
    anstream::eprintln!("error: {}: {error}", compiler.get_program().display());
    Some(Exit::Harness.into())
}

pub(crate) fn run(arguments: &FuzzArguments) -> Result<Exit, Failed> {
    let all = targets().map_err(Failed::harness)?;
    let chosen = match &arguments.target {
        None => all,
        Some(name) if all.contains(name) => vec![name.clone()],
        Some(name) => {
            let known = all.join(", ");
            return Err(Failed::usage(anyhow!(
                "error: there is no fuzz target `{name}`; there are {known}"
            )));
        }
    };
    let fuzzer = Fuzzer::build(&chosen)?;
    if let Some(input) = &arguments.input {
        let [target] = chosen.as_slice() else {
            return Err(Failed::usage(anyhow!("error: --input needs a target")));
        };
        // The targets run in the workspace's folder, whoever calls from wherever.
        let input = input.canonicalize().map_err(|error| {
            Failed::usage(anyhow!("error: --input {}: {error}", input.display()))
        })?;
        let status = fuzzer.command(target).arg(input).status();
        return Ok(exit(status.map_err(Failed::harness)?.success()));
    }
    let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
    let seconds = (arguments.seconds / count).max(1);
    let mut clean = true;
    for target in &chosen {
        let searched = fuzzer.search(target, seconds, arguments.seed);
        clean &= searched.map_err(Failed::harness)?;
    }
    Ok(exit(clean))
}

fn exit(clean: bool) -> Exit {
    if clean {
        Exit::Conforms
    } else {
        Exit::Violates
    }
}

/// The names of the targets: each has a folder of seeds.
fn targets() -> anyhow::Result<Vec<String>> {
    let seeds = places::fuzz().join("seeds");
    let mut names = Vec::new();
    for entry in fs::read_dir(&seeds).with_context(|| seeds.display().to_string())? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// The instrumented programs.
struct Fuzzer {
    programs: PathBuf,
    work: PathBuf,
}

impl Fuzzer {
    fn build(targets: &[String]) -> Result<Self, Failed> {
        let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
        let mut version = Command::new(&compiler);
        let version = version.arg("--version").stdout(Stdio::null()).status();
        if !version.is_ok_and(|status| status.success()) {
            return Err(Failed::usage(anyhow!(
                "error: libFuzzer is C++ and `{}` cannot be run; install g++, or name a compiler in CXX",
                compiler.display()
            )));
        }
        let wrapper = std::env::current_exe().map_err(Failed::harness)?;
        let target = places::workspace().join("target");
        let mut cargo = Command::new(cargo());
        cargo
            .args(["build", "--quiet", "--package", "hookproof-fuzz"])
            .args(["--features", "libfuzzer", "--target-dir"])
            .arg(&target)
            .env("RUSTC_WORKSPACE_WRAPPER", wrapper)
            .env(WRAPPING, "1")
            .current_dir(places::workspace());
        for target in targets {
            cargo.args(["--bin", target]);
        }
        let status = cargo.status().map_err(Failed::harness)?;
        if !status.success() {
            return Err(Failed::usage(anyhow!(
                "error: the fuzz targets do not build"
            )));
        }
        Ok(Self {
            programs: target.join("debug"),
            work: target.join("fuzz"),
        })
    }

    fn command(&self, target: &str) -> Command {
        let mut command = Command::new(self.programs.join(target));
        command
            .arg(format!("-timeout={HANGS_AFTER_SECONDS}"))
            .arg(format!("-rss_limit_mb={MEMORY_MEGABYTES}"))
            .current_dir(places::workspace());
        command
    }

    /// Searches for so long; whether nothing was found.
    fn search(&self, target: &str, seconds: u32, seed: Option<u32>) -> anyhow::Result<bool> {
        // What widened coverage before is where the next search begins.
        let corpus = self.work.join("corpus").join(target);
        let findings = places::fuzz().join("artifacts").join(target);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&findings)?;
        let log = self.work.join(format!("{target}.log"));
        let before = files(&findings)?;
        let status = self
            .command(target)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg("-print_final_stats=1")
            // Zero is libFuzzer's word for chance.
            .arg(format!("-seed={}", seed.unwrap_or_default()))
            .args([&corpus, &places::fuzz().join("seeds").join(target)])
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .status()?;
        let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        anstream::println!("{target:<12} {}", summary(&said, seconds));
        if status.success() {
            return Ok(true);
        }
        anstream::println!("{}", complaint(&said));
        anstream::println!("log: {}", places::shown(&log));
        for input in files(&findings)?
            .iter()
            .filter(|file| !before.contains(file))
        {
            let input = input.strip_prefix(places::workspace()).unwrap_or(input);
            let input = input.display();
            anstream::println!(
                "finding: {input}\nagain: cargo xtask fuzz {target} --input {input}"
            );
        }
        Ok(false)
    }
}

/// What a log says of the search.
fn summary(log: &str, seconds: u32) -> String {
    let after = |mark: &str| {
        let (_, rest) = log.rsplit_once(mark)?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "?".into());
    format!(
        "{seconds:>4} s  {:>9} inputs  {:>6} edges",
        or_unknown(after("stat::number_of_executed_units:")),
        or_unknown(after(" cov: ")),
    )
}

/// What a log says is wrong.
fn complaint(log: &str) -> String {
    let said = |marks: &[&str]| {
        let lines = log.lines();
        let mut lines = lines.skip_while(|line| !marks.iter().any(|mark| line.contains(mark)));
        let told: Vec<&str> = lines.by_ref().take(4).collect();
        (!told.is_empty()).then(|| told.join("\n"))
    };
    said(&[" panicked at "])
        .or_else(|| said(&["ERROR: libFuzzer"]))
        .unwrap_or_else(|| "it ended without a word".to_owned())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_summed_up() {
        let log = "#2 INITED cov: 12 ft: 3\n#9 NEW cov: 345 ft: 8 corp: 2\nstat::number_of_executed_units: 678\n";
        assert_eq!(summary(log, 8), "   8 s        678 inputs     345 edges");
        assert!(summary("", 8).contains('?'));
    }

    #[test]
    fn a_panic_is_told_before_libfuzzers_own_words() {
        let log = "INFO: x\nthread 'main' panicked at fuzz/a.rs:1:2:\nnot the same\n  left: 1\n right: 2\nstack\n==1== ERROR: libFuzzer: deadly signal\n";
        assert!(complaint(log).ends_with(" right: 2"), "{}", complaint(log));
        assert!(complaint("==1== ERROR: libFuzzer: timeout\n").contains("timeout"));
        assert!(!complaint("").is_empty());
    }
}
