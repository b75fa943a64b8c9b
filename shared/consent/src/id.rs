//! Identifiers as they stand in paths and tokens, and phone numbers as they stand on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier or a phone number. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Ids are 1 to 64 characters of `A-Z a-z 0-9 _ . -`, but not `.` or `..`.
    #[error("must be 1 to 64 characters of A-Z a-z 0-9 _ . - and neither . nor ..")]
    Id,
    /// Phone numbers are E.164: `+`, then 8 to 15 digits, the first not 0.
    #[error("must be a phone number in E.164, such as +1 and ten digits")]
    PhoneNumber,
}

macro_rules! id {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// [`ParseError::Id`] when the text is none.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(ParseError::Id) }
            }

            /// The id as it stands in a path.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(text: String) -> Result<Self, ParseError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A self-storage site.
    FacilityId
);
id!(
    /// A person renting at one facility. The same person at two facilities is two tenants.
    TenantId
);
id!(
    /// A text of a facility's tenants that a person has to read.
    ReviewId
);

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        && text != "."
        && text != ".."
}

/// A phone number in E.164, such as `+15125550142`. It is personal data: `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number that is in E.164 already, as providers send it, and gives it its one form (see below). What people
    /// type goes through a numbering plan first, where it is registered.
    ///
    /// Some mobile numbers can be written in two ways, and providers name the sender of a reply in either. A number has
    /// one form here, so that a reply always finds its tenant: the one that libphonenumber gives a mobile number.
    ///
    /// # Errors
    /// [`ParseError::PhoneNumber`] when the text is none.
    pub fn parse_e164(text: &str) -> Result<Self, ParseError> {
        let digits = text.strip_prefix('+').ok_or(ParseError::PhoneNumber)?;
        let good = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if good {
            Ok(Self(one_form(digits)))
        } else {
            Err(ParseError::PhoneNumber)
        }
    }

    /// Reads a number as a provider names the two ends of a text: in E.164, without its `+`, or a North American one
    /// without its country; spaced or not. Short codes and names are none.
    ///
    /// # Errors
    /// [`ParseError::PhoneNumber`] when the text is none.
    pub fn parse_end(text: &str) -> Result<Self, ParseError> {
        let plain: String = text
            .chars()
            .filter(|character| !matches!(character, ' ' | '-' | '.' | '(' | ')'))
            .collect();
        // https://www.nanpa.com/numbering: neither an area code nor an exchange begins with 0 or 1.
        let begins = |at: usize| plain.as_bytes().get(at).is_some_and(|digit| *digit >= b'2');
        Self::parse_e164(&match plain.len() {
            _ if plain.starts_with('+') => plain,
            10 if begins(0) && begins(3) => format!("+1{plain}"),
            11..=15 => format!("+{plain}"),
            _ => plain,
        })
    }

    /// The number in E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A number in E.164, of its digits, in the one form that it has here:
///
/// - Mexico: `+52` and ten digits. A mobile number had a 1 between until 2019, and replies may still come with it:
///   <https://www.twilio.com/en-us/guidelines/mx/sms>, <https://github.com/daddyz/phonelib/issues/254>.
/// - Argentina: `+54 9` and ten digits of area code and number; area codes begin with 1 to 3. A text may come without
///   the 9: <https://en.wikipedia.org/wiki/Telephone_numbers_in_Argentina#Mobile_phone_numbers>. A fixed line cannot be
///   told from a mobile number without it, and sends no texts.
/// - Brazil: `+55`, the area code and nine digits. All mobile numbers have had a 9 before their eight digits, which
///   begin with 6 to 9, since November 2016; fixed lines begin with 2 to 5:
///   <https://en.wikipedia.org/wiki/Telephone_numbers_in_Brazil>.
fn one_form(digits: &str) -> String {
    let ten_after = |country: &str| digits.strip_prefix(country).filter(|rest| rest.len() == 10);
    if let Some(number) = ten_after("521") {
        return format!("+52{number}");
    }
    if let Some(number) = ten_after("54")
        && number.starts_with(['1', '2', '3'])
    {
        return format!("+549{number}");
    }
    if let Some((area, number)) = ten_after("55").and_then(|number| number.split_at_checked(2))
        && !area.contains('0')
        && number.starts_with(['6', '7', '8', '9'])
    {
        return format!("+55{area}9{number}");
    }
    format!("+{digits}")
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhoneNumber(+…)")
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse_e164(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_what_the_contract_says() {
        for good in ["a", "t-ada", "A_1.b-2", "...", &"x".repeat(64)] {
            assert!(TenantId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", ".", "..", "a b", "a/b", "é", "a#b", &"x".repeat(65)] {
            assert_eq!(TenantId::parse(bad), Err(ParseError::Id), "{bad}");
        }
    }

    #[test]
    fn numbers_are_e164_and_do_not_show_in_debug_output() {
        let number = PhoneNumber::parse_e164("+15125550142").unwrap();
        assert!(!format!("{number:?}").contains("5125550142"));
        for bad in [
            "15125550142",
            "+05125550142",
            "+1512",
            "+1512555014a",
            "+1 512 555 0142",
            "",
        ] {
            assert!(PhoneNumber::parse_e164(bad).is_err(), "{bad}");
        }
    }

    #[track_caller]
    fn one(spellings: &[&str], form: &str) {
        for spelling in spellings.iter().chain([&form]) {
            for number in [
                PhoneNumber::parse_e164(spelling),
                PhoneNumber::parse_end(spelling),
            ] {
                assert_eq!(number.unwrap().as_str(), form, "{spelling}");
            }
            let read: PhoneNumber = serde_json::from_value(serde_json::json!(spelling)).unwrap();
            assert_eq!(read.as_str(), form, "{spelling}");
        }
    }

    #[test]
    fn a_number_has_one_form_however_it_is_spelled() {
        one(&["+5215512345678"], "+525512345678");
        one(&["+541123456789"], "+5491123456789");
        one(&["+542231234567"], "+5492231234567");
        one(&["+543884123456"], "+5493884123456");
        one(&["+551187654321"], "+5511987654321");
        one(&["+553161234567"], "+5531961234567");
        // Fixed lines of Brazil, toll-free numbers, and what is shorter or longer than a number.
        for same in [
            "+551123456789",
            "+558001234567",
            "+548001234567",
            "+52155123456",
            "+52155123456789",
            "+15215551234",
            "+447911123456",
        ] {
            one(&[], same);
        }
        for (spelled, form) in [
            ("5215512345678", "+525512345678"),
            ("+52 1 55 1234 5678", "+525512345678"),
        ] {
            assert_eq!(
                PhoneNumber::parse_end(spelled).unwrap().as_str(),
                form,
                "{spelled}"
            );
        }
    }
}
