//! Texts that this service sends: the decision first, then the text. How one is let out is in [`crate::deciding`].

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::gate::Closed;
use consent::id::{DecisionId, FacilityId, InFlightId, MessageId, RecordId, TenantId};
use consent::record::hex;
use consent::sending::{self, MessageState, Repetition, forgotten_at, is_remembered};
use consent::spans::HAND_OVER_WITHIN;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::deciding::{Handover, Read, Verdict, Wanted};
use crate::decisions::DecisionItem;
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem, put, stored};
use crate::permit::Permit;
use crate::random::random_bits;
use crate::schema::Key;
use crate::store::{FacilityTenant, NotFound, Store, read_errors};

/// A request that waits for a message in flight looks again after this time, and then less and less often.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A text that somebody wants to send.
#[derive(Debug, Clone, Copy)]
pub struct SendRequest<'a> {
    /// The facility that sends it.
    pub facility: &'a FacilityId,
    /// The tenant whom it is for.
    pub tenant: &'a TenantId,
    /// Its body.
    pub body: &'a str,
    /// The caller's `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// Who sends it: the token's subject.
    pub by: &'a str,
}

/// A text that this service hands over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnText<'a> {
    body: &'a str,
    key: Option<&'a str>,
}

/// A message that may leave, with the decision and the consent record that let it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub message_id: MessageId,
    /// The decision that let it out.
    pub decision_id: DecisionId,
    /// The consent record on which that was decided.
    pub consent_record_id: RecordId,
    /// When it was first accepted, as its thread entry has it.
    pub(crate) at: String,
}

/// Why a draft is not a message.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There is no such tenant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The rules refuse it.
    #[error("refused")]
    Refused(Closed, Box<FacilityTenant>),
    /// The key was used with a different body.
    #[error("the key was used with a different body")]
    KeyReused,
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

read_errors!(SendError);

/// What is to be done with a draft.
#[derive(Debug)]
pub enum SendDecision {
    /// Publish it, and say how it went.
    Publish(Box<Permit>),
    /// It was sent before, under the same key.
    SentBefore(Message),
}

/// An accepted send, by its key.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyItem {
    body_hash: String,
    #[serde(flatten)]
    message: Message,
    /// Epoch seconds, for the table's time to live.
    expires_at: i64,
}

stored!(KeyItem => KeyItem);

/// A message that was accepted before and has not left.
pub(crate) struct Unsent {
    message: Message,
    thread_version: Option<u64>,
}

/// What an earlier request with the same key left behind.
pub(crate) enum Earlier {
    /// Nothing that counts.
    Nothing,
    /// A message that has not left.
    Unsent(Unsent),
    /// One that has.
    Sent(Message),
    /// One that is being handed over, a moment ago.
    UnderWay,
}

impl OwnText<'_> {
    pub(crate) fn key_digest(&self) -> Option<String> {
        self.key.map(digest)
    }

    pub(crate) fn body(&self) -> &str {
        self.body
    }

    /// The message that a decision lets out: the one from before, where it has not left. `None`: the decision rests on no
    /// grant.
    pub(crate) fn accept(decision: &DecisionItem, unsent: Option<&Unsent>) -> Option<Message> {
        let before = unsent.map(|unsent| (unsent.message.message_id.clone(), unsent.message.at.clone()));
        let (message_id, at) = before.unwrap_or_else(|| (MessageId::new(random_bits()), decision.at.clone()));
        Some(Message {
            message_id,
            decision_id: decision.decision_id.clone(),
            consent_record_id: decision.consent_record_id.clone()?,
            at,
        })
    }
}

impl Message {
    /// What it is called among the texts in flight, and when it was let out.
    pub(crate) fn in_flight(&self) -> (InFlightId, String) {
        (InFlightId::from(&self.message_id), self.at.clone())
    }
}

