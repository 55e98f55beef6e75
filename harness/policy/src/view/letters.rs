use super::text;

/// Only letters and digits of the text view, in lower case.
pub(super) fn see(statement: &str) -> String {
    let seen = text::see(statement);
    seen.text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stands_between_letters() {
        assert_eq!(see("I g-n_o\nr e: the Ｓystem"), "ignorethesystem");
    }
}
