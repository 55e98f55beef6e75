/// Whether a comparison says nothing about the data: between two constants, or of a thing with
/// itself.
pub(super) fn tautology(text: &str) -> bool {
    let signs = ["<=>", "!=", "<>", "<=", ">=", "==", "=", "<", ">"];
    let words = [" like ", " rlike ", " regexp ", " glob ", " is ", " in("];
    let first = |operators: &[&str]| {
        operators
            .iter()
            .filter_map(|operator| text.find(operator).map(|at| (at, operator.len())))
            .min_by_key(|(at, len)| (*at, usize::MAX - len))
    };
    let Some((at, len)) = first(&signs).or_else(|| first(&words)) else {
        return false;
    };
    let (left, right) = (side(&text[..at]), side(&text[at + len..]));
    (is_constant(left) && is_constant(right)) || (!left.is_empty() && left == right)
}

fn side(text: &str) -> &str {
    text.trim_matches([' ', '(', ')', ';', '-', '+', '~', '!'])
}

fn is_constant(text: &str) -> bool {
    let number = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ".x".contains(c))
    };
    number(text)
        || matches!(text, "true" | "false" | "null")
        || text
            .strip_prefix('n')
            .unwrap_or(text)
            .starts_with(['\'', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_of_nothing() {
        for text in [
            "1=1",
            "17<>18",
            "'a'='a",
            "\"a\"=\"a\"",
            "''=''",
            "login=login",
            "2>1",
            "(1)=(1)",
            "1 like 1",
            "'a' like 'a",
            "true=true",
        ] {
            assert!(tautology(text), "{text}");
        }
        for text in [
            "a=1",
            "color='red'",
            "1=id",
            "a=b",
            "x",
            "a like 'b%'",
            "=1",
        ] {
            assert!(!tautology(text), "{text}");
        }
    }
}
