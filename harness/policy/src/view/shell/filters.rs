//! Commands whose output can be told from their input.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::escape::unescape;

/// Bytes that unpacking may make.
const UNPACKED: u64 = 64 << 10;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What the command writes, given what it reads. Binary output in Latin-1: one character a byte.
pub(super) fn output(words: &[String], stdin: Option<&str>) -> Option<String> {
    let (name, arguments) = words.split_first()?;
    let has = |flags: &[&str]| {
        arguments
            .iter()
            .any(|argument| flags.contains(&argument.as_str()))
    };
    match name.as_str() {
        "echo" => Some(echo(arguments)),
        "printf" => printf(arguments),
        "cat" | "tee" if arguments.iter().all(|one| one == "-") => stdin.map(str::to_owned),
        "base64" if arguments.iter().any(|one| is_decode(one)) => decoded(stdin?),
        "openssl" if has(&["-d"]) && has(&["base64", "-base64", "-a"]) => decoded(stdin?),
        "base32" => None,
        "xxd"
            if arguments
                .iter()
                .any(|one| one.starts_with("-r") || one.contains("r") && one.contains("p")) =>
        {
            unhex(stdin?)
        }
        "rev" => Some(
            stdin?
                .lines()
                .map(|line| line.chars().rev().collect::<String>() + "\n")
                .collect(),
        ),
        "tr" => tr(arguments, stdin?),
        "sed" => sed(arguments, stdin?),
        "gzip" | "gunzip" | "zcat" | "pigz" => gunzip(stdin?),
        "tac" => Some(
            stdin?
                .lines()
                .rev()
                .map(|line| format!("{line}\n"))
                .collect(),
        ),
        "which" | "type" => arguments.iter().rfind(|one| !one.starts_with('-')).cloned(),
        "command" if has(&["-v"]) => arguments.last().cloned(),
        "find" => Some(found(arguments)),
        "ls" if has(&["-d", "-1d"]) => Some(
            arguments
                .iter()
                .filter(|one| !one.starts_with('-'))
                .map(|one| format!("{one}\n"))
                .collect(),
        ),
        "true" | ":" | "cd" | "export" | "set" => Some(String::new()),
        _ => None,
    }
}

/// Where `find` looks: all that it finds, unless it looks for names.
fn found(arguments: &[String]) -> String {
    let roots = arguments.iter().take_while(|one| !one.starts_with('-'));
    let filtered = arguments.iter().any(|one| {
        one.contains("name") || one.contains("path") || one.contains("time") || one.contains("size")
    });
    let rest = if filtered { "/{}" } else { "" };
    roots.map(|root| format!("{root}{rest}\n")).collect()
}

fn is_decode(argument: &str) -> bool {
    let short =
        argument.starts_with('-') && !argument.starts_with("--") && argument.contains(['d', 'D']);
    short || argument.len() > 3 && "--decode".starts_with(argument)
}

fn echo(arguments: &[String]) -> String {
    let is_flag = |one: &&String| {
        one.len() > 1 && one.starts_with('-') && one[1..].chars().all(|c| "neE".contains(c))
    };
    let flags: Vec<&String> = arguments.iter().take_while(is_flag).collect();
    let text = arguments[flags.len()..].join(" ");
    let text = if flags.iter().any(|one| one.contains('e')) || text.contains("\\x") {
        unescape(&text)
    } else {
        text
    };
    if flags.iter().any(|one| one.contains('n')) {
        text
    } else {
        text + "\n"
    }
}

fn printf(arguments: &[String]) -> Option<String> {
    let arguments = if arguments.first().is_some_and(|one| one == "--") {
        &arguments[1..]
    } else {
        arguments
    };
    let (format, mut values) = arguments.split_first()?;
    let mut text = String::new();
    // The format is used again while there are values; a few rounds show what it is about.
    for _ in 0..64 {
        let before = values.len();
        let mut rest = format.as_str();
        while let Some((literal, directive)) = rest.split_once('%') {
            text.push_str(&unescape(literal));
            let end = directive.find(|c: char| c.is_alphabetic() || c == '%');
            let Some(kind) = end.and_then(|end| directive[end..].chars().next()) else {
                rest = "";
                break;
            };
            rest = &directive[end.unwrap_or(0) + kind.len_utf8()..];
            if kind == '%' {
                text.push('%');
                continue;
            }
            let (value, others) = values
                .split_first()
                .map_or((String::new(), values), |(one, others)| {
                    (one.clone(), others)
                });
            values = others;
            text.push_str(&if kind == 'b' { unescape(&value) } else { value });
        }
        text.push_str(&unescape(rest));
        if values.is_empty() || values.len() == before {
            break;
        }
    }
    Some(text)
}

