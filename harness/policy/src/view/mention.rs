//! Commands that only mention a text: searches, notes, commit messages, names of tests. What they
//! mention is not run, so that views which look for what is run leave such commands out.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What a command does with the text in its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    /// It looks for the text.
    Searches,
    /// It looks for the text, or writes it down for people to read.
    Speaks,
}

/// Words before the name of a program.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\s|\w+=[^\s;|&$`]*\s|!\s|(?:sudo|time|command|nice|env|xargs(?:\s+-\S+)*|if|while|then|do|else|not|npx|bunx|uv run|poetry run|bundle exec|pnpm exec|yarn)\s)*").expect("a pattern")
});

static SEARCHES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[ef]?grep|zgrep|rg|ag|ack|ugrep|git\s+(?:grep|log|show|blame|diff|status)|gh\s+search|semgrep|bandit|eslint|gitleaks|trufflehog|sqlfluff|shellcheck|jq|yq|find|fd|ls|wc|sort|uniq|head|tail|cut|tr|cat|less|column|nl|true|cd|man|test|\[)(?:\s|$)").expect("a pattern")
});

static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:echo|printf|git|gh|glab|hub|svn|hg|jj|sed|awk|gawk|tee|touch|mkdir|cp|mv|open|code|vim|nano|base64|md5sum|sha\w*sum|pytest|jest|vitest|mocha|playwright|cypress|rspec|phpunit|ctest|ginkgo|(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:-\w+\s+)*(?:test|t)\b\S*|go\s+test|cargo\s+(?:nextest|test|bench)|make\s+\S*test\S*|dotnet\s+test|(?:\./)?(?:mvnw?|gradlew?)\s.*test\S*|\S*(?:[-_./](?:test|tests|lint|waf|scan|check|spec)|(?:test|lint|waf|scan|check|spec)[-_.])\S*|(?:python3?|node|ruby|perl|php|deno\s+run|bash|sh)\s+\S*(?:[-_./](?:test|tests|lint|waf|scan|check|spec)|(?:test|lint|waf|scan|check|spec)[-_.])\S*)(?:\s|$)").expect("a pattern")
});

/// What runs a text after all: an inner command, or a file that will be run.
static RUNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\$\([^)]{0,400}\b(?:psql|mysql|mariadb|sqlite3|sqlcmd|mongosh?|curl|wget|bash|sh|python3?|eval)\s|>+\s*\S+\.(?:sql|ddl|psql|sh|bash|py|rb|php|js|ts|pl)\b|\btee\s+(?:-a\s+)?\S+\.(?:sql|sh|py|rb|php|js|ts|pl)\b|`[^`]*\b(?:psql|mysql|sqlite3|sqlcmd|mariadb)\b|-exec|\b(?:filter-branch|bisect\s+run|rebase\s+.*--exec)\b").expect("a pattern")
});

/// Files that people read, as the target of a here-document.
static READ: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r">+\s*\S*(?:\.(?:md|mdx|markdown|rst|adoc|org|txt)|README|CHANGELOG)\b")
        .expect("a pattern")
});

/// The commands without those that only mention.
pub(super) fn without(commands: &str, what: Mention) -> String {
    let spans = pipelines(commands);
    let ends = spans.iter().skip(1).map(|next| next.start);
    let mut kept = String::with_capacity(commands.len());
    for (span, end) in spans.iter().zip(ends.chain([commands.len()])) {
        // A word in a line of its own belongs to a text of many lines.
        let is_word = span.start > 0
            && commands[..span.start].ends_with('\n')
            && matches!(commands[span.clone()].trim(), "true" | "not true");
        if is_word || !only_mentions(&commands[span.clone()], what) {
            // With what divides it from the next one.
            kept.push_str(&commands[span.start..end]);
        }
    }
    kept
}

fn only_mentions(pipeline: &str, what: Mention) -> bool {
    let written = pipeline.trim_start();
    if written.is_empty() || written.starts_with('#') {
        return true;
    }
    let (head, body) = pipeline.split_once('\n').unwrap_or((pipeline, ""));
    if !body.is_empty() && head.contains("<<") && runs_cat(head) && !READ.is_match(head) {
        return false;
    }
    !RUNS.is_match(pipeline) && stages(pipeline).iter().all(|stage| mentions(stage, what))
}

fn runs_cat(head: &str) -> bool {
    head.trim_start().starts_with("cat") && head.contains('>')
}

fn mentions(stage: &str, what: Mention) -> bool {
    let before = BEFORE.find(stage).map_or(0, |found| found.end());
    let name = &stage[before..];
    SEARCHES.is_match(name) || (what == Mention::Speaks && SPEAKS.is_match(name))
}

