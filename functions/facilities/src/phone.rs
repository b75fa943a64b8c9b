//! Phone numbers as people type them, read by the numbering plan.

use consent::id::PhoneNumber;
use rlibphonenumber::enums::PhoneNumberType;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, enums::Region};

/// Reads a number that a person can be texted at.
pub(crate) fn cell_phone(text: &str) -> Option<PhoneNumber> {
    number(
        text,
        &[PhoneNumberType::Mobile, PhoneNumberType::FixedLineOrMobile],
    )
}

/// Reads a number that a business can text from.
pub(crate) fn business_number(text: &str) -> Option<PhoneNumber> {
    use PhoneNumberType::{FixedLine, FixedLineOrMobile, Mobile, TollFree, VoIP};
    number(text, &[FixedLine, FixedLineOrMobile, Mobile, TollFree, VoIP])
}

fn number(text: &str, kinds: &[PhoneNumberType]) -> Option<PhoneNumber> {
    // The longest spelling of a number is far shorter; the parser need not see more.
    if text.len() > 64 {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(text, Some(Region::US)).ok()?;
    // An extension cannot be texted.
    if !number.extension().is_empty() || !number.is_valid() || !kinds.contains(&number.get_type()) {
        return None;
    }
    PhoneNumber::parse_e164(&number.format_as(PhoneNumberFormat::E164)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_the_same_number() {
        for spelling in [
            "+15125550142",
            "5125550142",
            "15125550142",
            "(512) 555-0142",
            "512-555-0142",
            "512.555.0142",
            "1 (512) 555 0142",
            " +1 512 555 0142 ",
            "tel:+1-512-555-0142",
        ] {
            let number = cell_phone(spelling).expect(spelling);
            assert_eq!(number.as_str(), "+15125550142", "{spelling}");
        }
        assert_eq!(cell_phone("+44 7911 123456").unwrap().as_str(), "+447911123456");
        assert_eq!(
            business_number("(888) 555-0100").unwrap().as_str(),
            "+18885550100"
        );
    }

    #[test]
    fn what_cannot_be_texted_is_no_cell_phone() {
        for bad in [
            "",
            "555-0142",
            "911",
            "+1",
            "none",
            "512 555 0142 x7",
            "0000000000",
            "(888) 555-0100",
            "+1 512 555 01422",
            &"5".repeat(100),
            "١",
            "\u{0}",
        ] {
            assert!(cell_phone(bad).is_none(), "{bad}");
        }
    }
}
