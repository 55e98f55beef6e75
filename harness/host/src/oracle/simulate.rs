//! One case on one client.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use hookproof_process::{Marker, Tether, TetherEnd, end_all};
use serde_json::{Value, json};

use super::arrange::{Arranged, arrange};
use super::configure::configure;
use super::fill::Placeholders;
use super::play::Play;
use super::tools::{Memory, mcp};
use super::{Case, Observed, ToolObserved, server};
use crate::semantics::Merge;
use crate::{Client, Event, Fate, Outcome, Session};

/// A run that could not be arranged.
#[derive(Debug, thiserror::Error)]
#[error("case {case}: {source}")]
pub struct SimulateError {
    /// The case's id.
    pub case: String,
    /// Why.
    pub source: std::io::Error,
}

const PROMPT: &str = "do the scripted things";
/// How long processes that are just ending are waited for.
const AT_ONCE: Duration = Duration::from_millis(50);
/// Sleeps longer than this many seconds are scaled down, and all time limits with them.
const LONGEST_SLEEP: f64 = 13.0;

/// Plays a case on a client.
///
/// # Errors
/// When the run's files cannot be written.
pub async fn simulate(case: &Case, client: &Client) -> Result<Observed, SimulateError> {
    simulate_with(case, client, false).await
}

/// The same with hooks that finish at the same time taken in the opposite order.
pub(super) async fn simulate_with(
    case: &Case,
    client: &Client,
    ties_reversed: bool,
) -> Result<Observed, SimulateError> {
    let failed = |source| SimulateError {
        case: case.id.clone(),
        source,
    };
    let (case, client) = scaled(case, client);
    let directory = tempfile::Builder::new()
        .prefix("hookproof-case-")
        .tempdir()
        .map_err(failed)?;
    let root = directory.path().canonicalize().map_err(failed)?;
    let http = server::start(&case.http).await.map_err(failed)?;
    let places = Placeholders::new(&root, &http.url);
    let arranged = arrange(&case, &root, &places).map_err(failed)?;
    let marker = Marker::new("HOOKPROOF_CASE", &nonce(&root));
    let mut tether = Tether::new().map_err(failed)?;
    let surroundings = Surroundings {
        arranged: &arranged,
        places: &places,
        marker: &marker,
        tether: tether.end(),
        ties_reversed,
    };
    let observed = run(&case, &client, surroundings).await;
    // Looking through all processes is slow; mostly none is left, and the tether tells at once.
    if !tether.released(Instant::now() + AT_ONCE).await {
        let _ = end_all(&marker).await;
    }
    Ok(observed)
}

fn nonce(root: &Path) -> String {
    let name = root.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// What a run happens in.
struct Surroundings<'a> {
    arranged: &'a Arranged,
    places: &'a Placeholders,
    marker: &'a Marker,
    tether: TetherEnd,
    ties_reversed: bool,
}

async fn run(case: &Case, client: &Client, around: Surroundings<'_>) -> Observed {
    let (arranged, places) = (around.arranged, around.places);
    let load = || -> Option<Session> {
        let mut session = configure(case, arranged, places, client).ok()?;
        session.marker = Some(around.marker.clone());
        session.tether = Some(around.tether.clone());
        session.ties_reversed = around.ties_reversed;
        session.mcp = Some(mcp::caller(&case.mcp));
        Some(session)
    };
    let Some(session) = load() else {
        return Observed {
            turn_stopped_after_tool: true,
            client_rc: 1,
            ..Observed::default()
        };
    };
    let fill = |turns: &[Value]| turns.iter().map(|t| places.value(t)).collect::<Vec<_>>();
    let steps = match &case.steps {
        Some(steps) => fill(steps),
        None => vec![
            json!({"tool": "Bash", "input": {"command": "sh side.sh", "description": "run side"}}),
        ],
    };
    let subscripts: BTreeMap<String, Vec<Value>> = case
        .subscripts
        .iter()
        .map(|(name, turns)| (name.clone(), fill(turns)))
        .collect();
    let mut play = Play {
        session,
        memory: Memory {
            servers: case.mcp.clone(),
            ..Memory::default()
        },
        subscripts: &subscripts,
        observed: Observed::default(),
        reload: &load,
        background: Vec::new(),
    };
    let started = play.about(Event::SessionStart, "startup").await;
    play.note(&Outcome {
        // What a hook says to the person when the session starts is not in the stream.
        to_user: Vec::new(),
        ..started
    });
    if submit_prompt(&mut play).await {
        play.steps(&steps).await;
        if client.semantics.merge == Merge::Ranked {
            play.observed
                .stop
                .get_or_insert_with(|| "completed".to_owned());
        }
    }
    play.about(Event::SessionEnd, "other").await;
    play.linger(case.linger).await;
    finish(play.observed, client, arranged, places)
}

