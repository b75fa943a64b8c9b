//! Texts from tenants' numbers: received once, and answered. What a keyword in one does to the number and its
//! tenants is in [`crate::hearing`].

use std::time::Duration;

use consent::facility::Provider;
use consent::hearing::Says;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::intent::Intent;
use consent::record::{Channel, Evidence, ReceivedText};
use consent::reply::asked_at;
use consent::review::ReviewKind;
use consent::words::Meaning;
use consent_metrics::Metric;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::heard::{Effect, MessageDelivery, ReviewRole, Thread};
use crate::in_flight::AnswerClaim;
use crate::items::{BusinessNumberItem, MessageItem, PhoneItem};
use crate::schema::Key;
use crate::store::{RequestTime, Store};

/// What is kept of a text's body, in bytes: longer than any phone sends, and 26 tenants' copies of it fit into
/// a transaction.
const BODY_BYTES: usize = 16 * 1024;

/// A text as a provider delivers it.
#[derive(Debug, Clone)]
pub struct InboundText {
    /// Who delivers it.
    pub provider: Provider,
    /// The provider's id of the text: the same in every delivery of it.
    pub message_id: String,
    /// Who sent it.
    pub from: PhoneNumber,
    /// The business number it was sent to.
    pub to: PhoneNumber,
    /// Its body.
    pub body: String,
    /// When it was sent, where the provider's deliveries may overtake each other.
    pub sent_at: Option<Timestamp>,
    /// How long the provider waits for the acknowledgement, from when the request was taken up. A STOP that has to wait
    /// longer, for texts that were let out before it, is to be delivered again.
    pub patience: Duration,
}

impl InboundText {
    /// What is kept of its body.
    fn kept_body(&self) -> &str {
        let end = self.body.floor_char_boundary(BODY_BYTES);
        self.body.get(..end).unwrap_or_default()
    }

    /// What a record of it holds.
    fn evidence(&self, intent: &Intent) -> Evidence {
        Evidence {
            channel: Channel::Text,
            actor: self.from.as_str().to_owned(),
            disclosure: None,
            text: Some(ReceivedText {
                body: self.kept_body().to_owned(),
                provider_message_id: self.message_id.clone(),
                classification: intent.classification.clone(),
            }),
            received: None,
            note: None,
            rule: Some(intent.rule.into()),
        }
    }

    /// What a facility hears of its sender, as it was read.
    fn delivery<'a>(
        &'a self,
        message: Key,
        facility: &'a FacilityId,
        intent: &Intent,
        is_answer: bool,
    ) -> MessageDelivery<'a> {
        let review = ReviewKind::of(intent.meaning, &intent.classification);
        MessageDelivery {
            message,
            facility,
            number: &self.from,
            to: Some(&self.to),
            says: Says::from(intent.meaning),
            review: review.map_or(ReviewRole::None, ReviewRole::Opens),
            sent_at: self.sent_at,
            is_answer,
            evidence: self.evidence(intent),
            thread: Some(Thread {
                id: &self.message_id,
                body: self.kept_body(),
                meaning: intent.meaning,
            }),
            patience: Some(self.patience),
        }
    }

    /// What its sender is told of what it led to, where there is something to tell.
    fn reply(&self, intent: &Intent, effect: &Effect, now: Timestamp) -> Option<Reply> {
        let asked_at = asked_at(self.sent_at, effect.received_at);
        let outcome = effect
            .message
            .outcome(intent.meaning, effect.facility.two_way_texting)
            .filter(|outcome| outcome.is_told(asked_at, now));
        let confirm_before = outcome.and_then(|outcome| outcome.told_before(asked_at));
        Some(Reply {
            body: intent.answer(outcome, &effect.facility)?,
            provider: effect.facility.provider,
            from: self.to.clone(),
            to: self.from.clone(),
            before: effect.answer_before.or(confirm_before),
        })
    }
}

/// What became of a text.
#[derive(Debug)]
pub enum Received {
    /// No facility has the number that it was sent to: nothing changed.
    UnknownNumber,
    /// It had been received before: nothing changed.
    Repeated,
    /// It was received now.
    Accepted(Box<Accepted>),
}

/// A text that was received now.
#[derive(Debug)]
pub struct Accepted {
    /// The facility whose number it was sent to.
    pub facility_id: FacilityId,
    /// Who carries the facility's texts.
    pub provider: Provider,
    /// Who sent it.
    pub from: PhoneNumber,
    /// Those who asked for texts again, so that the provider should take the number off its own list.
    pub started: Vec<TenantId>,
    /// What the sender is told, where there is something to tell.
    pub reply: Option<Reply>,
    /// What a STOP waits for until it is released: the answer to a START.
    pub claim: Option<AnswerClaim>,
}

