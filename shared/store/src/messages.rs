//! Texts that this service sends: the decision first, then the text. How one is let out is in [`crate::deciding`].

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::gate::Gate;
use consent::id::{FacilityId, TenantId};
use consent::question;
use consent::record::hex;
use consent::tenant::Tenant;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::deciding::{Handover, Read, Verdict, Wanted};
use crate::decisions::DecisionItem;
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem, put};
use crate::permit::Permit;
use crate::schema::Key;
use crate::store::{Found, NotFound, Store};

/// An accepted send is remembered for so long under its `Idempotency-Key`.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// A message that was accepted is handed to the provider within this time, or not at all.
const PUBLISH_WITHIN: SignedDuration = SignedDuration::from_secs(1);
/// Whoever waits for a message in flight looks again after this, and then ever less often.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A text that somebody wants to send.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
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

/// How far a message to a tenant came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Decided, and not known to be sent.
    Accepted,
    /// Handed to the provider.
    Sent,
    /// The provider did not take it. A retry with the same key sends it.
    Failed,
}

/// A message that may leave, with the decision and the consent record that let it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub message_id: String,
    /// The decision that let it out.
    pub decision_id: String,
    /// The consent record on which that was decided.
    pub consent_record_id: String,
    /// When it was first accepted, as its thread entry has it.
    pub(crate) at: String,
}

/// Why a draft is not a message.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There is no such tenant.
    #[error("not found")]
    NotFound(NotFound),
    /// The rules refuse it.
    #[error("refused")]
    Refused(Gate, Box<Found>),
    /// The key stands for another body.
    #[error("the key stands for another body")]
    KeyReused,
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be done with a draft.
#[derive(Debug)]
pub enum Decided {
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
    #[serde(default, skip_serializing)]
    version: u64,
}

/// A message that was accepted before and has not left.
pub(crate) struct Unsent {
    message: Message,
    thread_version: u64,
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
    /// The provider has answered, or is given up, within this time after the decision: twice what the client waits at
    /// most.
    pub(crate) const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(4);

    pub(crate) fn key_digest(&self) -> Option<String> {
        self.key.map(digest)
    }

    /// When it asks something, if it does.
    pub(crate) fn asks_at(&self, now: Timestamp) -> Option<Timestamp> {
        question::asks(self.body).then_some(now)
    }

    /// The message that a decision lets out: the one from before, where it has not left.
    pub(crate) fn accept(decision: &DecisionItem, unsent: Option<&Unsent>) -> Message {
        Message {
            message_id: unsent.map_or_else(random_id, |unsent| unsent.message.message_id.clone()),
            decision_id: decision.decision_id.clone(),
            consent_record_id: decision.consent_record_id.clone().unwrap_or_default(),
            at: unsent.map_or_else(|| decision.at.clone(), |unsent| unsent.message.at.clone()),
        }
    }
}

impl Message {
    /// What it is called among the texts in flight, and when it was let out.
    pub(crate) fn in_flight(&self) -> (String, String) {
        (self.message_id.clone(), self.at.clone())
    }
}

impl Store {
    /// Decides whether a text may leave, and writes down why. One strongly consistent read decides.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn decide(
        &self,
        draft: &Draft<'_>,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Decided, SendError> {
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
            Verdict::SentBefore(message) => Ok(Decided::SentBefore(message)),
            Verdict::Refused(decision, found) => Err(SendError::Refused(decision.gate, found)),
            Verdict::LetOut(let_out) => {
                let message = let_out
                    .message
                    .ok_or_else(|| StoreError::failed("a send without a message"))?;
                Ok(Decided::Publish(Box::new(Permit {
                    message,
                    found: let_out.found,
                    from: let_out.from,
                    to: let_out.to,
                    body: draft.body.to_owned(),
                    publish_before: let_out.at + PUBLISH_WITHIN,
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
        let remembered = read.remembered.as_ref();
        let (
            Handover::Own(text),
            Some(KeyItem {
                message, body_hash, ..
            }),
        ) = (
            wanted.handover,
            remembered.filter(|item| item.expires_at > now.as_second()),
        )
        else {
            return Ok(Earlier::Nothing);
        };
        let is_same = *body_hash == digest(text.body);
        Ok(match self.outcome(wanted, message).await? {
            // It was never accepted for good: the key is free.
            (MessageState::Failed, _) if !is_same => Earlier::Nothing,
            _ if !is_same => return Err(SendError::KeyReused),
            (MessageState::Sent, _) => Earlier::Sent(message.clone()),
            (MessageState::Accepted, _) if is_in_flight(&read.found.tenant, message, now) => {
                tokio::time::sleep(LOOK_AGAIN * 5).await;
                Earlier::UnderWay
            }
            (MessageState::Accepted | MessageState::Failed, thread_version) => Earlier::Unsent(Unsent {
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
            id: message.message_id.clone(),
            direction: Direction::Outbound,
            body: text.body.to_owned(),
            at: message.at.clone(),
            classified_as: None,
            state: Some(MessageState::Accepted),
            decision_id: Some(message.decision_id.clone()),
            consent_record_id: Some(message.consent_record_id.clone()),
            version: 0,
        };
        let key = Key::thread(wanted.facility, wanted.tenant, &message.at, &message.message_id);
        let version = unsent.map(|unsent| unsent.thread_version);
        let mut writes = vec![put(&self.table, &key, &thread, version)?];
        if let Some(key) = text.key_digest() {
            let item = KeyItem {
                body_hash: digest(text.body),
                message: message.clone(),
                expires_at: now.as_second() + REMEMBERED.as_secs(),
                version: 0,
            };
            let key = Key::idempotency(wanted.facility, wanted.tenant, &key);
            let version = read.remembered.as_ref().map(|item| item.version);
            writes.push(put(&self.table, &key, &item, version)?);
        }
        Ok(writes)
    }

    /// How far a message came that was accepted under a key, and the version of its thread entry.
    async fn outcome(
        &self,
        wanted: &Wanted<'_>,
        message: &Message,
    ) -> Result<(MessageState, u64), StoreError> {
        let key = Key::thread(wanted.facility, wanted.tenant, &message.at, &message.message_id);
        let thread = self.read(&[&key]).await?.take::<ThreadItem>(&key)?;
        // An entry is never removed: without one there is nothing that could be sent again.
        Ok(thread.map_or((MessageState::Sent, 0), |thread| {
            (thread.state.unwrap_or(MessageState::Sent), thread.version)
        }))
    }
}

fn is_in_flight(tenant: &Tenant, message: &Message, now: Timestamp) -> bool {
    tenant
        .in_flight
        .get(&message.message_id)
        .is_some_and(|in_flight| now < in_flight.until)
}

fn digest(text: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

/// 128 random bits.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    // The system's randomness does not fail once the machine has started; an id that is taken already is
    // refused by the table.
    let _ = crate::random::fill(&mut bytes);
    hex(&bytes)
}
