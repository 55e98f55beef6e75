//! What several defects need.

use std::fs::File;
use std::io::{self, Read as _};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use hookproof_reference_hook::agent::Reply;
use hookproof_reference_hook::conclude::Conclusion;
use hookproof_reference_hook::event::{Event, Purpose};
use hookproof_reference_hook::json::Fields;
use hookproof_reference_hook::payload::Call;
use hookproof_reference_hook::rpc::{self, Outcome};
use hookproof_reference_hook::settings::Settings;
use hookproof_reference_hook::stamps::{self, NewStamp};
use hookproof_reference_hook::{Hook, Reference};

/// The role of a process that only stays.
pub(crate) const LINGER: &str = "linger";

/// A call of a tool that hooks with a path of their own for shell and files leave to another
/// path. Defects of a deny's shape are confined to it, so that what is said with a deny can
/// still be judged for the others.
pub(crate) fn off_the_main_path(call: &Call<'_>) -> bool {
    !matches!(call.tool.as_str(), "Bash" | "Write")
}

/// The text the agent's tool answered with, when it answered.
pub(crate) fn said(reply: &Reply, asked: usize) -> Option<String> {
    match rpc::read(reply, asked, stamps::now()) {
        Outcome::Said(text) => Some(text),
        _ => None,
    }
}

/// The HTTP status of an answer.
pub(crate) fn status(reply: &Reply) -> Option<u16> {
    match reply {
        Reply::Http(http) => Some(http.status),
        Reply::Failed(_) => None,
    }
}

/// Whether an argument of the call is there and a string.
pub(crate) fn has_text(arguments: &Fields<'_>, key: &str) -> bool {
    arguments.text(key).is_some()
}

/// The first line of a text.
pub(crate) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// At most so many bytes of a text.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// A conclusion that tells the model something.
pub(crate) fn telling(context: String) -> Conclusion {
    Conclusion {
        context: Some(context),
        ..Conclusion::default()
    }
}

/// The value of a variable, when it is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether there is a program of this name.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Leaves a stamp that looks right and is over already, by what it says and by its date.
pub(crate) fn begin_over(settings: &Settings, stamp: &NewStamp) -> Vec<String> {
    let over = NewStamp {
        until: stamps::now().saturating_sub(1),
        ..stamp.clone()
    };
    let lines = stamps::begin(settings, &over);
    let path = settings
        .cache
        .as_ref()
        .map(|cache| cache.join("throttle-until"));
    let long_ago = SystemTime::now() - Duration::from_secs(24 * 3600);
    if let Some(file) = path.and_then(|path| File::options().write(true).open(path).ok()) {
        let _ = file.set_modified(long_ago);
    }
    lines
}

/// Delivers a record and waits for the agent's answer.
pub(crate) fn deliver_in_foreground(event: Event, record: &str) {
    let settings = Reference.settings();
    let limit = Reference.limit(&settings, event, Purpose::Audit, Duration::ZERO);
    let _ = Reference.send(&settings, Purpose::Audit, record, limit);
}

/// Starts this program again as a process that stays until its stdin ends, with `argument` on
/// its command line.
pub(crate) fn companion(argument: &str) -> io::Result<Child> {
    // The system passes on at most 128 KiB as one argument, and none with a NUL.
    let argument = cut(&argument.replace('\0', ""), 100_000);
    again()?
        .arg(argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// This program in the lingering role.
pub(crate) fn again() -> io::Result<Command> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    arguments.pop();
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).arg(LINGER);
    Ok(command)
}

/// Where a lingering process that inherits the hook's output asks for the platform's version.
pub(crate) const VERSION_CHECK: &str = "version-check";
/// What a lingering process does that has left the hook behind.
pub(crate) const DAEMON: &str = "daemon";

/// Longer than anybody watches.
const LONG: Duration = Duration::from_secs(60);

/// The lingering role.
pub(crate) fn linger(argument: Option<&str>) -> ExitCode {
    match argument {
        Some(VERSION_CHECK) => {
            let url = format!("{}/health", Settings::from_env().endpoint.base);
            let agent: ureq::Agent = ureq::Agent::config_builder()
                .timeout_global(Some(Duration::from_secs(2)))
                .proxy(None)
                .build()
                .into();
            let _ = agent.get(url).call();
        }
        Some(DAEMON) => {
            let _ = rustix::process::setsid();
            std::thread::sleep(LONG);
        }
        _ => {
            let _ = io::stdin().read_to_end(&mut Vec::new());
        }
    }
    ExitCode::SUCCESS
}
