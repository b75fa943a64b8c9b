//! Texts in flight: the gate let them out, and the provider may not have them yet. A withdrawal waits for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Residence, Tenant};
use crate::decision::Sender;
use crate::id::{InFlightId, PhoneNumber};
use crate::question;
use crate::rules::Action;
use crate::spans::QUESTION_STANDS;

/// The most texts to a tenant that are in flight by callers' hands: with many more a STOP could not be written.
pub const MOST_IN_FLIGHT: usize = 500;

/// A text that is being handed to the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// When it was let out, as its thread entry has it.
    pub at: String,
    /// The number that it goes to; `None` in entries from before this was kept.
    #[serde(default)]
    pub to: Option<PhoneNumber>,
    /// Who hands it over.
    #[serde(default, skip_serializing_if = "Sender::is_service")]
    pub by: Sender,
    /// Until when somebody may still be at it; nobody hands it over later.
    pub until: Timestamp,
}

/// A text to a tenant that is let out.
#[derive(Debug, Clone, Copy)]
pub struct LetOut<'a> {
    /// When it was let out, as its thread entry has it.
    pub at: &'a str,
    /// Until when somebody may be at it.
    pub until: Timestamp,
    /// The text, where this service hands it over.
    pub own_text: Option<&'a str>,
}

/// Too many texts to the tenant are in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many texts are in flight")]
pub struct TooManyInFlight;

/// What a text that has left does to [`Tenant::asked_at`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedAt {
    /// A later text counts, or the text is not known.
    Stays,
    /// It asks nothing.
    Nothing,
    /// It asked something then.
    Then(Timestamp),
}

impl Tenant {
    /// The tenant with a text in flight that is let out now, and without those whose time is over.
    ///
    /// # Errors
    /// Too many are in flight by callers' hands.
    pub fn let_out(&self, id: InFlightId, text: LetOut<'_>, now: Timestamp) -> Result<Self, TooManyInFlight> {
        let mut tenant = self.clone();
        tenant.in_flight.retain(|_, text| now < text.until);
        let by = match text.own_text {
            Some(_) => {
                // It asks once it has left: see [`Tenant::asked_by_own_text`].
                tenant.asked_at = None;
                Sender::Service
            }
            None if tenant.in_flight.len() >= MOST_IN_FLIGHT => return Err(TooManyInFlight),
            None => Sender::Caller,
        };
        let in_flight = InFlight {
            at: text.at.to_owned(),
            to: tenant.details.cell_phone.clone(),
            by,
            until: text.until,
        };
        tenant.in_flight.insert(id, in_flight);
        Ok(tenant)
    }

    /// Whether somebody may still be handing a text over.
    pub fn is_in_flight(&self, id: &InFlightId, now: Timestamp) -> bool {
        self.in_flight.get(id).is_some_and(|text| now < text.until)
    }

    /// Until when a text to them may be in flight.
    pub fn in_flight_until(&self) -> Option<Timestamp> {
        self.in_flight.values().map(|text| text.until).max()
    }

    /// The texts in flight that go to a number which they no longer have, or were let out before they had it anew. A
    /// request that takes the number away waits for them, and so does its repetition.
    pub fn in_flight_elsewhere(&self) -> impl Iterator<Item = (&InFlightId, &InFlight)> {
        let current = self
            .details
            .cell_phone
            .as_ref()
            .filter(|_| self.residence == Residence::Resident);
        self.in_flight.iter().filter(move |(_, text)| {
            let is_earlier = text
                .at
                .parse::<Timestamp>()
                .ok()
                .zip(self.number_since)
                .is_none_or(|(at, since)| at < since);
            text.to.as_ref() != current || is_earlier
        })
    }

    /// The texts in flight for which a registration waits: all of them where it takes the number away that they had
    /// `before`, else those to numbers of earlier.
    pub fn in_flight_left_behind(
        &self,
        before: Option<&Self>,
    ) -> impl Iterator<Item = (&InFlightId, &InFlight)> {
        let number_before = before.and_then(|before| before.details.cell_phone.as_ref());
        let stays = number_before == self.details.cell_phone.as_ref();
        let elsewhere = stays.then(|| self.in_flight_elsewhere());
        let all = (!stays).then(|| self.in_flight.iter());
        elsewhere.into_iter().flatten().chain(all.into_iter().flatten())
    }

