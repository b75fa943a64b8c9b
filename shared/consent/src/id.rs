//! Identifiers as they stand in paths and tokens, and phone numbers as they stand on the wire.

use std::fmt;

use jiff::Timestamp;
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

/// What every id is: a text.
macro_rules! text {
    ($name:ident) => {
        impl $name {
            /// The id as it stands in a path, and as it is stored and shown.
            pub fn as_str(&self) -> &str {
                &self.0
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

/// An id that callers choose: it is checked wherever it is read.
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
            /// [`ParseError::Id`] when the text is not an id.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(ParseError::Id) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(text: String) -> Result<Self, ParseError> {
                Self::parse(&text)
            }
        }

        text!($name);
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

/// An id that this service makes.
macro_rules! made_id {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        text!($name);
    };
}

made_id!(
    /// A record of a tenant: `facility/tenant/sequence`. It is also the id of the record's event.
    RecordId
);
made_id!(
    /// A text that this service sends, or that a caller has reported as sent.
    MessageId
);
made_id!(
    /// A decision about a text: 32 hexadecimal digits. Since schema 3 they begin with the time, so that decisions sort by it.
    DecisionId
);
made_id!(
    /// A text in flight: the [`MessageId`] of one that this service hands over, the [`DecisionId`] of a caller's.
    InFlightId
);

impl RecordId {
    /// The id of the record with this sequence.
    pub fn new(facility: &FacilityId, tenant: &TenantId, sequence: u64) -> Self {
        Self(format!("{facility}/{tenant}/{sequence}"))
    }

    /// Reads the id of a record of this tenant. `None`: it is the id of another one, or of none.
    pub fn parse(text: &str, facility: &FacilityId, tenant: &TenantId) -> Option<Self> {
        let sequence = text.strip_prefix(&format!("{facility}/{tenant}/"))?;
        Some(Self::new(facility, tenant, sequence.parse().ok()?))
    }

    /// The sequence of the record.
    pub fn sequence(&self) -> Option<u64> {
        self.0.rsplit('/').next()?.parse().ok()
    }
}

impl MessageId {
    /// An id of 128 random bits.
    pub fn new(random: [u8; 16]) -> Self {
        Self(hex(&random))
    }
}

/// The hexadecimal digits of a decision's time, in milliseconds: enough until the year 10889.
const TIME_DIGITS: usize = 12;

impl DecisionId {
    /// The id of a decision that is made now: its time, and random bits behind it.
    pub fn new(now: Timestamp, random: [u8; 16]) -> Self {
        let random = hex(&random);
        Self(format!(
            "{:0TIME_DIGITS$x}{}",
            now.as_millisecond().max(0),
            random.get(TIME_DIGITS..).unwrap_or_default()
        ))
    }

    /// Reads an id in the form of any version. `None`: no decision has such an id.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }
}

impl From<&MessageId> for InFlightId {
    fn from(message: &MessageId) -> Self {
        Self(message.0.clone())
    }
}

impl From<&DecisionId> for InFlightId {
    fn from(decision: &DecisionId) -> Self {
        Self(decision.0.clone())
    }
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

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
    /// [`ParseError::PhoneNumber`] when the text is not a phone number.
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
    /// without its country; spaced or not. Short codes and names are not phone numbers.
    ///
    /// # Errors
    /// [`ParseError::PhoneNumber`] when the text is not a phone number.
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
    fn the_id_of_a_record_is_read_for_its_own_tenant() {
        let (facility, tenant) = (FacilityId::parse("f1").unwrap(), TenantId::parse("t1").unwrap());
        let id = RecordId::new(&facility, &tenant, 12);
        assert_eq!((id.as_str(), id.sequence()), ("f1/t1/12", Some(12)));
        assert_eq!(RecordId::parse("f1/t1/12", &facility, &tenant), Some(id));
        for other in ["f1/t2/12", "f1/t1/", "f1/t1/x", "f1/t1/-1", "12", ""] {
            assert_eq!(RecordId::parse(other, &facility, &tenant), None, "{other}");
        }
    }

    #[test]
    fn decisions_sort_by_their_times() {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).unwrap();
        let id = DecisionId::new(at(1_764_244_800_000), [0xff; 16]);
        assert_eq!(id.as_str(), "019ac52f4200ffffffffffffffffffff");
        assert!(id < DecisionId::new(at(1_764_244_800_001), [0; 16]));
        assert_eq!(DecisionId::parse(id.as_str()), Some(id));
        let bad = [
            "",
            "019ac52f4200",
            "019AC52F4200ffffffffffffffffffff",
            "019ac52f4200fffffffffffffffffffg",
        ];
        for bad in bad {
            assert_eq!(DecisionId::parse(bad), None, "{bad}");
        }
        assert_eq!(MessageId::new([0xab; 16]).as_str(), "ab".repeat(16));
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
