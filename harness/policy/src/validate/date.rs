use super::digits_of;

/// A day that exists: year first, or year last with month and day in either order; eight digits in
/// any grouping are read as both.
pub(super) fn day(text: &str) -> bool {
    let parts: Vec<u32> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    match parts[..] {
        [year @ 1900..=2099, month, day] => exists(year, month, day),
        [a, b, year @ 1900..=2099] => exists(year, a, b) || exists(year, b, a),
        _ => compact(&digits_of(text)),
    }
}

fn compact(digits: &[u32]) -> bool {
    let [a, b, c, d, e, f, g, h] = *digits else {
        return false;
    };
    let (first, second, third, last) = (a * 10 + b, c * 10 + d, e * 10 + f, g * 10 + h);
    let (year_first, year_last) = (first * 100 + second, third * 100 + last);
    let years = 1900..=2099;
    years.contains(&year_first) && exists(year_first, third, last)
        || years.contains(&year_last)
            && (exists(year_last, first, second) || exists(year_last, second, first))
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
        for one in [
            "1990-04-17",
            "4/17/1990",
            "17/4/1990",
            "2000-02-29",
            "04171990",
            "1 9 9 0 0 4 1 7",
            "1990-0417",
        ] {
            assert!(day(one), "{one}");
        }
        for other in [
            "1990-02-30",
            "31/31/1990",
            "1990-00-01",
            "2100-01-01",
            "12/3",
            "31311990",
            "0417199",
        ] {
            assert!(!day(other), "{other}");
        }
    }
}
