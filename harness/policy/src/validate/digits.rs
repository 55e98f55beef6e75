use super::digits_of;

/// Source: ISO/IEC 7812-1, annex B.
pub(super) fn luhn(text: &str) -> bool {
    let digits = digits_of(text);
    if !(12..=19).contains(&digits.len()) || digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The dihedral group of order ten: `a * b`.
fn dihedral(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Source: J. Verhoeff, Error Detecting Decimal Codes (1969).
pub(super) fn verhoeff(text: &str) -> bool {
    const STEP: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let digits = digits_of(text);
    if digits.len() != 12 {
        return false;
    }
    let permute = |digit: u32, times: usize| (0..times % 8).fold(digit, |d, _| STEP[d as usize]);
    digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |check, (at, digit)| dihedral(check, permute(*digit, at)))
        == 0
}

/// Source: ISO 13616 and the SWIFT registry (lengths of the countries that use IBANs most).
pub(super) fn iban(text: &str) -> bool {
    let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let compact = compact.to_ascii_uppercase();
    if !compact.is_ascii() || compact.len() < 15 || compact.len() > 34 {
        return false;
    }
    let (country, rest) = compact.split_at(2);
    let known = LENGTHS.iter().find(|(code, _)| *code == country);
    if known.is_none_or(|(_, length)| *length != compact.len()) {
        return false;
    }
    let (check, account) = rest.split_at(2);
    let rearranged = account.chars().chain(country.chars()).chain(check.chars());
    let remainder = rearranged.fold(0_u32, |sum, c| match c.to_digit(36) {
        Some(value) if value < 10 => (sum * 10 + value) % 97,
        Some(value) => (sum * 100 + value) % 97,
        None => sum,
    });
    remainder == 1
}

/// Where the IBAN at the beginning ends by its country's length: at the end of a word, or where
/// digits end and only letters follow in the same word.
pub(super) fn iban_end(text: &str) -> Option<usize> {
    let signs = text.chars().filter(char::is_ascii_alphanumeric).take(2);
    let country = signs.collect::<String>().to_ascii_uppercase();
    let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
    let (at, c) = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_alphanumeric())
        .nth(length - 1)?;
    let end = at + c.len_utf8();
    let word = text[end..]
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()?;
    let is_edge = c.is_ascii_digit() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    (word.is_empty() || is_edge).then_some(end)
}

const LENGTHS: [(&str, usize); 82] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VG", 24),
];

/// Source: American Bankers Association, routing transit numbers.
pub(super) fn aba(text: &str) -> bool {
    let digits = digits_of(text);
    let Some(routing) = digits.first_chunk::<9>() else {
        return false;
    };
    let [a, b, c, d, e, f, g, h, i] = *routing;
    let prefix = a * 10 + b;
    let assigned = matches!(prefix, 0..=12 | 21..=32 | 61..=72 | 80);
    assigned
        && routing.iter().any(|digit| *digit != 0)
        && (3 * (a + d + g) + 7 * (b + e + h) + c + f + i).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_have_a_luhn_digit() {
        for card in [
            "4111 1111 1111 1111",
            "5500-0000-0000-0004",
            "378282246310005",
        ] {
            assert!(luhn(card), "{card}");
        }
        for other in ["4111 1111 1111 1112", "0000 0000 0000 0000", "1234"] {
            assert!(!luhn(other), "{other}");
        }
    }

    #[test]
    fn aadhaar_has_a_verhoeff_digit() {
        let held: Vec<String> = (0..10)
            .map(|digit| format!("23456789012{digit}"))
            .filter(|number| verhoeff(number))
            .collect();
        assert_eq!(held.len(), 1);
        // The code notices every exchange of neighbours that differ.
        for at in 0..11 {
            let mut swapped: Vec<char> = held[0].chars().collect();
            swapped.swap(at, at + 1);
            let swapped: String = swapped.into_iter().collect();
            assert!(swapped == held[0] || !verhoeff(&swapped), "{swapped}");
        }
    }

    #[test]
    fn ibans_have_length_and_remainder() {
        for iban_text in [
            "DE89370400440532013000",
            "GB29 NWBK 6016 1331 9268 19",
            "NL91ABNA0417164300",
        ] {
            assert!(iban(iban_text), "{iban_text}");
        }
        for other in [
            "DE89370400440532013001",
            "DE8937040044053201300",
            "XX89370400440532013000",
        ] {
            assert!(!iban(other), "{other}");
        }
    }

    #[test]
    fn an_iban_ends_where_its_country_says() {
        assert_eq!(iban_end("AT61 1904 3002 3457 3201 SIGN"), Some(24));
        assert_eq!(iban_end("AT61 1904 3002 3457 32012"), None);
        assert_eq!(iban_end("A T61 1904 3002 3457 3201"), Some(25));
        assert_eq!(iban_end("AT61 1904 3002 3457 3201x"), Some(24));
        assert_eq!(iban_end("AT61 1904 3002 3457 3201x2"), None);
        assert_eq!(iban_end("AT61"), None);
    }

    #[test]
    fn routing_numbers_have_a_check_digit() {
        assert!(aba("021000021") && !aba("021000022") && !aba("12345"));
    }
}
