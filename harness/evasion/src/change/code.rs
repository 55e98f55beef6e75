//! The same code or the same setting.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Change, spell};
use crate::Kind;

const fn change(name: &'static str, apply: fn(&str) -> Vec<String>) -> Change {
    Change::new(Kind::Code, name, apply)
}

pub(super) const TABLE: &[Change] = &[
    change("other quotes", |text| {
        let swapped = text.chars().map(|c| match c {
            '\'' => '"',
            '"' => '\'',
            other => other,
        });
        if text.contains('\'') && text.contains('"') {
            Vec::new()
        } else {
            vec![swapped.collect()]
        }
    }),
    change("blank before call", |text| {
        each(&CALL, text, |f| format!("{} (", &f[1]))
    }),
    change("tab before call", |text| {
        each(&CALL, text, |f| format!("{}\t(", &f[1]))
    }),
    change("blank within call", |text| {
        each(&CALL, text, |f| format!("{}( ", &f[1]))
    }),
    change("line within call", |text| {
        each(&CALL, text, |f| format!("{}(\n", &f[1]))
    }),
    change("blanks around dot", |text| {
        each(&MEMBER, text, |f| format!("{} . {}", &f[1], &f[2]))
    }),
    change("member by name", |text| {
        each(&MEMBER, text, |f| {
            format!("getattr({}, '{}')", &f[1], &f[2])
        })
    }),
    change("blanks around =", |text| {
        each(&ASSIGN, text, |_| " = ".to_owned())
    }),
    change("no blanks around =", |text| {
        each(&ASSIGN, text, |_| "=".to_owned())
    }),
    change("tabs around =", |text| {
        each(&ASSIGN, text, |_| "\t=\t".to_owned())
    }),
    change("colon with other blanks", |text| {
        keys(&COLON, text, |f| format!("{} :  ", &f[1]))
    }),
    change("key in double quotes", |text| {
        keys(&KEY, text, |f| format!("\"{}\"{}", &f[1], &f[2]))
    }),
    change("key in upper case", |text| {
        keys(&KEY, text, |f| format!("{}{}", f[1].to_uppercase(), &f[2]))
    }),
    change("key with a capital", |text| {
        keys(&KEY, text, |f| {
            format!("{}{}{}", f[1][..1].to_uppercase(), &f[1][1..], &f[2])
        })
    }),
    change("key with dash for underscore", |text| {
        keys(&KEY, text, |f| {
            format!("{}{}", f[1].replace('_', "-"), &f[2])
        })
    }),
    change("value in quotes", |text| {
        each(&BARE, text, |f| format!("{}'{}'", &f[1], &f[2]))
    }),
    change("True as 1", |text| {
        vec![text.replace("=True", "=1").replace("= True", "= 1")]
    }),
    change("True as not False", |text| {
        vec![
            text.replace("=True", "=not False")
                .replace("= True", "= not False"),
        ]
    }),
    change("letter as \\u escape", |text| {
        each(&JS_EVAL, text, |f| {
            format!("\\u{:04x}{}(", f[1].as_bytes()[0], &f[1][1..])
        })
    }),
    change("comment before call", |text| {
        each(&JS_EVAL, text, |f| format!("{}/**/(", &f[1]))
    }),
    change("optional call", |text| {
        each(&JS_EVAL, text, |f| format!("{}?.(", &f[1]))
    }),
    change("callee in brackets", |text| {
        each(&JS_EVAL, text, |f| format!("({})(", &f[1]))
    }),
    change("callee by name", |text| {
        each(&JS_EVAL, text, |f| format!("globalThis['{}'](", &f[1]))
    }),
    change("quotes around a secret", |text| {
        if text.contains('"') {
            return Vec::new();
        }
        secrets(text, |found| format!("\"{found}\""))
    }),
    change("secret in a line of its own", |text| {
        secrets(text, |found| format!("\n{found}\n"))
    }),
    change("zero-width space in a secret", |text| {
        secrets(text, |found| {
            format!("{}\u{200b}{}", &found[..4], &found[4..])
        })
    })
    .informational(),
    change("secret concatenated", |text| {
        secrets(text, |found| {
            format!("'{}' + '{}'", &found[..2], &found[2..])
        })
    })
    .informational(),
    change("secret with \\x escape", |text| {
        secrets(text, |found| {
            format!("\\x{:02x}{}", found.as_bytes()[0], &found[1..])
        })
    })
    .informational(),
    change("secret in base64", |text| {
        use base64::Engine as _;
        secrets(text, |found| {
            base64::engine::general_purpose::STANDARD.encode(found)
        })
    })
    .informational(),
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([A-Za-z_]\w*)\s*\("));
static MEMBER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(os|subprocess|pickle|yaml)\.([a-z_]+)\b"));
static ASSIGN: LazyLock<Regex> = LazyLock::new(|| pattern(r"[ \t]*=[ \t]*"));
static COLON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"((?:^|[{,\n])\s*["']?[A-Za-z_][\w.-]*["']?):[ \t]*"#));
static KEY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b([A-Za-z_]+(?:[-_][A-Za-z]+)*)(\s*[:=])"));
static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([^=:]*[=:]\s*)([\w$./+:-]+)$"));
static JS_EVAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^(eval)\s*\("));
static SECRET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9_/+.-]{20,}|-----BEGIN [A-Z ]+-----"));