    /// Whether a text that they wrote at this moment follows a question of ours closely.
    pub fn is_answering(&self, written_at: Timestamp) -> bool {
        self.asked_at
            .is_some_and(|asked| asked <= written_at && written_at.duration_since(asked) < QUESTION_STANDS)
    }

    /// What a text of this service does that has left: `at` is when it was let out. One that has not left asks nothing.
    pub fn asked_by_own_text(body: &str, at: Timestamp) -> AskedAt {
        if question::asks(body) {
            AskedAt::Then(at)
        } else {
            AskedAt::Nothing
        }
    }

    /// What a text does that a caller has sent: `at` is when it was let out.
    pub fn asked_by_callers_text(&self, body: Option<&str>, at: Option<Timestamp>) -> AskedAt {
        let (Some(body), Some(at)) = (body, at) else {
            return AskedAt::Stays;
        };
        // To the number of now, and after the last question that is known.
        let is_last = self.asked_at.max(self.number_since) <= Some(at);
        match (is_last, question::asks(body)) {
            (false, _) => AskedAt::Stays,
            (true, true) => AskedAt::Then(at),
            (true, false) => AskedAt::Nothing,
        }
    }
}

impl Action {
    /// Whether it is acknowledged only when no text to the tenant is in flight, also where it changes nothing: somebody
    /// may have withdrawn a moment ago and wait still.
    pub const fn waits_for_texts(self) -> bool {
        matches!(self, Self::Uncheck(_) | Self::Withdraw)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::{DecisionId, MessageId};
    use crate::rules::{Consent, Grant, Screen};
    use crate::testing::{phone, second, tenant};

    fn ada() -> Tenant {
        tenant("t1", Consent::Provided(Grant::Profile))
    }

    fn message(number: u8) -> InFlightId {
        InFlightId::from(&MessageId::new([number; 16]))
    }

    fn text(at: &str, until: Timestamp) -> LetOut<'_> {
        LetOut {
            at,
            until,
            own_text: None,
        }
    }

    #[test]
    fn a_text_is_in_flight_until_its_time_is_over() {
        let ada = ada().let_out(message(1), text("", second(4)), second(0)).unwrap();
        assert!(ada.is_in_flight(&message(1), second(3)));
        assert!(!ada.is_in_flight(&message(1), second(4)));
        assert!(!ada.is_in_flight(&message(2), second(3)));
        assert_eq!(ada.in_flight[&message(1)].to, Some(phone(42)));
        let later = ada.let_out(message(2), text("", second(9)), second(3)).unwrap();
        assert_eq!(
            (later.in_flight.len(), later.in_flight_until()),
            (2, Some(second(9)))
        );
        let much_later = later.let_out(message(3), text("", second(8)), second(4)).unwrap();
        assert_eq!(much_later.in_flight.len(), 2, "the first is over");
    }

    #[test]
    fn only_a_text_of_ours_says_whether_it_asks() {
        let own = |body| LetOut {
            own_text: Some(body),
            ..text("", second(4))
        };
        let asked = ada()
            .let_out(message(1), own("Would you like to renew?"), second(0))
            .unwrap();
        assert_eq!(asked.asked_at, None, "it has not left yet");
        let own_text = Tenant::asked_by_own_text;
        assert_eq!(
            own_text("Would you like to renew?", second(0)),
            AskedAt::Then(second(0))
        );
        assert_eq!(own_text("Your rent is due.", second(0)), AskedAt::Nothing);
        let asked = Tenant {
            asked_at: Some(second(0)),
            ..asked
        };
        assert_eq!(asked.in_flight[&message(1)].by, Sender::Service);
        let by_caller = asked.let_out(message(2), text("", second(9)), second(1)).unwrap();
        assert_eq!(by_caller.asked_at, Some(second(0)));
        assert_eq!(by_caller.in_flight[&message(2)].by, Sender::Caller);
        // Only a caller is named where it is stored.
        let stored = |id| serde_json::to_value(&by_caller.in_flight[&message(id)]).unwrap();
        assert_eq!(
            (&stored(1)["by"], &stored(2)["by"]),
            (&json!(null), &json!("caller"))
        );
        let told = by_caller
            .let_out(message(3), own("Your rent is due."), second(2))
            .unwrap();
        assert_eq!(told.asked_at, None);
        let day = 24 * 60 * 60;
        assert!(asked.is_answering(second(day - 1)));
        assert!(!asked.is_answering(second(day)));
        assert!(!told.is_answering(second(3)));
    }

