//! Which hooks a matcher lets run.

use crate::Client;
use crate::semantics::{MatcherExact, MatcherLists};

/// Names by which newer clients also know a tool: the tool and its older names.
const ALIASES: [(&str, &str); 1] = [("Agent", "Task")];

/// Whether a matcher lets a hook run for this tool. No matcher, an empty one and `*` let
/// it run for every tool; a plain name or a list of names must hold the tool's name;
/// everything else is an unanchored regular expression of JavaScript, and one that is none
/// never matches.
#[must_use]
pub fn matches(matcher: Option<&str>, tool: &str, client: &Client) -> bool {
    let Some(matcher) = matcher.filter(|m| !m.is_empty() && *m != "*") else {
        return true;
    };
    let names = known_names(tool, client);
    match exact_names(matcher, client) {
        Some(wanted) => wanted.iter().any(|name| names.contains(&name.as_str())),
        None => regress::Regex::new(matcher)
            .is_ok_and(|regex| names.iter().any(|name| regex.find(name).is_some())),
    }
}

/// The names of a matcher that is a list of plain names.
fn exact_names(matcher: &str, client: &Client) -> Option<Vec<String>> {
    let commas = client.semantics.matcher_lists == MatcherLists::PipeAndComma;
    let hyphens = client.semantics.matcher_exact_characters == MatcherExact::WordAndHyphen;
    let plain = |c: char| {
        c.is_ascii_alphanumeric()
            || c == '_'
            || c == '|'
            || (commas && (c == ',' || c == ' '))
            || (hyphens && c == '-')
    };
    if !matcher.chars().all(plain) {
        return None;
    }
    let names = matcher.split(|c| c == '|' || (commas && c == ','));
    Some(
        names
            .map(|n| n.trim().to_owned())
            .filter(|n| !n.is_empty())
            .collect(),
    )
}

fn known_names<'a>(tool: &'a str, client: &Client) -> Vec<&'a str> {
    let mut names = vec![tool];
    if client.semantics.agent_aliases {
        for (name, older) in ALIASES {
            if tool == name {
                names.push(older);
            } else if tool == older {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientVersion;
    use proptest::prelude::*;

    fn on(version: ClientVersion, matcher: &str, tool: &str) -> bool {
        matches(Some(matcher), tool, &Client::at(version))
    }

    #[test]
    fn all_versions_agree_on_names_and_expressions() {
        for version in Client::MEASURED {
            for (matcher, tool, expected) in [
                ("Bash", "Bash", true),
                ("bash", "Bash", false),
                ("Ba", "Bash", false),
                ("ash", "Bash", false),
                ("Bash|Write", "Write", true),
                ("", "Bash", true),
                ("*", "Bash", true),
                ("Edit.*", "NotebookEdit", true),
                ("Bash*", "Bash", true),
                ("mcp__memory", "mcp__memory__echo", false),
                ("mcp__memory__", "mcp__memory__echo", false),
                ("mcp__*", "mcp__memory__echo", true),
                ("mcp__memory__.*", "mcp__memory__echo", true),
                ("[", "Bash", false),
                ("Bash(sh:*)", "Bash", false),
                ("^(?!Bash).*", "Bash", false),
                ("^(?!Bash).*", "Write", true),
            ] {
                assert_eq!(
                    on(version, matcher, tool),
                    expected,
                    "{matcher} {tool} {version}"
                );
            }
        }
    }

    #[test]
    fn only_newer_clients_trim_and_take_commas() {
        let (old, new) = (Client::MEASURED[2], Client::MEASURED[3]);
        for matcher in ["Bash | Write", "Bash,Write", " Bash"] {
            assert!(!on(old, matcher, "Bash"), "{matcher}");
            assert!(on(new, matcher, "Bash"), "{matcher}");
        }
        assert!(on(new, "Task", "Agent"));
        assert!(on(new, "Ta.*", "Agent"));
        assert!(!on(old, "Agent", "Task"));
    }

    proptest! {
        #[test]
        fn never_panics(matcher in ".{0,20}", tool in "[A-Za-z_]{1,12}") {
            for client in Client::measured() {
                let _ = matches(Some(&matcher), &tool, &client);
            }
        }

        #[test]
        fn a_list_matches_exactly_its_names(
            names in prop::collection::vec("[A-Za-z_][A-Za-z0-9_]{0,8}", 1..5),
            tool in "[A-Za-z_][A-Za-z0-9_]{0,8}",
        ) {
            for client in Client::measured() {
                let listed = names.contains(&tool);
                prop_assert_eq!(matches(Some(&names.join("|")), &tool, &client), listed);
            }
        }
    }
}
