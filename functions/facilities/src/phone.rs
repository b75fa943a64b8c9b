//! Phone numbers as people and their software spell them.
//!
//! A spelling is read only where it says one number. What a spreadsheet made of a number, an extension, two numbers in
//! one field or a name with digits in it is refused: its digits may well be somebody else's number.

use consent::id::PhoneNumber;
use consent_http::request::is_invisible;
use rlibphonenumber::enums::{PhoneNumberType, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

/// The longest spelling of a number is far shorter, in bytes.
const SPELLING_BYTES: usize = 128;

/// What a number is for.
#[derive(Clone, Copy)]
enum Use {
    /// A person is texted at it.
    CellPhone,
    /// A business texts from it.
    Business,
}

/// Reads a number that a person can be texted at.
pub(crate) fn cell_phone(text: &str) -> Option<PhoneNumber> {
    number(text, Use::CellPhone)
}

/// Reads a number that a business can text from.
pub(crate) fn business_number(text: &str) -> Option<PhoneNumber> {
    number(text, Use::Business)
}

fn number(text: &str, purpose: Use) -> Option<PhoneNumber> {
    let spelling = Spelling::read(text)?;
    // What is dialled in North America: a number of ten digits, 1 before it, or 011 before a country's code.
    let digits = match spelling.digits.as_str() {
        digits if spelling.has_plus => digits.to_owned(),
        digits if digits.len() == 10 && !digits.starts_with(['0', '1']) => format!("1{digits}"),
        digits if digits.starts_with('1') => digits.to_owned(),
        digits => digits.strip_prefix("011")?.to_owned(),
    };
    match digits.strip_prefix('1') {
        // Some write the 1 twice: as the country, and as what is dialled first.
        Some(rest) if spelling.is_parted_as_us_numbers_are() => {
            in_north_america(rest.strip_prefix('1').unwrap_or(rest), purpose)
        }
        None if !spelling.may_be_a_fraction() => elsewhere(&digits, purpose),
        _ => None,
    }
}

/// A number of ten digits. Neither area code nor exchange begins with 0 or 1 (<https://www.nanpa.com/numbering>). More is
/// not asked: new area codes are in use before the numbering plan's data have them.
fn in_north_america(number: &str, purpose: Use) -> Option<PhoneNumber> {
    let begins = |at: usize| number.as_bytes().get(at).is_some_and(|digit| *digit >= b'2');
    if number.len() != 10 || !begins(0) || !begins(3) {
        return None;
    }
    let e164 = format!("+1{number}");
    let kind = PHONE_NUMBER_UTIL
        .parse(&e164, Some(Region::US))
        .map(|number| number.get_type());
    match (purpose, kind) {
        (_, Ok(PhoneNumberType::PremiumRate)) | (Use::CellPhone, Ok(PhoneNumberType::TollFree)) => None,
        _ => PhoneNumber::parse_e164(&e164).ok(),
    }
}

/// A number of another country, its code first: one that the numbering plan's data have. A 0 that is dialled only
/// within the country, as in +44 (0)7911, is left out by them.
fn elsewhere(digits: &str, purpose: Use) -> Option<PhoneNumber> {
    use PhoneNumberType::{FixedLine, FixedLineOrMobile, Mobile, TollFree, VoIP};
    let number = PhoneNumber::parse_e164(&format!("+{digits}")).ok()?;
    let number = PHONE_NUMBER_UTIL.parse(number.as_str(), Some(Region::US)).ok()?;
    let kind = number.get_type();
    let is_taken = match purpose {
        Use::CellPhone => matches!(kind, Mobile | FixedLineOrMobile),
        Use::Business => matches!(kind, FixedLine | FixedLineOrMobile | Mobile | TollFree | VoIP),
    };
    (is_taken && number.is_valid())
        .then(|| number.format_as(PhoneNumberFormat::E164))
        .and_then(|number| PhoneNumber::parse_e164(&number).ok())
}

/// What a number is spelled with.
struct Spelling {
    has_plus: bool,
    digits: String,
    /// For each dot, how many digits come before it.
    dots: Vec<usize>,
}

impl Spelling {
    /// Reads digits, blanks, `( ) - . /`, a `+` before them, and `tel:` before that. `None`: there is something else.
    fn read(text: &str) -> Option<Self> {
        if text.len() > SPELLING_BYTES {
            return None;
        }
        // Marks of direction and the like come along when a number is copied.
        let text: String = text.chars().filter(|c| !is_invisible(*c)).map(plain).collect();
        // A spreadsheet keeps a number as text that has an apostrophe before it.
        let text = text.trim();
        let text = text.strip_prefix('\'').unwrap_or(text);
        let text = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
            _ => text,
        };
        let mut spelling = Self {
            has_plus: false,
            digits: String::new(),
            dots: Vec::new(),
        };
        for character in text.chars() {
            match character {
                '0'..='9' => spelling.digits.push(character),
                '+' if spelling.digits.is_empty() && !spelling.has_plus => spelling.has_plus = true,
                '.' => spelling.dots.push(spelling.digits.len()),
                ' ' | '(' | ')' | '-' | '/' => {}
                _ => return None,
            }
        }
        Some(spelling)
    }

    /// Whether dots are only where a US number has its parts: before the area code, the exchange or the last four digits,
    /// or at its end. Elsewhere they make a fraction of it, or thousands.
    fn is_parted_as_us_numbers_are(&self) -> bool {
        let after = |before: &usize| self.digits.len().saturating_sub(*before);
        self.dots
            .iter()
            .map(after)
            .all(|after| matches!(after, 0 | 4 | 7 | 10..))
    }

    /// Whether it may be what is left of a number that a spreadsheet or a table held as one with a fraction, such as
    /// `.0`: one dot alone and zeros after it, or one zero after the last of them.
    fn may_be_a_fraction(&self) -> bool {
        self.dots.last().is_some_and(|&before| {
            let fraction = self.digits.get(before..).unwrap_or_default();
            let is_zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
            is_zero && (self.dots.len() == 1 || fraction.len() == 1)
        })
    }
}

