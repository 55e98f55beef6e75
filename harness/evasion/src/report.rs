use std::fmt::Write as _;

use serde::Serialize;

use crate::Kind;

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The pack.
    pub pack: String,
    /// What pairs of changes were drawn with.
    pub seed: u64,
    /// Whether commands were run to prove that their effect is kept.
    pub proven: bool,
    /// All policies together.
    pub total: Totals,
    /// Each policy that was asked for, in the order of the pack.
    pub policies: Vec<PolicyReport>,
    /// Each change, in the order of the tables, that applied to something.
    pub changes: Vec<ChangeReport>,
}

/// Sums over policies.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Strings that policies must match and that were changed.
    pub strings: usize,
    /// Single changes.
    pub single: Missed,
    /// Pairs of changes.
    pub pairs: Missed,
    /// Single changes that are only told.
    pub informational: Missed,
    /// What became of the proofs.
    pub proofs: Proofs,
}

/// What a search came to for one policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyReport {
    /// The policy.
    pub policy: String,
    /// Its category.
    pub category: String,
    /// The kinds of its strings.
    pub kinds: Vec<Kind>,
    /// Strings that it must match and that were changed.
    pub strings: usize,
    /// Strings that it must match and to which no change applies.
    pub unchanged: usize,
    /// Every single change.
    pub single: Missed,
    /// A sample of pairs.
    pub pairs: Missed,
    /// Single changes that are only told.
    pub informational: Missed,
    /// What became of the proofs.
    pub proofs: Proofs,
    /// The shortest string that evades.
    pub evasion: Option<Evasion>,
}

/// How many variants there were and what was not caught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// Different variants.
    pub variants: usize,
    /// Not caught by the policy.
    pub missed: usize,
    /// Caught neither by the policy nor by another one that does at least as much.
    pub let_through: usize,
}

/// What became of the proofs that an effect is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proofs {
    /// The same was run.
    pub same: usize,
    /// Something else was run; such variants count nowhere.
    pub differs: usize,
    /// Nothing was run that could be compared.
    pub unproven: usize,
}

/// A string that keeps its effect and is not caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evasion {
    /// The string.
    pub text: String,
    /// What it does the same as.
    pub original: String,
    /// The changes between them.
    pub changes: Vec<&'static str>,
    /// Whether a run showed that the effect is kept.
    pub proven: bool,
}

/// How a single change fared against all policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeReport {
    /// The change.
    pub change: &'static str,
    /// What it applies to.
    pub kind: Kind,
    /// Whether it is only told.
    pub informational: bool,
    /// Its variants.
    pub single: Missed,
}

impl Missed {
    /// Counts a variant.
    pub(crate) fn count(&mut self, by_policy: bool, by_pack: bool) {
        self.variants += 1;
        self.missed += usize::from(!by_policy);
        self.let_through += usize::from(!by_pack);
    }

    fn add(&mut self, other: Self) {
        self.variants += other.variants;
        self.missed += other.missed;
        self.let_through += other.let_through;
    }

    /// Not caught, in percent; `None` without variants.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let percent = |part: usize| 100.0 * part as f64 / self.variants as f64;
        (self.variants > 0).then(|| percent(self.missed))
    }

    fn shown(self) -> String {
        self.percent()
            .map_or_else(|| "–".to_owned(), |percent| format!("{percent:.1} %"))
    }
}

impl Report {
    pub(crate) fn new(
        pack: &str,
        seed: u64,
        proven: bool,
        policies: Vec<PolicyReport>,
        changes: Vec<ChangeReport>,
    ) -> Self {
        let mut total = Totals::default();
        for policy in &policies {
            total.strings += policy.strings;
            total.single.add(policy.single);
            total.pairs.add(policy.pairs);
            total.informational.add(policy.informational);
            total.proofs.same += policy.proofs.same;
            total.proofs.differs += policy.proofs.differs;
            total.proofs.unproven += policy.proofs.unproven;
        }
        Self {
            pack: pack.to_owned(),
            seed,
            proven,
            total,
            policies,
            changes,
        }
    }