impl Store {
    /// Decides whether a text may leave, and writes down why. One strongly consistent read decides.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn authorise_send(
        &self,
        draft: &SendRequest<'_>,
        clock: impl Fn() -> Timestamp,
    ) -> Result<SendDecision, SendError> {
        let wanted = Wanted {
            facility: draft.facility,
            tenant: draft.tenant,
            by: draft.by,
            handover: Handover::Own(OwnText {
                body: draft.body,
                key: draft.key,
            }),
        };
        match self.let_out(&wanted, None, clock).await? {
            Verdict::SentBefore(message) => Ok(SendDecision::SentBefore(message)),
            Verdict::Refused(closed, _, found) => Err(SendError::Refused(closed, found)),
            Verdict::LetOut(let_out) => {
                let message = let_out
                    .message
                    .ok_or_else(|| StoreError::failed("a send without a message"))?;
                Ok(SendDecision::Publish(Box::new(Permit {
                    message,
                    found: let_out.found,
                    from: let_out.from,
                    to: let_out.to,
                    body: draft.body.to_owned(),
                    publish_before: let_out.at + HAND_OVER_WITHIN,
                })))
            }
        }
    }

    /// What an earlier request with the same key left behind. Where it is under way, this waits a moment.
    pub(crate) async fn earlier(
        &self,
        wanted: &Wanted<'_>,
        read: &Read,
        now: Timestamp,
    ) -> Result<Earlier, SendError> {
        let remembered = read.remembered.as_ref().map(|item| &item.value);
        let remembered = remembered.filter(|item| is_remembered(item.expires_at, now));
        let (
            Handover::Own(text),
            Some(KeyItem {
                message, body_hash, ..
            }),
        ) = (wanted.handover, remembered)
        else {
            return Ok(Earlier::Nothing);
        };
        let (state, thread_version) = self.outcome(wanted, message).await?;
        let in_flight = InFlightId::from(&message.message_id);
        let earlier = sending::Earlier {
            state,
            is_same_text: *body_hash == digest(text.body),
            is_in_flight: read.found.value.tenant.is_in_flight(&in_flight, now),
        };
        Ok(match earlier.repetition() {
            Repetition::New => Earlier::Nothing,
            Repetition::OfAnotherText => return Err(SendError::KeyReused),
            Repetition::Sent => Earlier::Sent(message.clone()),
            Repetition::UnderWay => {
                tokio::time::sleep(LOOK_AGAIN * 5).await;
                Earlier::UnderWay
            }
            Repetition::Unsent => Earlier::Unsent(Unsent {
                message: message.clone(),
                thread_version,
            }),
        })
    }

    /// What is written with the decision that lets a text of ours out: its thread entry, and its key.
    pub(crate) fn own_text(
        &self,
        wanted: &Wanted<'_>,
        text: &OwnText<'_>,
        read: &Read,
        message: &Message,
        unsent: Option<Unsent>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let thread = ThreadItem {
            id: message.message_id.to_string(),
            direction: Direction::Outbound,
            body: text.body.to_owned(),
            at: message.at.clone(),
            classified_as: None,
            state: Some(MessageState::Accepted),
            decision_id: Some(message.decision_id.clone()),
            consent_record_id: Some(message.consent_record_id.clone()),
        };
        let key = Key::thread(
            wanted.facility,
            wanted.tenant,
            &message.at,
            message.message_id.as_str(),
        );
        let version = unsent.and_then(|unsent| unsent.thread_version);
        let mut writes = vec![put(&self.table, &key, &thread, version)?];
        if let Some(key) = text.key_digest() {
            let item = KeyItem {
                body_hash: digest(text.body),
                message: message.clone(),
                expires_at: forgotten_at(now),
            };
            let key = Key::idempotency(wanted.facility, wanted.tenant, &key);
            let version = read.remembered.as_ref().and_then(|item| item.version);
            writes.push(put(&self.table, &key, &item, version)?);
        }
        Ok(writes)
    }

    /// How far a message came that was accepted under a key, and the version of its thread entry.
    async fn outcome(
        &self,
        wanted: &Wanted<'_>,
        message: &Message,
    ) -> Result<(MessageState, Option<u64>), StoreError> {
        let key = Key::thread(
            wanted.facility,
            wanted.tenant,
            &message.at,
            message.message_id.as_str(),
        );
        let thread = self.read(&[&key]).await?.take::<ThreadItem>(&key)?;
        // An entry is never removed: without one there is nothing that could be sent again.
        Ok(thread.map_or((MessageState::Sent, None), |thread| {
            (thread.value.state.unwrap_or(MessageState::Sent), thread.version)
        }))
    }
}

fn digest(text: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}
