//! SQL comments.

use std::borrow::Cow;

/// What stands where a comment was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A space: between words.
    Space,
    /// Nothing: inside of words, which some filters in front of a database make of it.
    Nothing,
}

/// Without block comments; the content of MySQL's versioned ones stays, since it is run.
pub(super) fn without_blocks(sql: &str, gap: Gap) -> Cow<'_, str> {
    if !sql.contains("/*") && !sql.contains("*/") {
        return Cow::Borrowed(sql);
    }
    let mut kept = String::with_capacity(sql.len());
    let gap = if gap == Gap::Space { " " } else { "" };
    let mut rest = sql;
    loop {
        let Some(start) = rest.find("/*") else {
            kept.push_str(&rest.replace("*/", gap));
            return Cow::Owned(kept);
        };
        kept.push_str(&rest[..start].replace("*/", gap));
        kept.push_str(gap);
        rest = &rest[start + 2..];
        if let Some(versioned) = rest.strip_prefix('!').or(rest.strip_prefix("M!")) {
            rest = versioned.trim_start_matches(|c: char| c.is_ascii_digit());
            continue;
        }
        let Some(end) = rest.find("*/") else {
            // Nobody closes it: a glob, or the end of an attack that comments out what follows.
            kept.push_str(rest);
            return Cow::Owned(kept);
        };
        rest = &rest[end + 2..];
    }
}

/// Without comments that run to the end of a line, where another line follows.
pub(super) fn without_lines(sql: &str) -> Cow<'_, str> {
    if !sql.contains('\n') || !(sql.contains("--") || sql.contains('#')) {
        return Cow::Borrowed(sql);
    }
    let mut kept = String::with_capacity(sql.len());
    let mut lines = sql.split('\n').peekable();
    while let Some(line) = lines.next() {
        let comment = line.find("--").into_iter().chain(line.find('#')).min();
        match comment {
            Some(at) if lines.peek().is_some() => kept.push_str(&line[..at]),
            _ => kept.push_str(line),
        }
        kept.push(' ');
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_go_and_versioned_ones_stay() {
        let space = |sql| without_blocks(sql, Gap::Space).into_owned();
        assert_eq!(space("a/**/b/* x */c"), "a b c");
        assert_eq!(space("1/*!50000UNION*/SELECT"), "1 UNION SELECT");
        assert_eq!(space("1 /* open"), "1   open");
        assert_eq!(space("a */ b"), "a   b");
        assert_eq!(without_blocks("UN/**/ION", Gap::Nothing), "UNION");
    }

    #[test]
    fn lines_go_but_the_last() {
        assert_eq!(
            without_lines("UNION--x\nSELECT#\n1 -- y"),
            "UNION SELECT 1 -- y "
        );
        assert_eq!(without_lines("a -- b"), "a -- b");
    }
}
