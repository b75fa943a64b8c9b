//! Texts to tenants: the decision first, then the text.
//!
//! A decision is written together with the message it lets out, on the condition that neither the tenant nor
//! the number has changed since they were read. Refusals are written too. From then on the message is *in
//! flight*, which the tenant's item says, until [`Store::record_outcome`] has written how it went: a withdrawal that is
//! written meanwhile is acknowledged only afterwards, so that no text leaves after an acknowledged STOP.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use consent::facility::Facility;
use consent::gate::{Gate, POLICY_VERSION, gate_for_send};
use consent::id::{FacilityId, TenantId};
use consent::number::Number;
use consent::question;
use consent::record::{hex, rfc3339};
use consent::rules::NumberStanding;
use consent::tenant::{InFlight, Residence, Tenant};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::items::{Direction, FacilityItem, PhoneItem, TenantItem, ThreadItem, Versioned, put};
use crate::permit::Permit;
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{Found, NotFound, Pause, Store};

/// An accepted send is remembered for so long under its `Idempotency-Key`.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// A message that was accepted is handed to the provider within this time, or not at all.
const PUBLISH_WITHIN: SignedDuration = SignedDuration::from_secs(1);
/// And the provider has answered, or is given up, within this time: twice what the client waits at most.
const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(4);
/// Whoever waits for a message in flight looks again so often.
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

/// Why a text was allowed to leave, or not. It is never rewritten.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the members' names on the wire")]
pub struct Decision {
    decision_id: String,
    at: String,
    allowed: bool,
    gate: Gate,
    consent_record_id: Option<String>,
    policy_version: String,
    message_id: Option<String>,
}

/// An accepted send, by its key.
#[derive(Serialize, Deserialize)]
struct KeyItem {
    body_hash: String,
    #[serde(flatten)]
    message: Message,
    /// Epoch seconds, for the table's time to live.
    expires_at: i64,
    #[serde(default, skip_serializing)]
    version: u64,
}

/// The keys of what decides about a draft.
struct Keys {
    facility: Key,
    tenant: Key,
    idempotency: Option<Key>,
}

/// What decides about a draft.
struct Read {
    found: Found,
    tenant_version: Option<u64>,
    /// What is remembered under the key, expired or not.
    remembered: Option<KeyItem>,
}