    /// As a Markdown document.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# Evasions of the pack `{}`\n\n", self.pack);
        let total = &self.total;
        let _ = writeln!(
            text,
            "Strings that a policy must match, changed so that they keep their effect: every change alone, and a \
             sample of pairs (seed {}). *Missed* is what the policy itself no longer matches; *let through* what no \
             policy of the pack that does at least as much matches either. Written by `cargo xtask policy evade`.\n",
            self.seed
        );
        let _ = writeln!(
            text,
            "| | Variants | Missed | Let through |\n|---|---:|---:|---:|"
        );
        for (name, missed) in [
            ("Single changes", total.single),
            ("Pairs of changes", total.pairs),
            ("Only told: encodings of secrets", total.informational),
        ] {
            let through = Missed {
                missed: missed.let_through,
                ..missed
            };
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} |",
                missed.variants,
                missed.shown(),
                through.shown()
            );
        }
        let _ = match self.proven {
            true => writeln!(
                text,
                "\nOf the commands, {} variants ran the same programs with the same arguments as their original in a \
                 sealed shell; {} ran something else and count nowhere; for {} a run proves nothing.",
                total.proofs.same, total.proofs.differs, total.proofs.unproven
            ),
            false => writeln!(
                text,
                "\nNo command was run to prove that it keeps its effect (`--prove`)."
            ),
        };
        self.policy_table(&mut text);
        self.change_table(&mut text);
        text
    }

    fn policy_table(&self, text: &mut String) {
        text.push_str(
            "\n## Policies\n\n| Policy | Strings | Single | Missed | Pairs | Missed | Shortest evasion | By |\n\
             |---|---:|---:|---:|---:|---:|---|---|\n",
        );
        for policy in &self.policies {
            let (evasion, changes) = policy
                .evasion
                .as_ref()
                .map_or_else(Default::default, |evasion| {
                    (code(&evasion.text), evasion.changes.join(", then "))
                });
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {evasion} | {changes} |",
                policy.policy,
                policy.strings,
                policy.single.variants,
                policy.single.shown(),
                policy.pairs.variants,
                policy.pairs.shown(),
                changes = changes.replace('|', "\\|"),
            );
        }
    }

    fn change_table(&self, text: &mut String) {
        text.push_str(
            "\n## Changes\n\n| Change | Applies to | Variants | Missed |\n|---|---|---:|---:|\n",
        );
        for change in &self.changes {
            let told = if change.informational {
                " (only told)"
            } else {
                ""
            };
            let kind = format!("{:?}", change.kind).to_lowercase();
            let name = change.change.replace('|', "\\|");
            let _ = writeln!(
                text,
                "| {name}{told} | {kind} | {} | {} |",
                change.single.variants,
                change.single.shown()
            );
        }
    }

    /// A line for each policy, for a terminal.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = format!(
            "{:<40} {:>7} {:>8} {:>7} {:>8}  shortest evasion\n",
            "policy", "single", "missed", "pairs", "missed"
        );
        for policy in &self.policies {
            let evasion = policy
                .evasion
                .as_ref()
                .map_or_else(String::new, |evasion| visible(&evasion.text));
            let _ = writeln!(
                text,
                "{:<40} {:>7} {:>8} {:>7} {:>8}  {evasion}",
                policy.policy,
                policy.single.variants,
                policy.single.shown(),
                policy.pairs.variants,
                policy.pairs.shown()
            );
        }
        let total = &self.total;
        let _ = writeln!(
            text,
            "{:<40} {:>7} {:>8} {:>7} {:>8}",
            "all",
            total.single.variants,
            total.single.shown(),
            total.pairs.variants,
            total.pairs.shown()
        );
        let _ = writeln!(
            text,
            "let through by the whole pack: {} single, {} pairs; proofs: {} the same, {} differ, {} unproven",
            total.single.let_through,
            total.pairs.let_through,
            total.proofs.same,
            total.proofs.differs,
            total.proofs.unproven
        );
        text
    }
}

/// Control and invisible characters as escapes, so that a report shows them.
fn visible(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if c.is_control() || (c.is_whitespace() && c != ' ') || is_format(c) => {
            format!("\\u{{{:x}}}", u32::from(c))
        }
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2011}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// As code in a table cell.
fn code(text: &str) -> String {
    let mut text = visible(text);
    if text.chars().count() > 120 {
        text = text.chars().take(119).chain(['…']).collect();
    }
    let fence = if text.contains('`') { "``" } else { "`" };
    let pad = if text.starts_with([' ', '`']) || text.ends_with([' ', '`']) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(code("a\u{200b}|b\n"), "`a\\u{200b}\\|b\\n`");
        assert_eq!(code("`:`"), "`` `:` ``");
    }

    #[test]
    fn a_rate_needs_variants() {
        let mut missed = Missed::default();
        assert_eq!(missed.percent(), None);
        missed.count(true, true);
        missed.count(false, true);
        assert_eq!((missed.percent(), missed.let_through), (Some(50.0), 0));
    }
}