/// The hooks on the user's prompt; false when one of them blocks it.
async fn submit_prompt(play: &mut Play<'_>) -> bool {
    let outcome = play.about(Event::UserPromptSubmit, "").await;
    play.note(&outcome);
    if outcome.fate != Fate::Blocked && !outcome.turn_stopped {
        return true;
    }
    play.observed.turn_stopped_after_tool = true;
    if play.session.client.semantics.merge == Merge::Ranked {
        if let Some(reason) = outcome.reason {
            let hidden = outcome
                .runs
                .iter()
                .any(|run| run.reading.hides_the_prompt());
            let notice = match hidden {
                true => reason,
                false => format!("{reason}\n\nOriginal prompt: {PROMPT}"),
            };
            play.observed.notices.push(notice);
        }
        play.observed.stop = Some("completed".to_owned());
    }
    false
}

/// What the disk shows, and everything cut as the format says.
fn finish(
    mut observed: Observed,
    client: &Client,
    arranged: &Arranged,
    places: &Placeholders,
) -> Observed {
    let lines = |file: &Path| -> Vec<String> {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    observed.times = lines(&arranged.project.join("ran.log")).len();
    observed.hook_runs = lines(&arranged.rec.join("order"));
    if observed.executed.is_some() {
        let last = observed.executed == Some(true);
        observed.executed = Some(last || observed.times > 0);
    }
    if client.semantics.merge != Merge::Ranked || observed.client_rc != 0 {
        observed.stop = observed
            .stop
            .filter(|_| client.semantics.merge == Merge::Ranked);
    }
    let cut =
        |text: &str, length: usize| places.hide(&text.chars().take(length).collect::<String>());
    for ToolObserved { result, .. } in &mut observed.tools {
        *result = result.as_ref().map(|text| cut(text, 400));
    }
    observed
        .injected
        .retain(|t| t.text.to_lowercase().contains("hook"));
    for injected in &mut observed.injected {
        injected.text = cut(&injected.text, 400);
    }
    for error in &mut observed.nonblocking_errors {
        *error = cut(error, 200);
    }
    for notice in &mut observed.notices {
        *notice = places.hide(notice);
    }
    for prompt in observed.prompted.iter_mut().flatten() {
        *prompt = places.hide(prompt);
    }
    let _ = &arranged.watched;
    observed
}

/// A case whose hooks sleep very long, scaled down: all sleeps and all time limits by the same
/// factor, so that each hook stays on its side of its limit.
fn scaled(case: &Case, client: &Client) -> (Case, Client) {
    let (mut case, mut client) = (case.clone(), client.clone());
    let seconds = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64).unwrap_or(0.0);
    let all = |case: &Case| -> Vec<f64> {
        let plugin = case.plugin.iter().flat_map(|p| &p.hooks);
        let hooks = case.hooks.iter().chain(&case.user_hooks).chain(plugin);
        hooks.map(|hook| seconds(&hook.sleep)).collect()
    };
    let longest = all(&case).into_iter().fold(0.0, f64::max);
    if longest <= LONGEST_SLEEP {
        return (case, client);
    }
    let factor = longest / LONGEST_SLEEP;
    let Case {
        hooks,
        user_hooks,
        plugin,
        ..
    } = &mut case;
    let plugin = plugin.iter_mut().flat_map(|p| &mut p.hooks);
    for hook in hooks.iter_mut().chain(user_hooks).chain(plugin) {
        if hook.sleep.is_some() {
            hook.sleep = Some(json!(seconds(&hook.sleep) / factor));
        }
        if let Some(timeout) = hook.extra.get("timeout").and_then(Value::as_f64) {
            hook.extra.insert("timeout".into(), json!(timeout / factor));
        }
    }
    let limit = Duration::from_secs(client.semantics.tool_timeout_seconds);
    client.semantics.tool_timeout_seconds = limit.div_f64(factor).as_secs();
    (case, client)
}
