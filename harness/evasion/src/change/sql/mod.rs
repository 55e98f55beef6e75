//! Another way to write the same query.
//!
//! - `pieces`: what is within strings, and the words outside of them.
//! - `values`: numbers, conditions, strings and names.

mod pieces;
mod values;

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Change, spell};
use crate::Kind;
use pieces::{all_keywords, blanks, ends_at_line, first_blank, keywords, outside, versioned};
use values::{comparisons, condition, names, numbers, strings};

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Sql, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("empty comment for blank", |text| blanks(text, "/**/")),
    change("comment for blank", |text| blanks(text, "/* x */")),
    change("comment beside blank", |text| blanks(text, " /**/ ")),
    change("first blank as comment", |text| {
        if ends_at_line(text) {
            Vec::new()
        } else {
            vec![first_blank(text, "/**/")]
        }
    }),
    change("line comment for blank", |text| blanks(text, "--\n")),
    change("line comment with text for blank", |text| {
        blanks(text, " -- x\n")
    }),
    change("# comment for blank", |text| blanks(text, "#\n")),
    change("tab for blank in a query", |text| blanks(text, "\t")),
    change("line feed for blank", |text| blanks(text, "\n")),
    change("return and line feed for blank", |text| {
        blanks(text, "\r\n")
    }),
    change("form feed for blank", |text| blanks(text, "\u{c}")),
    change("vertical tab for blank", |text| blanks(text, "\u{b}")),
    change("several blanks in a query", |text| blanks(text, "   ")),
    change("plus for blank", |text| blanks(text, "+")),
    change("%20 for blank", |text| blanks(text, "%20")),
    change("%0a for blank", |text| blanks(text, "%0a")),
    change("letter in URL encoding", |text| {
        keywords(text, |word| {
            format!("%{:02X}{}", word.as_bytes()[0], &word[1..])
        })
    }),
    change("query in URL encoding", |text| vec![percent(text, "%")]),
    change("query in double URL encoding", |text| {
        vec![percent(text, "%25")]
    }),
    change("letter in \\u escape", |text| {
        keywords(text, |word| {
            format!("\\u{:04x}{}", word.as_bytes()[0], &word[1..])
        })
    }),
    change("keywords in upper case", |text| {
        vec![all_keywords(text, str::to_uppercase)]
    }),
    change("keywords in lower case", |text| {
        vec![all_keywords(text, str::to_lowercase)]
    }),
    change("keywords in mixed case", |text| {
        vec![all_keywords(text, spell::alternating)]
    }),
    change("keyword in a versioned comment", |text| {
        versioned(text, "50000")
    }),
    change("keyword in an executed comment", |text| versioned(text, "")),
    change("query in a versioned comment", |text| {
        if BEGIN.is_match(text) && !text.contains("/*") && !ends_at_line(text) {
            vec![format!("/*!50000 {} */", text.trim_end_matches([';', ' ']))]
        } else {
            Vec::new()
        }
    }),
    change("comment in front", |text| vec![format!("/* x */ {text}")]),
    change("line comment in front", |text| {
        vec![format!("-- x\n{text}")]
    }),
    change("comment at the end", |text| vec![format!("{text} /* x */")]),
    change("line comment at the end", |text| {
        vec![format!("{text} -- x")]
    }),
    change("# comment at the end", |text| vec![format!("{text} # x")]),
    change("semicolon at the end", |text| vec![format!("{text};")]),
    change("query in front", |text| {
        if BEGIN.is_match(text) {
            vec![format!("SELECT 1; {text}"), format!("SELECT 1;\n{text}")]
        } else {
            Vec::new()
        }
    }),
    change("blank before bracket", |text| {
        vec![outside(text, |part| call(part, " ("))]
    }),
    change("comment before bracket", |text| {
        vec![outside(text, |part| call(part, "/**/("))]
    }),
    change("blank within brackets", |text| {
        vec![outside(text, |part| {
            part.replace('(', "( ").replace(')', " )")
        })]
    }),
    change("number in brackets", |text| {
        vec![numbers(text, |number| format!("({number})"))]
    }),
    change("number with sign", |text| {
        vec![numbers(text, |number| format!("+{number}"))]
    }),
    change("number as sum", |text| {
        vec![numbers(text, |number| format!("{number}+0"))]
    }),
    change("number with fraction", |text| {
        vec![numbers(text, |number| format!("{number}.0"))]
    }),
    change("numbers as strings", |text| {
        vec![comparisons(text, |number| format!("'{number}'"))]
    }),
    change("blanks around comparison", |text| {
        vec![outside(text, |part| {
            COMPARE.replace_all(part, " $0 ").into_owned()
        })]
    }),
    change("blanks beside comparison taken away", |text| {
        vec![outside(text, |part| {
            WIDE_COMPARE.replace_all(part, "$1").into_owned()
        })]
    }),
    change("LIKE for equals", |text| vec![condition(text, " LIKE ")]),
    change("condition in brackets", |text| {
        vec![outside(text, |part| {
            CONDITION.replace_all(part, "$1($2)").into_owned()
        })]
    }),
    change("NOT NOT condition", |text| {
        vec![outside(text, |part| {
            CONDITION.replace_all(part, "$1 NOT NOT $2").into_owned()
        })]
    }),
    change("|| for OR, && for AND", |text| {
        vec![outside(text, |part| {
            let part = OR.replace_all(part, "||").into_owned();
            AND.replace_all(&part, "&&").into_owned()
        })]
    })
    // There they join commands: `name='x' || true` is everyday work.
    .not_in_commands(),
    change("select in brackets", |text| {
        vec![outside(text, |part| {
            SELECT_TAIL.replace(part, "$1($2)").into_owned()
        })]
    }),
    change("UNION DISTINCT", |text| {
        vec![outside(text, |part| {
            UNION.replace_all(part, "$1 DISTINCT $2").into_owned()
        })]
    }),
    change("string concatenated by ||", |text| {
        vec![strings(text, |left, right| format!("'{left}'||'{right}'"))]
    }),
    change("string concatenated by +", |text| {
        vec![strings(text, |left, right| format!("'{left}'+'{right}'"))]
    }),
    change("string concatenated by blank", |text| {
        vec![strings(text, |left, right| format!("'{left}' '{right}'"))]
    }),
    change("string in hexadecimal", |text| {
        vec![strings(text, |left, right| {
            format!(
                "0x{}",
                left.bytes()
                    .chain(right.bytes())
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>()
            )
        })]
    }),
    change("string from codes", |text| {
        vec![strings(text, |left, right| {
            let codes: Vec<String> = left
                .bytes()
                .chain(right.bytes())
                .map(|byte| byte.to_string())
                .collect();
            format!("CHAR({})", codes.join(","))
        })]
    }),
    change("name in backquotes", |text| vec![names(text, "`", "`")]),
    change("name in double quotes", |text| {
        vec![names(text, "\"", "\"")]
    }),
    change("name in square brackets", |text| {
        vec![names(text, "[", "]")]
    }),
    change("name with its schema", |text| {
        vec![names(text, "public.", "")]
    }),
    change("query from a concatenated string", |text| {
        if !BEGIN.is_match(text) {
            return Vec::new();
        }
        let literal = text.trim_end_matches([';', ' ', '\n']).replace('\'', "''");
        let Some((at, _)) = literal.char_indices().nth(3) else {
            return Vec::new();
        };
        let (left, right) = literal.split_at(at);
        vec![
            format!("EXECUTE IMMEDIATE '{left}'||'{right}'"),
            format!("EXEC('{left}'+'{right}')"),
        ]
    }),
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// A query of its own, not a piece put into one.
static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:select|insert\s+into|update|delete\s+from|drop|truncate|alter|grant|revoke|create)\s",
    )
});
static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"([a-zA-Z_]\w*)\s*\("));
static COMPARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[<>=!]{1,2}"));
static WIDE_COMPARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*([<>=!]{1,2})\s*"));
static CONDITION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(\b(?:or|and)\s*)(\d+\s*[<>=!]{1,2}\s*\d+)"));
static OR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bor\b"));
static AND: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\band\b"));
static UNION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(\bunion)\s+(?:all\s+)?(select\b)"));
static SELECT_TAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(\bunion(?:\s+all)?)\s+(select\s[^();]*)$"));

