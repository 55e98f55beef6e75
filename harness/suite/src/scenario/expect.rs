//! What must be observed, as assertions over evidence. Each assertion that is present is one check.

use hookproof_contract::Slug;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Assertions for one requirement.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Expect {
    /// The requirement these assertions judge.
    pub requirement: Slug,
    /// What the host does with the call.
    pub host: Option<HostExpect>,
    /// The text the model is told when the call was blocked.
    pub reason: Option<TextExpect>,
    /// Everything hooks caused the model to be told (reason, additional context, blocking errors).
    pub model: Option<TextExpect>,
    /// What the user is told: system messages, host notices, stderr of the hook.
    pub user: Option<TextExpect>,
    /// The hook's stdout.
    pub stdout: Option<StdoutExpect>,
    /// The hook's stderr.
    pub stderr: Option<TextExpect>,
    /// The hook's exit code.
    pub exit: Option<i32>,
    /// Requests at the agent, each with what it must look like.
    #[serde(default)]
    pub wire: Vec<WireExpect>,
    /// Texts that may appear nowhere: stdout, stderr, model, audit requests, command lines, files.
    #[serde(default)]
    pub nowhere: Vec<String>,
    /// Texts that may appear neither on stdout, stderr, in what the model is told, on command lines
    /// nor in files that others can read (for credentials, which belong on the wire).
    #[serde(default)]
    pub secret: Vec<String>,
    /// Files afterwards.
    #[serde(default)]
    pub files: Vec<FileExpect>,
    /// Hosts outside loopback the hook may ask for; anything else is a violation. `[]` = none.
    pub outside: Option<Vec<String>>,
    /// Seconds from start of the hook to the host going on: at least / at most (a margin from the
    /// subject's own measured floor is added on top).
    pub takes_s: Option<[f64; 2]>,
    /// The hook ends before its own declared timeout: the host never had to kill it.
    pub answers_in_time: Option<bool>,
    /// No process of the hook still runs once all its requests have been answered.
    pub leaves_nothing: Option<bool>,
    /// No background child holds the hook's stdout or stderr open after it ended.
    pub releases_stdout: Option<bool>,
}

/// What the host does with the call.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum HostExpect {
    /// The tool runs and nobody is asked.
    Runs,
    /// The tool does not run because a hook blocked it.
    Blocked,
    /// The user is asked.
    Asks,
    /// Blocked, asked, or it runs and the user is told that it was not checked.
    NotSilent,
    /// The call runs and the user is told that it was not checked.
    RunsWithNotice,
    /// `PostToolUse`: nothing is blocked and the turn goes on.
    Continues,
}

/// What the hook writes to stdout.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum StdoutExpect {
    /// Nothing but white space.
    Empty,
    /// Nothing, or exactly one JSON document that the host accepts.
    Protocol,
    /// Exactly one JSON document that the host accepts.
    Document,
}

/// Assertions about a text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TextExpect {
    /// Each of these occurs.
    pub contains: Vec<String>,
    /// One of these occurs (letter case is ignored).
    pub contains_any: Vec<String>,
    /// None of these occurs.
    pub excludes: Vec<String>,
    /// The whole text.
    pub equals: Option<String>,
    /// A regular expression finds something.
    pub matches: Option<String>,
    /// No control characters but newline and tab.
    pub printable: bool,
    /// Length in characters at most.
    pub max_chars: Option<usize>,
    /// Nothing but white space.
    pub empty: Option<bool>,
}

/// How often, as `1`, `"0"`, `"1.."`, `"0..2"` (both ends included).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TimesText")]
pub struct Times {
    /// At least.
    pub least: usize,
    /// At most; `None`: no limit.
    pub most: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TimesText {
    Number(usize),
    Text(String),
}

impl TryFrom<TimesText> for Times {
    type Error = String;

    fn try_from(text: TimesText) -> Result<Self, String> {
        let (least, most) = match &text {
            TimesText::Number(n) => {
                return Ok(Self {
                    least: *n,
                    most: Some(*n),
                });
            }
            TimesText::Text(text) => text.split_once("..").unwrap_or((text, text)),
        };
        let number = |s: &str| {
            s.trim()
                .parse::<usize>()
                .map_err(|_| format!("`{s}` is no number: write 1, \"0\", \"1..\" or \"0..2\""))
        };
        Ok(Self {
            least: number(least)?,
            most: if most.is_empty() {
                None
            } else {
                Some(number(most)?)
            },
        })
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            least: 1,
            most: None,
        }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (least, Some(most)) if least == most => write!(f, "exactly {least}"),
            (0, Some(most)) => write!(f, "at most {most}"),
            (least, Some(most)) => write!(f, "{least} to {most}"),
            (least, None) => write!(f, "at least {least}"),
        }
    }
}

/// What requests of one kind at the agent must look like. The assertions beside `call` and `times`
/// select: the requests that satisfy all of them are counted against `times`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WireExpect {
    /// `check_policy`, `check_output`, `audit_tool_call`, `initialize`, `health`, `register`,
    /// `pre_check`, `any` (every request), `connection` (every connection, even without a request).
    pub call: String,
    /// How many such requests.
    #[serde(default)]
    pub times: Times,
    /// Assertions on the text that is judged: `arguments.statement`, or `arguments.message`.
    pub statement: Option<TextExpect>,
    /// Arguments by dotted path: equal to this value, or a table of text assertions.
    #[serde(default)]
    pub arguments: BTreeMap<String, Value>,
    /// Header fields by name, letter case ignored.
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderExpect>,
    /// The client gave up so many seconds after the agent had the request: at least, at most.
    /// A margin for the machine is added on both sides.
    pub abandoned_after_s: Option<[f64; 2]>,
    /// The hook went on although the agent kept its answer back.
    pub background: Option<bool>,
    /// Among the requests at the agent, it came before the first one of this kind.
    pub before: Option<String>,
}

/// A header field.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum HeaderExpect {
    /// `true`: present and not empty; `false`: absent.
    Present(bool),
    /// Exactly this.
    Equals(String),
    /// Text assertions.
    Text(TextExpect),
}

/// A file after the run.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileExpect {
    /// `~/…`; `*` stands for anything within one level, `**` for any number of levels.
    pub path: String,
    /// Whether such a file is there.
    #[serde(default = "yes")]
    pub exists: bool,
    /// Octal mode of each.
    pub mode: Option<String>,
    /// Content of each.
    pub text: Option<TextExpect>,
}

fn yes() -> bool {
    true
}
