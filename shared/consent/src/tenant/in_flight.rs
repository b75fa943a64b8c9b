//! Texts in flight: let out, and perhaps not handed over yet. Whoever withdraws waits for them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Residence, Tenant};
use crate::decision::Sender;
use crate::id::{InFlightId, PhoneNumber};
use crate::question;
use crate::rules::Action;
use crate::spans::{CLOCKS_DIFFER, QUESTION_STANDS};

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

/// What a text that a caller has sent does to [`Tenant::asked_at`].
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
            Some(body) => {
                tenant.asked_at = question::asks(body).then_some(now);
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
                .is_none_or(|(at, since)| at < since + CLOCKS_DIFFER);
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