    #[test]
    fn callers_have_so_many_texts_in_flight_and_this_service_one_more() {
        let mut ada = ada();
        for number in 0..MOST_IN_FLIGHT {
            let id = InFlightId::from(&DecisionId::new(second(i64::try_from(number).unwrap()), [0; 16]));
            ada = ada.let_out(id, text("", second(9)), second(0)).unwrap();
        }
        let full = ada.let_out(message(1), text("", second(9)), second(0));
        assert_eq!(full.err(), Some(TooManyInFlight));
        let own = LetOut {
            own_text: Some("hello"),
            ..text("", second(9))
        };
        assert!(ada.let_out(message(1), own, second(0)).is_ok());
    }

    #[test]
    fn a_registration_waits_for_texts_to_numbers_that_are_left() {
        let at = second(1).to_string();
        let mut ada = ada();
        ada.number_since = Some(second(0));
        let before = ada.let_out(message(1), text(&at, second(9)), second(1)).unwrap();
        let left_behind =
            |after: &Tenant, before: Option<&Tenant>| after.in_flight_left_behind(before).count();
        assert_eq!(left_behind(&before, Some(&before)), 0);
        let mut moved = before.clone();
        moved.details.cell_phone = Some(phone(43));
        assert_eq!(left_behind(&moved, Some(&before)), 1);
        assert_eq!(
            left_behind(&moved, Some(&moved)),
            1,
            "the repetition waits as well"
        );
        let mut again = before.clone();
        for anew in [second(2), second(3)] {
            again.number_since = Some(anew);
            assert_eq!(left_behind(&again, Some(&again)), 1, "they have the number anew");
        }
        again.number_since = None;
        assert_eq!(left_behind(&again, Some(&again)), 1, "nobody knows since when");
        let mut gone = before.clone();
        gone.residence = Residence::MovedOut;
        assert_eq!(left_behind(&gone, Some(&before)), 1);
        assert_eq!(left_behind(&before, None), 1);
    }

    #[test]
    fn a_callers_text_asks_where_it_is_the_last_to_the_number() {
        let mut ada = ada();
        let question = Some("Would you like to renew?");
        let asked = |ada: &Tenant, body, at| ada.asked_by_callers_text(body, at);
        assert_eq!(asked(&ada, question, Some(second(1))), AskedAt::Then(second(1)));
        assert_eq!(asked(&ada, Some("Hello."), Some(second(1))), AskedAt::Nothing);
        assert_eq!(asked(&ada, None, Some(second(1))), AskedAt::Stays);
        assert_eq!(asked(&ada, question, None), AskedAt::Stays);
        ada.asked_at = Some(second(2));
        assert_eq!(asked(&ada, question, Some(second(1))), AskedAt::Stays);
        assert_eq!(asked(&ada, question, Some(second(2))), AskedAt::Then(second(2)));
        ada.number_since = Some(second(3));
        assert_eq!(asked(&ada, question, Some(second(2))), AskedAt::Stays);
    }

    #[test]
    fn withdrawals_wait_for_texts_and_checks_do_not() {
        for screen in [Screen::Profile, Screen::Portal] {
            assert!(Action::Uncheck(screen).waits_for_texts());
            assert!(!Action::Check(screen).waits_for_texts());
        }
        assert!(Action::Withdraw.waits_for_texts());
    }
}
