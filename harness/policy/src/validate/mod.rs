//! Rules that a pattern cannot say.
//!
//! - `digits`: check digits: Luhn, Verhoeff, IBAN.
//! - `identity`: national numbers: NRIC, FIN, SSN, NIK.
//! - `date`: days that exist.
//! - `secret`: values that somebody made up, and stand-ins for them.
//! - `tautology`: comparisons that say nothing.

mod date;
mod digits;
mod identity;
mod secret;
mod tautology;

use serde::{Deserialize, Serialize};

/// A rule that the text of a match must keep to be a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    /// Payment cards: Luhn check digit, 12 to 19 digits, not all the same (ISO/IEC 7812).
    Luhn,
    /// Aadhaar: Verhoeff check digit, twelve digits.
    Verhoeff,
    /// Singapore NRIC and FIN: the letter at the end.
    Nric,
    /// Singapore FIN alone.
    Fin,
    /// IBAN: country, length and mod 97 (ISO 13616).
    Iban,
    /// A day of 1900 to 2099 that exists, as Y-M-D, M/D/Y or D/M/Y.
    Date,
    /// US SSN: areas that were assigned.
    Ssn,
    /// Indonesian NIK: province and birth date.
    Nik,
    /// US bank routing number: the ABA check digit.
    Aba,
    /// A secret that was written down, and no placeholder.
    Secret,
    /// A comparison of constants, or of a thing with itself.
    Tautology,
}

impl Validator {
    /// Whether `text` keeps the rule. Characters that only separate are passed over.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        match self {
            Self::Luhn => digits::luhn(text),
            Self::Verhoeff => digits::verhoeff(text),
            Self::Iban => digits::iban(text),
            Self::Aba => digits::aba(text),
            Self::Nric => identity::nric(text, "STFGM"),
            Self::Fin => identity::nric(text, "FGM"),
            Self::Ssn => identity::ssn(text),
            Self::Nik => identity::nik(text),
            Self::Date => date::day(text),
            Self::Secret => secret::looks_real(text),
            Self::Tautology => tautology::tautology(text),
        }
    }

    /// Bytes from the beginning of `text` that keep the rule: an IBAN's country says where it ends,
    /// whatever follows. `None` if it does not hold.
    #[must_use]
    pub fn held(self, text: &str) -> Option<usize> {
        let len = match self {
            Self::Iban => digits::iban_end(text)?,
            _ => text.len(),
        };
        self.holds(&text[..len]).then_some(len)
    }
}

/// The ASCII digits of a text, in order.
fn digits_of(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}