fn latin1(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn bytes(text: &str) -> Vec<u8> {
    let latin: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    latin.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn decoded(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let decoded = BASE64.decode(compact.trim_end_matches('=')).ok()?;
    Some(latin1(&decoded))
}

fn unhex(text: &str) -> Option<String> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect();
    Some(latin1(&bytes))
}

fn gunzip(text: &str) -> Option<String> {
    let packed = bytes(text);
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(packed.as_slice()).take(UNPACKED);
    let _ = reader.read_to_end(&mut unpacked);
    (!unpacked.is_empty()).then(|| latin1(&unpacked))
}

/// The characters of a set such as `a-zA-Z`.
fn set(text: &str) -> Vec<char> {
    let text = unescape(text);
    let chars: Vec<char> = text.trim_matches(['[', ']']).chars().collect();
    let mut all = Vec::new();
    let mut at = 0;
    while at < chars.len() && all.len() < 1024 {
        match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(last)) => {
                all.extend((chars[at]..=*last).take(256));
                at += 3;
            }
            _ => {
                all.push(chars[at]);
                at += 1;
            }
        }
    }
    all
}

fn tr(arguments: &[String], stdin: &str) -> Option<String> {
    match arguments {
        [flag, from] if flag == "-d" => {
            let from = set(from);
            Some(stdin.chars().filter(|c| !from.contains(c)).collect())
        }
        [from, to] if !from.starts_with('-') => {
            let (from, to) = (set(from), set(to));
            let swap = |c: char| {
                let at = from.iter().rposition(|one| *one == c);
                at.and_then(|at| to.get(at).or(to.last()).copied())
                    .unwrap_or(c)
            };
            Some(stdin.chars().map(swap).collect())
        }
        _ => None,
    }
}

fn sed(arguments: &[String], stdin: &str) -> Option<String> {
    let script = arguments.iter().find(|one| !one.starts_with('-'))?;
    let mut chars = script.chars();
    if chars.next() != Some('s') {
        return None;
    }
    let separator = chars.next()?;
    let parts: Vec<&str> = script[1 + separator.len_utf8()..]
        .split(separator)
        .collect();
    match parts[..] {
        [from, to, flags]
            if !from.is_empty() && !from.contains(['*', '[', '.', '^', '$', '\\', '+']) =>
        {
            let all = flags.contains('g');
            let line = |line: &str| {
                if all {
                    line.replace(from, to)
                } else {
                    line.replacen(from, to, 1)
                }
            };
            Some(stdin.lines().map(|one| line(one) + "\n").collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], stdin: Option<&str>) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        output(&words, stdin)
    }

    #[test]
    fn what_goes_in_comes_out() {
        assert_eq!(of(&["echo", "-n", "a", "b"], None).as_deref(), Some("a b"));
        assert_eq!(
            of(&["printf", "%s-%s", "r", "m"], None).as_deref(),
            Some("r-m")
        );
        assert_eq!(of(&["printf", "\\162m"], None).as_deref(), Some("rm"));
        assert_eq!(
            of(&["printf", "\\x252f%%%s", "x"], None).as_deref(),
            Some("%2f%x")
        );
        assert_eq!(
            of(&["base64", "-d"], Some("cm0gLXJmIC8=\n")).as_deref(),
            Some("rm -rf /")
        );
        assert_eq!(
            of(&["xxd", "-r", "-p"], Some("726d")).as_deref(),
            Some("rm")
        );
        assert_eq!(of(&["rev"], Some("mr")).as_deref(), Some("rm\n"));
        assert_eq!(
            of(&["tr", "A-Za-z", "N-ZA-Mn-za-m"], Some("ez")).as_deref(),
            Some("rm")
        );
        assert_eq!(
            of(&["sed", "s/x//g"], Some("rxxm")).as_deref(),
            Some("rm\n")
        );
        assert_eq!(of(&["ls"], None), None);
    }
}
