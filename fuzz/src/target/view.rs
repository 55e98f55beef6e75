use hookproof_policy::view::{Origin, see};
use hookproof_policy::{Surface, View};

use super::split;

/// How much longer than the statement a view may be: one character may pass for eighteen, of up
/// to three bytes each.
const LONGER: usize = 32;

/// What a view may add once.
const MORE: usize = 4096;

const VIEWS: [View; 5] = [View::Raw, View::Text, View::Letters, View::Shell, View::Sql];

const SURFACES: [Surface; 5] = [
    Surface::Command,
    Surface::Script,
    Surface::File,
    Surface::Query,
    Surface::Output,
];

/// Views are bounded, the same every time, and lead back to whole characters of the statement.
pub fn view(data: &[u8]) {
    let Some((choice, text)) = split(data) else {
        return;
    };
    let surface = SURFACES[usize::from(choice) % SURFACES.len()];
    for view in VIEWS {
        let seen = see(view, &text, surface);
        assert_eq!(seen, see(view, &text, surface), "{view:?} shows two things");
        let Some(seen) = seen else { continue };
        let bound = LONGER * text.len() + MORE;
        assert!(
            seen.text.len() <= bound,
            "{view:?} shows {} bytes",
            seen.text.len()
        );
        if seen.origin == Origin::Unknown {
            continue;
        }
        let starts: Vec<usize> = seen
            .text
            .char_indices()
            .map(|(at, _)| at)
            .take(512)
            .collect();
        for pair in starts.windows(2) {
            let span = seen.origin.span(pair[0]..pair[1]).expect("a place");
            assert!(
                text.get(span.clone()).is_some(),
                "{view:?} leads to {span:?}"
            );
        }
    }
}
