//! Texts from tenants' numbers: received once, and answered. What a keyword in one does to the number and its
//! tenants is in [`crate::hearing`].

use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::intent::Intent;
use consent::number::{Keyword, Number};
use consent::record::{Channel, Evidence, ReceivedText};
use consent::reply::Outcome;
use consent::words::Meaning;
use consent_metrics::Metric;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::hearing::{Heard, Thread};
use crate::items::{BusinessNumberItem, MessageItem, PhoneItem, Versioned};
use crate::schema::Key;
use crate::store::Store;

/// What is kept of a text's body, in bytes: longer than any phone sends, and 27 tenants' copies of it fit into
/// a transaction.
const BODY_BYTES: usize = 16 * 1024;

/// A text as a provider delivers it.
#[derive(Debug, Clone)]
pub struct InboundText {
    /// The provider's name, as in the webhook's path.
    pub provider: &'static str,
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
}

/// What became of a text.
#[derive(Debug, Clone)]
pub enum Received {
    /// No facility has the number that it was sent to: nothing changed.
    UnknownNumber,
    /// It had been received before: nothing changed.
    Repeated,
    /// It was received now. The outcome is what the sender is told, where there is something to tell.
    Accepted {
        /// The facility whose number it was sent to.
        facility: Facility,
        /// What the answer says.
        outcome: Option<Outcome>,
        /// Those who asked for texts again, so that the provider should take the number off its own list.
        started: Vec<TenantId>,
    },
}

impl Received {
    /// The text that is left to answer the sender with.
    pub fn reply(&self, intent: &Intent) -> Option<String> {
        match self {
            Self::UnknownNumber | Self::Repeated => None,
            Self::Accepted {
                facility, outcome, ..
            } => intent.answer(*outcome, facility),
        }
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
        let message = Key::message(text.provider, &text.message_id);
        self.receive_as(message, text, intent, now).await
    }

    /// Receives a text, and keeps under this key that it was heard.
    pub(crate) async fn receive_as(
        &self,
        message: Key,
        text: &InboundText,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<Received, StoreError> {
        let body = text
            .body
            .get(..text.body.floor_char_boundary(BODY_BYTES))
            .unwrap_or_default();
        let to = Key::business_number(&text.to);
        let mut items = self.read(&[&to, &message]).await?;
        if let Some(seen) = items.take::<MessageItem>(&message)?.filter(|seen| seen.complete) {
            seen.await_in_flight(now).await;
            return Ok(Received::Repeated);
        }
        let Some(BusinessNumberItem { facility_id, .. }) = items.take(&to)? else {
            tracing::warn!(
                provider = text.provider,
                "a text to a number that no facility has"
            );
            return Ok(Received::UnknownNumber);
        };
        let as_answer = match intent.as_answer(&text.body) {
            Some(answer) if self.is_answering(&facility_id, &text.from, now).await? => Some(answer),
            _ => None,
        };
        let intent = as_answer.as_ref().unwrap_or(intent);
        let keyword = match intent.meaning {
            Meaning::OptOut => Some(Keyword::Stop),
            Meaning::OptIn => Some(Keyword::Start),
            Meaning::Help | Meaning::None => None,
        };
        let heard = Heard {
            message,
            facility: &facility_id,
            number: &text.from,
            to: Some(&text.to),
            keyword,
            sent_at: text.sent_at,
            evidence: Evidence {
                channel: Channel::Text,
                actor: text.from.as_str().to_owned(),
                disclosure: None,
                text: Some(ReceivedText {
                    body: body.to_owned(),
                    provider_message_id: text.message_id.clone(),
                    classification: intent.classification.clone(),
                }),
                rule: Some(intent.rule.clone()),
            },
            thread: Some(Thread {
                id: &text.message_id,
                body,
                meaning: intent.meaning,
            }),
        };
        Ok(match self.hear(&heard, now).await? {
            None => Received::Repeated,
            Some(effect) => {
                tracing::info!(provider = text.provider, rule = intent.rule, "text received");
                if intent.meaning == Meaning::None {
                    self.metrics
                        .count_one(Metric::UnclassifiedTexts(text.provider), now);
                }
                let outcome = effect
                    .outcome(intent.meaning)
                    .filter(|outcome| outcome.is_told(effect.received_at, now));
                Received::Accepted {
                    facility: effect.facility,
                    outcome,
                    started: effect.started,
                }
            }
        })
    }

    /// Whether a tenant with the number was asked something by the last text to them.
    async fn is_answering(
        &self,
        facility: &FacilityId,
        number: &PhoneNumber,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = Key::phone(facility, number);
        let Some(phone) = self.read(&[&key]).await?.take::<PhoneItem>(&key)? else {
            return Ok(false);
        };
        let tenants = Versioned::<Number>::from(phone).value.tenants;
        let tenants = self
            .read_tenants(facility, &tenants.iter().collect::<Vec<_>>())
            .await?;
        Ok(tenants.iter().any(|tenant| tenant.value.is_answering(now)))
    }
}