/// Keys of settings; the name of an argument, or a header within a key file, can be written in one
/// way only.
fn keys(regex: &Regex, text: &str, write: impl Fn(&Captures<'_>) -> String) -> Vec<String> {
    let is_open = |before: &str| before.matches('(').count() > before.matches(')').count();
    each(regex, text, |found| {
        let whole = found.get(0).expect("the match");
        let stays = is_open(&text[..whole.start()]) || text.contains("-----BEGIN");
        if stays {
            whole.as_str().to_owned()
        } else {
            write(found)
        }
    })
}

/// One variant for each place, and none where text looks like a URL.
fn each(regex: &Regex, text: &str, write: impl Fn(&Captures<'_>) -> String) -> Vec<String> {
    if text.contains("://") {
        return Vec::new();
    }
    let changed = |found: Captures<'_>| {
        let whole = found.get(0).expect("the match");
        let is_comparison = text[..whole.start()].ends_with(['=', '!', '<', '>'])
            || text[whole.end()..].starts_with('=');
        (!is_comparison).then(|| spell::put(text, whole.range(), &write(&found)))
    };
    regex.captures_iter(text).filter_map(changed).collect()
}

fn secrets(text: &str, write: impl Fn(&str) -> String) -> Vec<String> {
    let changed = |found: regex::Match<'_>| spell::put(text, found.range(), &write(found.as_str()));
    // Words of letters alone are names and paths.
    let is_secret = |found: &regex::Match<'_>| {
        found.as_str().contains(|c: char| c.is_ascii_digit()) || found.as_str().starts_with('-')
    };
    let found = SECRET.find_iter(text).filter(is_secret);
    found.map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variants(name: &str, text: &str) -> Vec<String> {
        let change = TABLE.iter().find(|change| change.name == name).unwrap();
        change.variants(text)
    }

    #[test]
    fn code_keeps_its_meaning() {
        assert_eq!(
            variants("blank before call", "eval(f(x))"),
            ["eval (f(x))", "eval(f (x))"]
        );
        assert_eq!(variants("no blanks around =", "a = b"), ["a=b"]);
        assert!(variants("blanks around =", "a == b").is_empty());
        assert_eq!(
            variants("key in double quotes", "db_password=x"),
            ["\"db_password\"=x"]
        );
        assert_eq!(variants("value in quotes", "token: abc"), ["token: 'abc'"]);
        assert_eq!(variants("value in quotes", "c=a:b"), ["c='a:b'"]);
        assert!(variants("colon with other blanks", "c=a:b").is_empty());
        assert!(variants("key in upper case", "load(f, loader=x)").is_empty());
        assert!(
            variants(
                "secret in a line of its own",
                "open('.claude/settings.local.json')"
            )
            .is_empty()
        );
    }
}
