//! A hook that is a program.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use hookproof_process::{
    Ended as ProcessEnded, Exit, Finished, KillStyle, Limits, Program, SessionKind, SpawnError,
    Stdio, Wait, run,
};

use super::Session;
use crate::verdict::Ended;
use crate::{Action, Call, Hook};

/// How a command hook ended.
pub(super) struct Ran {
    pub(super) command: String,
    pub(super) ended: Ended,
    pub(super) finished: Option<Finished>,
    pub(super) gave_up: bool,
}

impl Session {
    /// The program and arguments of a command hook.
    fn argv(&self, hook: &Hook, call: &Call) -> Vec<OsString> {
        let shell = |line: &str| vec!["/bin/sh".into(), "-c".into(), OsString::from(line)];
        match &hook.action {
            Action::Command {
                command,
                args: Some(args),
            } => std::iter::once(command)
                .chain(args)
                .map(|arg| self.expand(hook, arg).into())
                .collect(),
            Action::Command { command, .. } => shell(&expand_plugin_root(hook, command)),
            Action::ArgvCommand(command) => {
                let mut argv = shell(&format!("{command} \"$@\""));
                argv.push("sh".into());
                argv.push(call.tool_name.clone().into());
                argv.push(call.tool_input.to_string().into());
                argv
            }
            Action::Http { .. } | Action::McpTool { .. } | Action::NeedsModel(_) => Vec::new(),
        }
    }

    fn expand(&self, hook: &Hook, text: &str) -> String {
        expand_plugin_root(hook, text)
            .replace("${CLAUDE_PROJECT_DIR}", &self.project_dir.to_string_lossy())
    }

    /// Runs a command hook to its end, as this client does.
    pub(super) async fn run_command(&self, hook: &Hook, call: &Call, stdin: &[u8]) -> Ran {
        let argv = self.argv(hook, call);
        let command = match &hook.action {
            Action::Command {
                args: Some(args), ..
            } if !args.is_empty() => join(&argv),
            _ => argv
                .get(2)
                .or_else(|| argv.first())
                .map(|a| a.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        let direct = matches!(&hook.action, Action::Command { args: Some(_), .. });
        if command.is_empty() {
            return Ran {
                command,
                ended: Ended::Thrown("The argument 'file' cannot be empty. Received ''".into()),
                finished: None,
                gave_up: false,
            };
        }
        let given = match hook.action {
            Action::ArgvCommand(_) => Bytes::new(),
            _ => Bytes::copy_from_slice(stdin),
        };
        let program = self.program(hook, argv.clone(), given);
        match run(program).await {
            Ok(finished) => Ran {
                command,
                ended: ended(&finished),
                gave_up: finished.ended == ProcessEnded::GaveUp,
                finished: Some(finished),
            },
            Err(error) => Ran {
                ended: Ended::NotStarted(self.not_started(&error, &argv, direct)),
                command,
                finished: None,
                gave_up: false,
            },
        }
    }

    fn program(&self, hook: &Hook, argv: Vec<OsString>, stdin: Bytes) -> Program {
        let semantics = &self.client.semantics;
        let mut program = Program::new(argv, self.cwd.clone());
        program.env = self.hook_environment(hook);
        program.stdin = stdin;
        program.session = if semantics.new_session {
            SessionKind::NewSession
        } else {
            SessionKind::ProcessGroup
        };
        program.stdio = if semantics.sockets {
            Stdio::Sockets
        } else {
            Stdio::Pipes
        };
        program.wait = if semantics.waits_for_eof {
            Wait::Eof
        } else {
            Wait::Exit {
                grace: Duration::from_millis(semantics.exit_grace_milliseconds),
            }
        };
        program.limits = Limits {
            timeout: Some(hook.timeout),
            patience: self.limits.patience,
            stdout_bytes: self.limits.stdout_bytes,
            stderr_bytes: self.limits.stderr_bytes,
        };
        program.kill = KillStyle::Kill;
        program.marker.clone_from(&self.marker);
        program.tether.clone_from(&self.tether);
        program
    }

    fn not_started(&self, error: &SpawnError, argv: &[OsString], direct: bool) -> String {
        let program = argv
            .first()
            .map(|p| p.to_string_lossy().into_owned())
            .unwrap_or_default();
        let bare = !program.contains('/');
        let exists = Path::new(&program).exists();
        let detail = match error {
            _ if direct && bare => format!("Executable not found in $PATH: \"{program}\""),
            _ if direct && exists => format!("EACCES: permission denied, posix_spawn '{program}'"),
            _ if direct => format!("ENOENT: no such file or directory, posix_spawn '{program}'"),
            other => other.to_string(),
        };
        format!("Error occurred while executing hook command: {detail}")
    }
}

/// The plugin's directory is put in by the client, before any shell sees the text.
pub(super) fn expand_plugin_root(hook: &Hook, text: &str) -> String {
    match hook.source.plugin() {
        Some((_, root)) => text.replace("${CLAUDE_PLUGIN_ROOT}", &root.to_string_lossy()),
        None => text.to_owned(),
    }
}

fn ended(finished: &Finished) -> Ended {
    if finished.ended != ProcessEnded::ByItself {
        return Ended::TimedOut;
    }
    let stderr = String::from_utf8_lossy(&finished.stderr.bytes).into_owned();
    let (status, normally) = match finished.exit {
        Exit::Code(code) => (code, true),
        Exit::Signal(_) | Exit::Unknown => (1, false),
    };
    Ended::Exited {
        status,
        normally,
        stderr,
    }
}

fn join(argv: &[OsString]) -> String {
    let words: Vec<_> = argv.iter().map(|a| a.to_string_lossy()).collect();
    words.join(" ")
}