/// The commands of a pipeline.
fn stages(pipeline: &str) -> Vec<&str> {
    let head_end = match pipeline.find("<<") {
        Some(_) => pipeline.find('\n').unwrap_or(pipeline.len()),
        None => pipeline.len(),
    };
    let mut all = Vec::new();
    let mut start = 0;
    let mut quotes = Quotes::default();
    for (at, c) in pipeline[..head_end].char_indices() {
        if !quotes.inside(c) && c == '|' {
            all.push(&pipeline[start..at]);
            start = at + 1;
        }
    }
    all.push(&pipeline[start..head_end]);
    all
}

/// Where a list of commands divides: `;`, `&`, `||` and ends of lines, outside of quotes; the body
/// of a here-document belongs to its command.
fn pipelines(commands: &str) -> Vec<Range<usize>> {
    let bytes = commands.as_bytes();
    let mut all = Vec::new();
    let mut start = 0;
    let mut quotes = Quotes::default();
    let mut here: Option<String> = None;
    let mut skip_to = 0;
    for (at, c) in commands.char_indices() {
        if at < skip_to {
            continue;
        }
        if quotes.inside(c) {
            continue;
        }
        let next = bytes.get(at + 1).copied();
        if c == '<' && next == Some(b'<') && bytes.get(at + 2) != Some(&b'<') {
            here = here_word(&commands[at + 2..]);
        }
        let previous = at.checked_sub(1).map(|before| bytes[before]);
        let divides = match c {
            ';' => true,
            '\n' => match here.take() {
                Some(word) => {
                    skip_to = here_end(commands, at + 1, &word);
                    false
                }
                None => previous != Some(b'\\'),
            },
            '&' => previous != Some(b'>') && next != Some(b'>'),
            '|' => next == Some(b'|'),
            _ => false,
        };
        if divides {
            all.push(start..at);
            start = at + 1;
            if matches!(next, Some(b'&' | b'|')) && c != '\n' && c != ';' {
                start = at + 2;
                skip_to = at + 2;
            }
        }
        if skip_to > at + 2 {
            all.push(start..skip_to.min(commands.len()));
            start = skip_to.min(commands.len());
        }
    }
    all.push(start.min(commands.len())..commands.len());
    all
}

fn here_word(text: &str) -> Option<String> {
    let word: String = text
        .trim_start_matches(['-', '~', ' '])
        .trim_start_matches(['\'', '"', '\\'])
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

/// After the line that ends the here-document; after everything, if none does.
fn here_end(commands: &str, body: usize, word: &str) -> usize {
    let mut at = body;
    for line in commands[body..].split_inclusive('\n') {
        at += line.len();
        if line.trim() == word {
            return at;
        }
    }
    commands.len()
}

/// Whether a character stands inside of quotes.
#[derive(Default)]
struct Quotes {
    open: Option<char>,
    escaped: bool,
}

impl Quotes {
    fn inside(&mut self, c: char) -> bool {
        if self.escaped {
            self.escaped = false;
            return true;
        }
        if c == '\\' && self.open != Some('\'') {
            self.escaped = true;
            return true;
        }
        match self.open {
            Some(open) => {
                if c == open {
                    self.open = None;
                }
                true
            }
            None if matches!(c, '\'' | '"') => {
                self.open = Some(c);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_mentioned_is_left_out() {
        for command in [
            "grep -rn \"DROP DATABASE\" --include=*.sql . | wc -l",
            "git commit -m \"x; DROP TABLE t\"",
            "echo 'DROP TABLE t' >> notes.md",
            "# DROP TABLE t",
            "git commit -F - <<'M'\ndocs: why\n\nDROP TABLE t; it hurts\nM",
            "cat > NOTES.md <<'M'\nDROP TABLE t\nM",
            "npm test -- -t 'DROP TABLE t'",
            "./waf-test --payload 'DROP TABLE t' && echo ok",
        ] {
            let left = without(command, Mention::Speaks);
            assert!(!left.contains("DROP"), "{command}: {left}");
        }
    }

    #[test]
    fn what_is_run_stays() {
        for command in [
            "psql -c 'DROP TABLE t'",
            "git pull; psql -c 'DROP TABLE t'",
            "echo 'DROP TABLE t' | psql",
            "echo 'DROP TABLE t' > x.sql && psql -f x.sql",
            "mysql <<E\nDROP TABLE t;\nE\necho done",
            "git commit -m \"$(psql -c 'DROP TABLE t')\"",
            "id=1; DROP TABLE t",
            "cat > m.sql <<'M'\nDROP TABLE t\nM",
        ] {
            let left = without(command, Mention::Speaks);
            assert!(left.contains("DROP"), "{command}: {left}");
        }
        assert!(without("echo 'DROP TABLE t'", Mention::Searches).contains("DROP"));
    }
}
