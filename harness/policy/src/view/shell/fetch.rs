//! Files that `curl` and `wget` leave.

use super::wrapper::base;

/// Where the command puts what it fetches, if it is a file.
pub(super) fn saved(words: &[String]) -> Option<String> {
    let (name, arguments) = words.split_first()?;
    let url = arguments
        .iter()
        .rfind(|word| word.contains("://") || word.contains('.') && !word.starts_with('-'));
    let remote = || url.map(|url| base(url.split(['?', '#']).next().unwrap_or(url)).to_owned());
    let (short, long) = match name.as_str() {
        "curl" => ('o', "--output"),
        "wget" => ('O', "--output-document"),
        "aria2c" => ('o', "--out"),
        _ => return None,
    };
    for (at, word) in arguments.iter().enumerate() {
        let next = || arguments.get(at + 1).cloned();
        if let Some(rest) = word.strip_prefix(long) {
            return rest
                .strip_prefix('=')
                .map(str::to_owned)
                .or_else(next)
                .filter(|file| file != "-");
        }
        let flags = word
            .strip_prefix('-')
            .filter(|flags| !flags.starts_with('-'));
        if let Some((_, own)) = flags.and_then(|flags| flags.split_once(short)) {
            let file = if own.is_empty() {
                next()
            } else {
                Some(own.to_owned())
            };
            return file.filter(|file| file != "-");
        }
        let by_name = name == "curl"
            && (word == "--remote-name" || flags.is_some_and(|flags| flags.contains('O')));
        if by_name {
            return remote();
        }
    }
    if name == "curl" { None } else { remote() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named() {
        let of = |line: &str| saved(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            of("curl -fsSLo i.sh https://a.example/x").as_deref(),
            Some("i.sh")
        );
        assert_eq!(
            of("curl -O https://a.example/x.sh?y").as_deref(),
            Some("x.sh")
        );
        assert_eq!(of("wget https://a.example/x.sh").as_deref(), Some("x.sh"));
        assert_eq!(of("wget -qO- https://a.example/x.sh"), None);
        assert_eq!(of("curl https://a.example/x.sh"), None);
    }
}
