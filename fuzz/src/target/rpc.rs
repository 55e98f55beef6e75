use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use hookproof_agent::{Mode, Request, Script, State, answer};

/// One request: the shape of its head, and a body.
#[derive(Debug, Arbitrary)]
struct Asked<'a> {
    enterprise: bool,
    post: bool,
    known_path: bool,
    path: &'a str,
    authorization: Option<&'a str>,
    session: Option<&'a str>,
    body: &'a [u8],
}

/// Any sequence of requests is answered: a status that HTTP knows, and JSON where it says so.
pub fn rpc(data: &[u8]) {
    let mut data = Unstructured::new(data);
    let mut state = State::new(Script::default());
    for _ in 0..8 {
        if data.is_empty() {
            return;
        }
        let Ok(asked) = Asked::arbitrary(&mut data) else {
            return;
        };
        exchange(&mut state, &asked);
    }
}

fn exchange(state: &mut State, asked: &Asked<'_>) {
    let mut script = state.script().clone();
    script.mode = if asked.enterprise {
        Mode::Enterprise
    } else {
        Mode::Community
    };
    state.set_script(script);
    let path = if asked.known_path {
        hookproof_agent::MCP_SERVER_PATH
    } else {
        asked.path
    };
    let head = [
        ("content-type", Some("application/json")),
        ("authorization", asked.authorization),
        ("mcp-session-id", asked.session),
    ];
    let head = head
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), (*value)?.to_owned())));
    let method = if asked.post { "POST" } else { "GET" };
    let body = Bytes::copy_from_slice(asked.body);
    let reply = answer(state, &Request::new(method, path, head.collect(), body));
    assert!(
        (100..600).contains(&reply.status),
        "status {}",
        reply.status
    );
    let is_json = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("content-type") && value.starts_with("application/json")
    };
    if reply.headers.iter().any(is_json) && !reply.body.is_empty() {
        let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&reply.body);
        // What was asked with deep nesting may be answered with it.
        let sound = parsed
            .as_ref()
            .err()
            .is_none_or(|error| error.to_string().contains("recursion"));
        assert!(
            sound,
            "{parsed:?}: {}",
            String::from_utf8_lossy(&reply.body)
        );
    }
}
