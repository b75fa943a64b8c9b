//! The opt-out lists that providers keep for themselves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::PhoneNumber;

/// A number on the opt-out list that the provider keeps for itself. It keeps texts in, and changes nothing
/// about the consent that the tenant gave us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderBlock {
    /// The number that it is about, and no other.
    pub number: PhoneNumber,
    /// When we learned of it.
    pub since: Timestamp,
    /// When the provider may take the number off its list again, where it has refused to.
    pub retry_after: Option<Timestamp>,
}

impl ProviderBlock {
    /// The block with what was known of it before: since when it is, and when the provider may let the number back.
    #[must_use]
    pub fn with_known(self, known: Option<&Self>) -> Self {
        match known.filter(|known| known.number == self.number) {
            Some(known) => Self {
                since: known.since,
                retry_after: known.retry_after.or(self.retry_after),
                ..self
            },
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Consent, Grant, OptOut};
    use crate::testing::{phone, second, tenant};

    fn block(number: u8, since: i64, retry_after: Option<i64>) -> ProviderBlock {
        ProviderBlock {
            number: phone(number),
            since: second(since),
            retry_after: retry_after.map(second),
        }
    }

    #[test]
    fn what_was_known_of_the_same_block_stays() {
        let merged = block(42, 5, Some(9)).with_known(Some(&block(42, 1, None)));
        assert_eq!(merged, block(42, 1, Some(9)));
        let merged = block(42, 5, Some(9)).with_known(Some(&block(42, 1, Some(7))));
        assert_eq!(merged, block(42, 1, Some(7)));
        assert_eq!(
            block(42, 5, None).with_known(Some(&block(43, 1, Some(7)))),
            block(42, 5, None)
        );
        assert_eq!(block(42, 5, None).with_known(None), block(42, 5, None));
    }

    #[test]
    fn a_tenant_is_written_only_where_the_block_is_news() {
        let ada = tenant("t1", Consent::Provided(Grant::Text));
        assert_eq!(ada.with_provider_block(None), None);
        let blocked = ada.with_provider_block(Some(&block(42, 5, None))).unwrap();
        assert_eq!(blocked.provider_block(), Some(&block(42, 5, None)));
        assert_eq!(blocked.with_provider_block(Some(&block(42, 8, None))), None);
        assert_eq!(blocked.with_provider_block(None).unwrap().provider_block, None);
    }

    #[test]
    fn a_block_is_of_the_number_on_file() {
        let mut ada = tenant("t1", Consent::Provided(Grant::Text));
        ada.provider_block = Some(block(43, 5, None));
        assert_eq!(ada.provider_block(), None);
    }

    #[test]
    fn the_provider_is_asked_where_a_text_opt_out_was_lifted_or_texts_are_kept_in() {
        let (agreed, out) = (Consent::Provided(Grant::Text), Consent::OptedOut(OptOut::Text));
        let mut ada = tenant("t1", agreed);
        assert!(ada.lifts_provider_block(out));
        assert!(!ada.lifts_provider_block(agreed));
        ada.provider_block = Some(block(42, 5, None));
        assert!(ada.lifts_provider_block(agreed));
        ada.consent = Consent::NotProvided;
        assert!(!ada.lifts_provider_block(agreed));
        ada.consent = out;
        assert!(!ada.lifts_provider_block(out));
    }
}