/// A message that was accepted before and has not left.
struct Unsent {
    message: Message,
    thread_version: u64,
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
        let keys = Keys {
            facility: Key::facility(draft.facility),
            tenant: Key::tenant(draft.facility, draft.tenant),
            idempotency: draft
                .key
                .map(|key| Key::idempotency(draft.facility, draft.tenant, &digest(key))),
        };
        let mut pause = Pause::new();
        let mut number: Option<Number> = None;
        loop {
            let now = clock();
            let mut read = self.read_draft(&keys).await?;
            // After a conflict the number is looked at as well: its STOP may not have reached the tenant yet.
            if let Some(number) = &number {
                read.found.tenant = number.seen_by_gate(read.found.tenant);
            }
            let remembered = read
                .remembered
                .as_ref()
                .filter(|item| item.expires_at > now.as_second());
            let unsent = match remembered {
                None => None,
                Some(KeyItem {
                    message, body_hash, ..
                }) => {
                    let is_same = *body_hash == digest(draft.body);
                    match self.outcome(draft, message).await? {
                        // It was never accepted for good: the key is free.
                        (MessageState::Failed, _) if !is_same => None,
                        _ if !is_same => return Err(SendError::KeyReused),
                        (MessageState::Sent, _) => return Ok(Decided::SentBefore(message.clone())),
                        (MessageState::Accepted, _) if is_in_flight(&read.found.tenant, message, now) => {
                            tokio::time::sleep(LOOK_AGAIN * 5).await;
                            continue;
                        }
                        (MessageState::Accepted | MessageState::Failed, thread_version) => Some(Unsent {
                            message: message.clone(),
                            thread_version,
                        }),
                    }
                }
            };
            let Found { facility, tenant } = &read.found;
            let gate = gate_for_send(facility, tenant);
            let decision_id = random_id();
            let ends = (gate == Gate::Open)
                .then(|| facility.number.clone().zip(tenant.details.cell_phone.clone()))
                .flatten();
            let message = ends.is_some().then(|| Message {
                message_id: unsent
                    .as_ref()
                    .map_or_else(random_id, |unsent| unsent.message.message_id.clone()),
                decision_id: decision_id.clone(),
                consent_record_id: record_id(tenant).unwrap_or_default(),
                at: unsent
                    .as_ref()
                    .map_or_else(|| rfc3339(now), |unsent| unsent.message.at.clone()),
            });
            let mut writes =
                vec![self.decision(&read.found.tenant, gate, &decision_id, message.as_ref(), now)?];
            if let Some(message) = &message {
                writes.extend(self.let_out(draft, &keys, &read, message, unsent, now)?);
            }
            match (self.write(writes).await, message.zip(ends)) {
                (Ok(()), Some((message, (from, to)))) => {
                    return Ok(Decided::Publish(Box::new(Permit {
                        message,
                        found: read.found,
                        from,
                        to,
                        body: draft.body.to_owned(),
                        publish_before: now + PUBLISH_WITHIN,
                    })));
                }
                (Ok(()), None) => return Err(SendError::Refused(gate, Box::new(read.found))),
                (Err(error), _) => {
                    pause.after(error).await?;
                    number = self.read_number(&read.found.tenant).await?;
                }
            }
        }
    }

    async fn read_draft(&self, keys: &Keys) -> Result<Read, SendError> {
        let wanted: Vec<&Key> = [&keys.facility, &keys.tenant]
            .into_iter()
            .chain(&keys.idempotency)
            .collect();
        let mut items = self.read(&wanted).await?;
        let facility = items
            .take::<FacilityItem>(&keys.facility)?
            .map(Versioned::<Facility>::from);
        let facility = facility.ok_or(SendError::NotFound(NotFound::Facility))?.value;
        let tenant = items
            .take::<TenantItem>(&keys.tenant)?
            .map(Versioned::<Tenant>::from);
        let tenant = tenant.filter(|tenant| tenant.value.residence == Residence::Resident);
        let Versioned {
            value: tenant,
            version,
        } = tenant.ok_or(SendError::NotFound(NotFound::Tenant))?;
        let remembered = match &keys.idempotency {
            Some(key) => items.take::<KeyItem>(key)?,
            None => None,
        };
        Ok(Read {
            found: Found { facility, tenant },
            tenant_version: version,
            remembered,
        })
    }

    fn decision(
        &self,
        tenant: &Tenant,
        gate: Gate,
        decision_id: &str,
        message: Option<&Message>,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let at = rfc3339(now);
        let item = Decision {
            decision_id: decision_id.to_owned(),
            at: at.clone(),
            allowed: gate == Gate::Open,
            gate,
            consent_record_id: record_id(tenant),
            policy_version: POLICY_VERSION.to_owned(),
            message_id: message.map(|message| message.message_id.clone()),
        };
        let sequence = tenant.chain.sequence;
        let key = Key::decision(&tenant.facility_id, &tenant.tenant_id, sequence, &at, decision_id);
        put(&self.table, &key, &item, None)
    }

    /// What is written with the decision that lets a message out.
    fn let_out(
        &self,
        draft: &Draft<'_>,
        keys: &Keys,
        read: &Read,
        message: &Message,
        unsent: Option<Unsent>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let thread = ThreadItem {
            id: message.message_id.clone(),
            direction: Direction::Outbound,
            body: draft.body.to_owned(),
            at: message.at.clone(),
            classified_as: None,
            state: Some(MessageState::Accepted),
            decision_id: Some(message.decision_id.clone()),
            consent_record_id: Some(message.consent_record_id.clone()),
            version: 0,
        };
        let thread_key = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
        let mut tenant = read.found.tenant.clone();
        tenant.in_flight.retain(|_, in_flight| now < in_flight.until);
        let in_flight = InFlight {
            at: message.at.clone(),
            to: tenant.details.cell_phone.clone(),
            until: now + IN_FLIGHT,
        };
        tenant.asked_at = question::asks(draft.body).then_some(now);
        tenant.in_flight.insert(message.message_id.clone(), in_flight);
        // The tenant has one write of their own here, so that a withdrawal at the same time sees the message.
        let mut writes = self.put_tenant(&tenant, &[], read.tenant_version)?;
        writes.push(put(
            &self.table,
            &thread_key,
            &thread,
            unsent.map(|unsent| unsent.thread_version),
        )?);
        if let Some(key) = &keys.idempotency {
            let item = KeyItem {
                body_hash: digest(draft.body),
                message: message.clone(),
                expires_at: now.as_second() + REMEMBERED.as_secs(),
                version: 0,
            };
            writes.push(put(
                &self.table,
                key,
                &item,
                read.remembered.as_ref().map(|item| item.version),
            )?);
        }
        writes.extend(self.not_held_back(&read.found)?);
        Ok(writes)
    }

    /// How far a message came that was accepted under a key, and the version of its thread entry.
    async fn outcome(&self, draft: &Draft<'_>, message: &Message) -> Result<(MessageState, u64), StoreError> {
        let key = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
        let thread = self.read(&[&key]).await?.take::<ThreadItem>(&key)?;
        // An entry is never removed: without one there is nothing that could be sent again.
        Ok(thread.map_or((MessageState::Sent, 0), |thread| {
            (thread.state.unwrap_or(MessageState::Sent), thread.version)
        }))
    }

    async fn read_number(&self, tenant: &Tenant) -> Result<Option<Number>, StoreError> {
        let Some(number) = &tenant.details.cell_phone else {
            return Ok(None);
        };
        let key = Key::phone(&tenant.facility_id, number);
        let item = self.read(&[&key]).await?.take::<PhoneItem>(&key)?;
        Ok(item.map(|item| Versioned::<Number>::from(item).value))
    }

    /// The tenant is as they were read.
    pub(crate) fn unchanged(
        &self,
        tenant: &Key,
        version: Option<u64>,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(tenant.attributes()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", AttributeValue::N(version.unwrap_or(0).to_string()));
        Ok(TransactWriteItem::builder()
            .condition_check(check.build().map_err(StoreError::failed)?)
            .build())
    }

    /// No STOP stands on the number that has not reached the tenant: [`consent::number::Number::holds_back`]
    /// as a condition, so that it is asked in the moment in which the message is accepted.
    fn not_held_back(&self, found: &Found) -> Result<Option<TransactWriteItem>, StoreError> {
        let Some(number) = &found.tenant.details.cell_phone else {
            return Ok(None);
        };
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(Key::phone(&found.tenant.facility_id, number).attributes()))
            .condition_expression(format!(
                "attribute_not_exists({PARTITION_KEY}) OR standing = :clear OR keywords <= :applied"
            ))
            .expression_attribute_values(":clear", serde_dynamo::to_attribute_value(NumberStanding::Clear)?)
            .expression_attribute_values(
                ":applied",
                AttributeValue::N(found.tenant.keywords_applied.to_string()),
            );
        let check = check.build().map_err(StoreError::failed)?;
        Ok(Some(TransactWriteItem::builder().condition_check(check).build()))
    }
}

fn is_in_flight(tenant: &Tenant, message: &Message, now: Timestamp) -> bool {
    tenant
        .in_flight
        .get(&message.message_id)
        .is_some_and(|in_flight| now < in_flight.until)
}

/// The consent record that a decision about the tenant rests on.
fn record_id(tenant: &Tenant) -> Option<String> {
    let Tenant {
        facility_id,
        tenant_id,
        chain,
        ..
    } = tenant;
    (chain.sequence > 0).then(|| format!("{facility_id}/{tenant_id}/{}", chain.sequence))
}

fn digest(text: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

/// 128 random bits.
fn random_id() -> String {
    let mut bytes = [0; 16];
    // The system's randomness does not fail once the machine has started; an id that is taken already is
    // refused by the table.
    let _ = crate::random::fill(&mut bytes);
    hex(&bytes)
}