/// The answer to a text. Only receiving the text makes one.
#[derive(Debug)]
pub struct Reply {
    provider: Provider,
    from: PhoneNumber,
    to: PhoneNumber,
    body: String,
    before: Option<Timestamp>,
}

impl Reply {
    /// Who carries the facility's texts.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The business number that the text was sent to.
    pub fn from(&self) -> &PhoneNumber {
        &self.from
    }

    /// Who sent the text.
    pub fn to(&self) -> &PhoneNumber {
        &self.to
    }

    /// What the answer says.
    pub fn body(&self) -> &str {
        &self.body
    }

    pub(crate) fn into_body(self) -> String {
        self.body
    }

    /// Whether it may still be handed over. Later a STOP may have been acknowledged that waited no longer.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.before.is_none_or(|before| now < before)
    }
}

impl Store {
    /// Receives a text.
    ///
    /// # Errors
    /// The database's. The text may then have taken effect in part: it must be delivered again.
    pub async fn receive(
        &self,
        text: &InboundText,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<Received, StoreError> {
        let message = Key::message(text.provider.as_str(), &text.message_id);
        self.receive_as(message, None, text, intent, now).await
    }

    /// Receives a text, and keeps under this key that it was heard: at this facility, else at the one that has the number.
    pub(crate) async fn receive_as(
        &self,
        message: Key,
        at: Option<FacilityId>,
        text: &InboundText,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<Received, StoreError> {
        let time = RequestTime::new(now);
        let to = Key::business_number(&text.to);
        let mut items = self.read(&[&to, &message]).await?;
        let seen = items.take::<MessageItem>(&message)?.map(|seen| seen.value);
        if let Some(seen) = seen.as_ref().filter(|seen| seen.complete && !seen.owes_answer) {
            self.await_heard(seen, &text.from, Some(text.patience), time)
                .await?;
            return Ok(Received::Repeated);
        }
        let received_at = seen.as_ref().map_or(now, |seen| seen.received_at);
        let was_answer = seen.as_ref().map(|seen| seen.is_answer);
        // What was begun at a facility goes on there, also where the number was handed over meanwhile.
        let begun_at = seen.and_then(|seen| seen.facility_id);
        let holder = items
            .take::<BusinessNumberItem>(&to)?
            .map(|number| number.value.facility_id);
        let Some(facility_id) = begun_at.or(at).or(holder) else {
            tracing::warn!(
                provider = text.provider.as_str(),
                "a text to a number that no facility has"
            );
            return Ok(Received::UnknownNumber);
        };
        let written_at = asked_at(text.sent_at, received_at);
        let as_answer = self
            .as_answer(&facility_id, text, intent, written_at, was_answer)
            .await?;
        let intent = as_answer.as_ref().unwrap_or(intent);
        let heard = text.delivery(message, &facility_id, intent, as_answer.is_some());
        let Some(effect) = self.hear(&heard, time).await? else {
            return Ok(Received::Repeated);
        };
        tracing::info!(
            provider = text.provider.as_str(),
            rule = intent.rule.as_str(),
            "text received"
        );
        if intent.meaning == Meaning::None {
            self.metrics
                .count_one(Metric::UnclassifiedTexts(text.provider), now);
        }
        Ok(Received::Accepted(Box::new(Accepted {
            reply: text.reply(intent, &effect, time.now()),
            facility_id,
            provider: effect.facility.provider,
            from: text.from.clone(),
            started: effect.started,
            claim: effect.claim,
        })))
    }

    /// What a text means as the answer to a question of ours, where it is one. `was_answer`: how an earlier delivery of it
    /// was read.
    async fn as_answer(
        &self,
        facility: &FacilityId,
        text: &InboundText,
        intent: &Intent,
        written_at: Timestamp,
        was_answer: Option<bool>,
    ) -> Result<Option<Intent>, StoreError> {
        let Some(answer) = intent.as_answer(&text.body) else {
            return Ok(None);
        };
        let is_answer = match was_answer {
            Some(was_answer) => was_answer,
            None => self.is_answering(facility, &text.from, written_at).await?,
        };
        Ok(is_answer.then_some(answer))
    }

    /// Whether a text that was written at this moment answers what a tenant with the number was asked by the last text to
    /// them.
    async fn is_answering(
        &self,
        facility: &FacilityId,
        number: &PhoneNumber,
        written_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = Key::phone(facility, number);
        let Some(phone) = self.read(&[&key]).await?.take::<PhoneItem>(&key)? else {
            return Ok(false);
        };
        let tenants = phone.value.tenants;
        let tenants = self
            .read_tenants(facility, &tenants.iter().collect::<Vec<_>>())
            .await?;
        Ok(tenants.iter().any(|tenant| tenant.value.is_answering(written_at)))
    }
}
