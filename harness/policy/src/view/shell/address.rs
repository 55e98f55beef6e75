//! Hosts in all the ways that programs take them.

/// A word that is nothing but a number a program would take for an address.
pub(super) fn looks_numeric(word: &str) -> bool {
    let long = word.len() >= 8 && word.chars().all(|c| c.is_ascii_digit());
    let hex = word.len() > 6
        && word.starts_with("0x")
        && word[2..]
            .chars()
            .all(|c| c.is_ascii_hexdigit() || c == '.' || c == 'x');
    let dotted = word.contains('.')
        && word.len() <= 32
        && word
            .chars()
            .all(|c| c.is_ascii_hexdigit() || c == '.' || c == 'x');
    long && word.len() == 10 || hex || dotted && word.split('.').all(|part| number(part).is_some())
}

/// The word with its host as four numbers, if the host is an address, and without percent signs.
pub(super) fn plain(word: &str) -> String {
    let word = unpercent(word);
    let (scheme, rest) = word
        .split_once("://")
        .map_or(("", word.as_str()), |(scheme, rest)| (scheme, rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host_port) = authority
        .rsplit_once('@')
        .map_or((None, authority), |(user, host)| (Some(user), host));
    let (host, port) = match host_port
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((host, port)) => (host, port.to_owned()),
        None => match host_port.split_once(':') {
            Some((host, port)) => (host, format!(":{port}")),
            None => (host_port, String::new()),
        },
    };
    let host = host_of(host);
    let scheme = if scheme.is_empty() {
        String::new()
    } else {
        format!("{}://", scheme.to_ascii_lowercase())
    };
    let user = user.map_or(String::new(), |user| format!("{user}@"));
    format!("{scheme}{user}{host}{port}{path}")
}

fn host_of(host: &str) -> String {
    let lower = host.trim_end_matches('.').to_ascii_lowercase();
    if let Ok(six) = lower.parse::<std::net::Ipv6Addr>() {
        return match six.to_ipv4() {
            Some(four)
                if six != std::net::Ipv6Addr::LOCALHOST
                    && six != std::net::Ipv6Addr::UNSPECIFIED =>
            {
                four.to_string()
            }
            _ => format!("[{six}]"),
        };
    }
    if let Some(four) = address(&lower) {
        return std::net::Ipv4Addr::from(four).to_string();
    }
    // Names that answer with the address they begin with.
    for wildcard in [".nip.io", ".sslip.io", ".xip.io"] {
        if let Some(inner) = lower.strip_suffix(wildcard) {
            let dotted = inner.replace('-', ".");
            let last: Vec<&str> = dotted.rsplit('.').take(4).collect();
            let four: Vec<&str> = last.into_iter().rev().collect();
            if let Some(four) = address(&four.join(".")) {
                return std::net::Ipv4Addr::from(four).to_string();
            }
        }
    }
    lower
}

/// As `inet_aton` reads it: one to four numbers, decimal, octal or hexadecimal.
fn address(host: &str) -> Option<u32> {
    let parts: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 32 - 8 * first.len() as u32;
    if room < 32 && *last >= 1 << room {
        return None;
    }
    let high = first
        .iter()
        .enumerate()
        .fold(0, |sum, (at, part)| sum | part << (24 - 8 * at));
    Some(high | last)
}

fn number(text: &str) -> Option<u32> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hex, 16).ok();
    }
    match text {
        "" => None,
        octal if octal.len() > 1 && octal.starts_with('0') => u32::from_str_radix(octal, 8).ok(),
        decimal => decimal.parse().ok(),
    }
}

fn unpercent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |at: usize| {
            bytes
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, _, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_one_address() {
        for host in [
            "169.254.169.254",
            "2852039166",
            "0xA9FEA9FE",
            "0251.0376.0251.0376",
            "169.254.43518",
            "[::ffff:169.254.169.254]",
            "169.254.169.254.nip.io",
            "%3169.254.169.254",
            "169.254.169.254.",
        ] {
            assert_eq!(
                plain(&format!("HTTP://{host}/x")),
                "http://169.254.169.254/x",
                "{host}"
            );
        }
        assert_eq!(plain("http://u@127.1:8080/"), "http://u@127.0.0.1:8080/");
        assert_eq!(plain("http://example.com/a%20b"), "http://example.com/a b");
        assert!(
            looks_numeric("2852039166")
                && looks_numeric("0x7f.1")
                && !looks_numeric("12345")
                && !looks_numeric("a.b")
        );
    }
}