/// A character as it is on a US keyboard: blanks of all widths, dashes, full-width forms and Arabic digits have one
/// meaning in a number.
fn plain(character: char) -> char {
    let code = u32::from(character);
    let (from, to) = match character {
        '\u{660}'..='\u{669}' => (0x660, '0'),
        '\u{6f0}'..='\u{6f9}' => (0x6f0, '0'),
        '\u{ff01}'..='\u{ff5e}' => (0xff01, '!'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => return '-',
        _ if character.is_whitespace() && !character.is_control() => return ' ',
        _ => return character,
    };
    char::from_u32(code - from + u32::from(to)).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(number: &str, spellings: &[&str]) {
        for spelling in spellings {
            let read = cell_phone(spelling).expect(spelling);
            assert_eq!(read.as_str(), number, "{spelling}");
        }
    }

    #[track_caller]
    fn is_refused(spellings: &[&str]) {
        for spelling in spellings {
            assert!(cell_phone(spelling).is_none(), "{spelling}");
            assert!(business_number(spelling).is_none(), "{spelling}");
        }
    }

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        is(
            "+15125550142",
            &[
                "+15125550142",
                "5125550142",
                "15125550142",
                "(512) 555-0142",
                "(512)555-0142",
                "512-555-0142",
                "512.555.0142",
                "512/555-0142",
                "512 / 555 / 0142",
                "1 (512) 555 0142",
                "1-512-555-0142",
                "1.512.555.0142",
                "+1.512.555.0142",
                " +1 512 555 0142 ",
                "\t+1 512 555 0142\r\n",
                "(+1) 512 555 0142",
                "+1 (512) 555-0142.",
                "+ 1 512 555 0142",
                "011 1 512 555 0142",
                // 1 twice.
                "+1 1 512 555 0142",
                "1 1 512 555 0142",
                "tel:+1-512-555-0142",
                "TEL: 512-555-0142",
                "'5125550142",
                // As text processors, spreadsheets and phones have it.
                "512\u{a0}555\u{a0}0142",
                "512\u{202f}555\u{2009}0142",
                "512‑555–0142",
                "512−555—0142",
                "\u{202a}+1 (512) 555-0142\u{202c}",
                "\u{feff}\u{200e}512\u{ad}5550142\u{200b}",
                "＋１（５１２）５５５－０１４２",
                "٥١٢٥٥٥٠١٤٢",
                "۵۱۲ ۵۵۵ ۰۱۴۲",
            ],
        );
        is("+15125550000", &["512.555.0000", "(512)555.0000", "5125550000"]);
    }

    #[test]
    fn new_area_codes_need_not_be_known() {
        for area in [
            "679", "861", "621", "436", "729", "457", "837", "357", "555", "999",
        ] {
            let number = format!("+1{area}5550142");
            is(&number, &[&number, &format!("({area}) 555-0142")]);
            assert_eq!(business_number(&number).unwrap().as_str(), number);
        }
    }

    #[test]
    fn what_a_number_is_for_is_asked_where_it_is_known() {
        for toll_free in ["(888) 555-0100", "+1 800 555 0199", "8335550100"] {
            assert!(cell_phone(toll_free).is_none(), "{toll_free}");
            assert!(business_number(toll_free).is_some(), "{toll_free}");
        }
        is_refused(&["900-555-0142", "+19005550142"]);
    }

    #[test]
    fn numbers_of_other_countries_are_those_of_their_plans() {
        is(
            "+447911123456",
            &[
                "+44 7911 123456",
                "+44 (0)7911 123456",
                "+44(0) 7911.123456",
                "011 44 7911 123456",
                "tel:+44-7911-123456",
            ],
        );
        is(
            "+33612345600",
            &["+33 6 12 34 56 00", "+33.6.12.34.56.00", "+33 (0)6.12.34.56.00"],
        );
        is("+4915123456789", &["+49 151/23456789", "+49 (0)151 2345-6789"]);
        is(
            "+525512345678",
            &["+52 55 1234 5678", "+52 1 55 1234 5678", "011 52 1 55 1234 5678"],
        );
        is(
            "+5491123456789",
            &["+54 9 11 2345 6789", "+54 11 2345-6789", "+54 11 15 2345-6789"],
        );
        is(
            "+5511987654321",
            &["+55 11 98765-4321", "+55 11 8765-4321", "+55 (0)11 98765 4321"],
        );
        // Not in their plans, or no cell phone there.
        for bad in [
            "+44 7911 12345",
            "+44 20 7946 0958",
            "+999 512 555 0142",
            "+55 11 2345 6789",
        ] {
            assert!(cell_phone(bad).is_none(), "{bad}");
        }
        assert_eq!(
            business_number("+44 20 7946 0958").unwrap().as_str(),
            "+442079460958"
        );
    }

    #[test]
    fn what_may_be_somebody_elses_number_is_refused() {
        // Numbers that a spreadsheet or a table has made of them.
        is_refused(&[
            "5.12555014E9",
            "1.51255501E10",
            "5.12555014e+09",
            "5125550142.0",
            "512555014.0",
            "51255501.00",
            "5125550.142",
            "1512555014.0",
            "+1512555014.0",
            "5.125.550.142",
            "5,125,550,142",
            "5125550142,0",
            "0x131840bde",
            "+49151234567.0",
            "+49 151 2345678.0",
            "+49151234567.00",
            "=5125550142",
        ]);
        // Extensions and other parameters.
        is_refused(&[
            "512 555 0142 x7",
            "512-555-0142 ext. 7",
            "512-555-0142;ext=7",
            "tel:+1-512-555-0142;ext=7",
            "tel:555-0142;phone-context=+1512",
            "tel:+15125550142;phone-context=example.com",
            "512-555-0142#7",
            "5125550142,,7",
        ]);
        // More than one number.
        is_refused(&[
            "512-555-0142 / 512-555-0143",
            "512-555-0142/43",
            "512-555-0142, 512-555-0143",
            "+15125550142+15125550143",
            "512-555-0142\n512-555-0143",
            "512-555\n0142",
        ]);
        // Letters, and what is around numbers.
        is_refused(&[
            "Cell: 512-555-0142",
            "512-555-0142 h",
            "1-512-FLOWERS",
            "512-55S-0142",
            "５１２ＡＢＣ０１４２",
            "''5125550142",
            "\"5125550142\"",
            "sms:5125550142",
            "*67 512 555 0142",
            "n/a",
        ]);
    }

    #[test]
    fn what_has_not_the_digits_of_a_number_is_refused() {
        is_refused(&[
            "",
            " ",
            "+",
            "tel:",
            "555-0142",
            "911",
            "+1",
            "none",
            "0000000000",
            "1111111111",
            "012 555 0142",
            "112 555 0142",
            "512 055 0142",
            "512 155 0142",
            "+1 512 555 01422",
            "+1 512 555 014",
            "1 1 1 512 555 0142",
            "+1 0 512 555 0142",
            // 00 is not dialled in North America.
            "0015125550142",
            "00447911123456",
            "447911123456",
            "+0115125550142",
            "512 + 555 0142",
            "++15125550142",
            &"5".repeat(200),
            "٥١٢",
            "\u{0}",
            "5125550142\u{0}",
        ]);
    }
}
