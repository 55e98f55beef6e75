use super::digits_of;

/// The letter at the end of a Singapore NRIC or FIN, whose first letter is one of `first`.
/// Source: the published weights 2 7 6 5 4 3 2, offsets of T, G (4) and M (3).
pub(super) fn nric(text: &str, first: &str) -> bool {
    let compact: Vec<char> = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let [prefix, digits @ .., last] = compact.as_slice() else {
        return false;
    };
    if digits.len() != 7 || !first.contains(*prefix) {
        return false;
    }
    let Some(sum) = digits
        .iter()
        .zip([2, 7, 6, 5, 4, 3, 2])
        .map(|(digit, weight)| digit.to_digit(10).map(|value| value * weight))
        .sum::<Option<u32>>()
    else {
        return false;
    };
    let (offset, letters) = match prefix {
        'S' => (0, "JZIHGFEDCBA"),
        'T' => (4, "JZIHGFEDCBA"),
        'F' => (0, "XWUTRQPNMLK"),
        'G' => (4, "XWUTRQPNMLK"),
        'M' => (3, "KLJNPQRTUWX"),
        _ => return false,
    };
    let mut at = ((sum + offset) % 11) as usize;
    if *prefix == 'M' {
        at = 10 - at;
        let letters: Vec<char> = "KLJNPQRTUWX".chars().collect();
        return letters.get(at) == Some(last);
    }
    letters.chars().nth(at) == Some(*last)
}

/// Areas 000, 666 and 900 to 999, group 00 and serial 0000 were never assigned.
/// Source: Social Security Administration, SSN randomization.
pub(super) fn ssn(text: &str) -> bool {
    let digits = digits_of(text);
    let Ok([a, b, c, d, e, f, g, h, i]) = <[u32; 9]>::try_from(digits) else {
        return false;
    };
    let (area, group) = (a * 100 + b * 10 + c, d * 10 + e);
    let serial = f * 1000 + g * 100 + h * 10 + i;
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0
}

/// Province, then the birth date as DDMMYY, 40 added to the day of women.
/// Source: Permendagri 72/2022, structure of the NIK.
pub(super) fn nik(text: &str) -> bool {
    let digits = digits_of(text);
    if digits.len() != 16 {
        return false;
    }
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    let (province, day, month) = (two(0), two(6), two(8));
    let day = if day > 40 { day - 40 } else { day };
    matches!(province, 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81..=82 | 91..=97)
        && (1..=31).contains(&day)
        && (1..=12).contains(&month)
        && !(month == 2 && day > 29)
        && !(matches!(month, 4 | 6 | 9 | 11) && day > 30)
        && digits[12..] != [0, 0, 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singapore_numbers_have_a_letter() {
        for id in ["S1234567D", "T0123456G", "F1234567N", "G1234567X"] {
            assert!(nric(id, "STFGM"), "{id}");
        }
        assert!(
            !nric("S1234567A", "STFGM") && !nric("S1234567D", "FGM") && !nric("X1234567D", "STFGM")
        );
        let letters = ('A'..='Z').filter(|l| nric(&format!("M1234567{l}"), "STFGM"));
        assert_eq!(letters.count(), 1);
    }

    #[test]
    fn never_assigned_numbers_are_none() {
        assert!(ssn("123-45-6789"));
        for other in [
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "123-00-6789",
            "123-45-0000",
        ] {
            assert!(!ssn(other), "{other}");
        }
        assert!(nik("3174042506780001") && nik("3174046506780001"));
        for other in ["9974042506780001", "3174043213780001", "3174043002780001"] {
            assert!(!nik(other), "{other}");
        }
    }
}
