/// A day that exists: year first, or year last with month and day in either order.
pub(super) fn day(text: &str) -> bool {
    let parts: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    match parts[..] {
        [year @ 1900..=2099, month, day] => exists(year, month, day),
        [a, b, year @ 1900..=2099] => exists(year, a, b) || exists(year, b, a),
        _ => false,
    }
}

fn exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist() {
        for one in ["1990-04-17", "4/17/1990", "17/4/1990", "2000-02-29"] {
            assert!(day(one), "{one}");
        }
        for other in [
            "1990-02-30",
            "31/31/1990",
            "1990-00-01",
            "2100-01-01",
            "12/3",
        ] {
            assert!(!day(other), "{other}");
        }
    }
}