fn percent(text: &str, sign: &str) -> String {
    text.bytes()
        .map(|byte| format!("{sign}{byte:02X}"))
        .collect()
}

fn call(part: &str, bracket: &str) -> String {
    CALL.replace_all(part, |found: &Captures<'_>| {
        format!("{}{bracket}", &found[1])
    })
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(name: &str, text: &str) -> Vec<String> {
        let change = TABLE.iter().find(|change| change.name == name).unwrap();
        change.variants(text)
    }

    #[test]
    fn strings_are_left_alone() {
        assert_eq!(
            variants("empty comment for blank", "u='a b' OR 1"),
            ["u='a b'/**/OR/**/1"]
        );
        // Here the first quote closes a string of the attacked query.
        assert_eq!(
            variants("empty comment for blank", "' or '1'='1"),
            ["'/**/or/**/'1'='1"]
        );
    }

    #[test]
    fn queries_keep_their_meaning() {
        assert_eq!(
            variants("keyword in a versioned comment", "drop table t")[1],
            "drop /*!50000table*/ t"
        );
        assert_eq!(
            variants("number in brackets", "id=5 OR 1=1"),
            ["id=(5) OR (1)=(1)"]
        );
        assert_eq!(
            variants("select in brackets", "a UNION ALL SELECT 1"),
            ["a UNION ALL(SELECT 1)"]
        );
        assert_eq!(
            variants("name in backquotes", "DROP TABLE users"),
            ["DROP TABLE `users`"]
        );
        assert_eq!(
            variants("string concatenated by ||", "x = 'admin'"),
            ["x = 'ad'||'min'"]
        );
        assert!(variants("string concatenated by ||", "WAITFOR DELAY '0.0.5'").is_empty());
        assert_eq!(variants("query in URL encoding", "or"), ["%6F%72"]);
    }
}
