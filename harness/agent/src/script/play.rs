//! Which answer comes next.

use std::collections::HashMap;

use super::{Answer, Script};
use crate::call::Call;

/// A script being played: remembers how far each list is.
#[derive(Debug, Default)]
pub(crate) struct Play {
    script: Script,
    given: HashMap<&'static str, usize>,
}

impl Play {
    pub(crate) fn new(script: Script) -> Self {
        Self {
            script,
            given: HashMap::new(),
        }
    }

    pub(crate) fn script(&self) -> &Script {
        &self.script
    }

    /// The next answer to `call`, with the script's fault where that applies.
    pub(crate) fn peek(&self, call: &Call) -> Answer {
        let (key, answers) = self.script.answers(call);
        let given = self.given.get(key).copied().unwrap_or_default();
        let mut answer = match answers.0.len() {
            0 => Answer::default(),
            count => answers.0[given.min(count - 1)].clone(),
        };
        if answer.fault.is_none() {
            let fault = self.script.fault.as_ref().filter(|fault| fault.hits(call));
            answer.fault = fault.map(|scoped| scoped.fault.clone());
        }
        answer
    }

    /// Counts the answer to `call` as given.
    pub(crate) fn advance(&mut self, call: &Call) {
        *self.given.entry(self.script.answers(call).0).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Fault, ScopedFault};

    fn next(play: &mut Play, call: &Call) -> Answer {
        let answer = play.peek(call);
        play.advance(call);
        answer
    }

    #[test]
    fn plays_in_order_and_repeats_the_last() {
        let mut play = Play::new(Script {
            check_policy: [500, 503]
                .into_iter()
                .map(|status| Answer::http(status, ""))
                .collect(),
            ..Script::default()
        });
        let statuses: Vec<_> = (0..3)
            .map(|_| next(&mut play, &Call::CheckPolicy).status)
            .collect();
        assert_eq!(statuses, [Some(500), Some(503), Some(503)]);
        assert_eq!(next(&mut play, &Call::CheckOutput), Answer::default());
    }

    #[test]
    fn views_of_one_script_share_its_progress() {
        let mut play = Play::new(Script {
            check_policy: [500, 503]
                .into_iter()
                .map(|status| Answer::http(status, ""))
                .collect(),
            ..Script::default()
        });
        assert_eq!(next(&mut play, &Call::PreCheck).status, Some(500));
        assert_eq!(next(&mut play, &Call::CheckPolicy).status, Some(503));
    }

    #[test]
    fn an_answers_own_fault_goes_first() {
        let mut play = Play::new(Script {
            fault: Some(ScopedFault {
                fault: Fault::Gzip,
                on: vec!["check_policy".to_owned()],
            }),
            check_policy: [Answer::fault(Fault::Bom), Answer::default()]
                .into_iter()
                .collect(),
            ..Script::default()
        });
        assert_eq!(next(&mut play, &Call::CheckPolicy).fault, Some(Fault::Bom));
        assert_eq!(next(&mut play, &Call::CheckPolicy).fault, Some(Fault::Gzip));
        assert_eq!(next(&mut play, &Call::Health).fault, None);
    }
}
