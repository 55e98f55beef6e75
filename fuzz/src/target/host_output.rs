use std::sync::LazyLock;
use std::time::Duration;

use hookproof_host::output::{read, read_http};
use hookproof_host::verdict::{Ended, interpret};
use hookproof_host::{Action, Client, Event, Hook, OnFailure, Source};

static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(Client::measured);

/// Any output is read and judged, by every client, the same every time.
pub fn host_output(data: &[u8]) {
    let Some((choice, stdout)) = data.split_first() else {
        return;
    };
    let choice = usize::from(*choice);
    let event = Event::ALL[choice % Event::ALL.len()];
    let status = [0, 1, 2][choice % 3];
    let hook = Hook {
        event,
        matcher: None,
        action: Action::Command {
            command: "hook".to_owned(),
            args: None,
        },
        timeout: Duration::from_secs(60),
        timeout_declared: false,
        condition: None,
        is_async: false,
        async_rewake: false,
        on_failure: [OnFailure::Continue, OnFailure::Block][choice % 2],
        shell: None,
        status_message: None,
        source: Source::Command,
    };
    let ended = Ended::Exited {
        status,
        normally: true,
        stderr: String::from_utf8_lossy(stdout).chars().take(64).collect(),
    };
    for client in CLIENTS.iter() {
        let reading = read(stdout, client);
        let verdict = interpret(&hook, "hook", &ended, &reading, client);
        assert_eq!(
            verdict,
            interpret(&hook, "hook", &ended, &read(stdout, client), client)
        );
        let http = read_http(stdout, client);
        let answered = || interpret(&hook, "hook", &Ended::Answered, &http, client);
        assert_eq!(answered(), answered());
    }
}
