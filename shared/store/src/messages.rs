//! Texts to tenants: the decision first, then the text.
//!
//! A decision is written together with the message it lets out, on the condition that neither the tenant nor
//! the number has changed since they were read. Refusals are written too. The message then waits, `accepted`,
//! for whoever publishes it; see [`Store::settle`].

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use consent::facility::Facility;
use consent::gate::{Gate, POLICY_VERSION, ProviderBlock, gate};
use consent::id::{FacilityId, TenantId};
use consent::number::Number;
use consent::record::{hex, rfc3339};
use consent::rules::NumberStanding;
use consent::tenant::{Change, Residence, Tenant};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::items::{Direction, FacilityItem, PhoneItem, TenantItem, ThreadItem, Versioned, put};
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{Found, NotFound, Pause, Store};

/// An accepted send is remembered for so long under its `Idempotency-Key`.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// Nobody publishes an accepted message longer than this: whoever comes later may do it instead.
pub const PUBLISH_WITHIN: Duration = Duration::from_secs(3);

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
    /// When it was accepted, as its thread entry has it.
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
#[derive(Debug, Clone)]
pub enum Decided {
    /// Publish it, and say how it went.
    Publish(Message, Box<Found>),
    /// It was sent before, under the same key.
    SentBefore(Message),
}

/// Why a text was allowed to leave, or not. It is never rewritten.
#[derive(Serialize)]
struct DecisionItem<'a> {
    decision_id: &'a str,
    at: &'a str,
    allowed: bool,
    gate: &'a Gate,
    consent_record_id: Option<&'a str>,
    policy_version: &'static str,
    message_id: Option<&'a str>,
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
        let body_hash = digest(draft.body);
        let facility_key = Key::facility(draft.facility);
        let tenant_key = Key::tenant(draft.facility, draft.tenant);
        let idempotency_key = draft
            .key
            .map(|key| Key::idempotency(draft.facility, draft.tenant, &digest(key)));
        let mut pause = Pause::new();
        let mut number: Option<Number> = None;
        loop {
            let now = clock();
            let keys: Vec<&Key> = [&facility_key, &tenant_key]
                .into_iter()
                .chain(&idempotency_key)
                .collect();
            let mut items = self.read(&keys).await?;
            let facility = items
                .take::<FacilityItem>(&facility_key)?
                .map(Versioned::<Facility>::from);
            let facility = facility.ok_or(SendError::NotFound(NotFound::Facility))?;
            let tenant = items
                .take::<TenantItem>(&tenant_key)?
                .map(Versioned::<Tenant>::from);
            let Some(Versioned {
                value: tenant,
                version,
            }) = tenant.filter(|tenant| tenant.value.residence == Residence::Resident)
            else {
                return Err(SendError::NotFound(NotFound::Tenant));
            };
            let remembered = match &idempotency_key {
                Some(key) => items.take::<KeyItem>(key)?,
                None => None,
            };
            let remembered_version = remembered.as_ref().map(|remembered| remembered.version);
            // After a conflict the number is looked at as well: its STOP may not have reached the tenant yet.
            let tenant = match &number {
                Some(number) => number.seen_by_gate(tenant),
                None => tenant,
            };
            let found = Found {
                facility: facility.value,
                tenant,
            };
            let remembered = remembered.filter(|remembered| remembered.expires_at > now.as_second());
            let unsent = match remembered {
                Some(remembered) if remembered.body_hash != body_hash => return Err(SendError::KeyReused),
                Some(KeyItem { message, .. }) => match self.unsent(draft, &message, now).await? {
                    Unsent::No => return Ok(Decided::SentBefore(message)),
                    Unsent::InFlight => {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        continue;
                    }
                    Unsent::Yes(thread) => Some((message, thread)),
                },
                None => None,
            };
            let gate = gate(&found.tenant);
            let record = found.tenant.chain.sequence;
            let at = rfc3339(now);
            let decision_id = random_id();
            let record_id = (record > 0).then(|| format!("{}/{}/{record}", draft.facility, draft.tenant));
            let message = (gate == Gate::Open).then(|| Message {
                message_id: unsent
                    .as_ref()
                    .map_or_else(random_id, |(message, _)| message.message_id.clone()),
                decision_id: decision_id.clone(),
                consent_record_id: record_id.clone().unwrap_or_default(),
                at: unsent
                    .as_ref()
                    .map_or_else(|| at.clone(), |(message, _)| message.at.clone()),
            });
            let decision = DecisionItem {
                decision_id: &decision_id,
                at: &at,
                allowed: gate == Gate::Open,
                gate: &gate,
                consent_record_id: record_id.as_deref(),
                policy_version: POLICY_VERSION,
                message_id: message.as_ref().map(|message| message.message_id.as_str()),
            };
            let key = Key::decision(draft.facility, draft.tenant, record, &at, &decision_id);
            let mut writes = vec![put(&self.table, &key, &decision, None)?];
            if let Some(message) = &message {
                let thread = ThreadItem {
                    id: message.message_id.clone(),
                    direction: Direction::Outbound,
                    body: draft.body.to_owned(),
                    at: message.at.clone(),
                    classified_as: None,
                    state: Some(MessageState::Accepted),
                    decision_id: Some(message.decision_id.clone()),
                    consent_record_id: Some(message.consent_record_id.clone()),
                    attempted_at: Some(now),
                    version: 0,
                };
                let key = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
                writes.push(put(
                    &self.table,
                    &key,
                    &thread,
                    unsent.map(|(_, version)| version),
                )?);
                if let Some(key) = &idempotency_key {
                    let item = KeyItem {
                        body_hash: body_hash.clone(),
                        message: message.clone(),
                        expires_at: now.as_second() + REMEMBERED.as_secs(),
                        version: 0,
                    };
                    writes.push(put(&self.table, key, &item, remembered_version)?);
                }
                writes.push(self.unchanged(&tenant_key, version)?);
                writes.extend(self.not_held_back(&found)?);
            }
            match self.write(writes).await {
                Ok(()) => {
                    return match message {
                        Some(message) => Ok(Decided::Publish(message, Box::new(found))),
                        None => Err(SendError::Refused(gate, Box::new(found))),
                    };
                }
                Err(error) => {
                    pause.after(error).await?;
                    number = self.read_number(&found.tenant).await?;
                }
            }
        }
    }

    /// Writes down how publishing a message went.
    ///
    /// # Errors
    /// The database's: the message then stays `accepted`.
    pub async fn settle(
        &self,
        draft: &Draft<'_>,
        message: &Message,
        state: MessageState,
    ) -> Result<(), StoreError> {
        let key = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
        let state = serde_dynamo::to_attribute_value(state)?;
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression("SET #state = :state ADD version :one")
            .condition_expression("decision_id = :decision")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", state)
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .expression_attribute_values(":decision", AttributeValue::S(message.decision_id.clone()))
            .send()
            .await?;
        Ok(())
    }

    /// Keeps what is known of the provider's own list about a tenant's number. It changes no consent.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_provider_block(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        block: Option<&ProviderBlock>,
    ) -> Result<(), StoreError> {
        let mut pause = Pause::new();
        loop {
            let (_, read) = self.read_tenant(facility, tenant).await?;
            let Some(Versioned { value, version }) =
                read.filter(|tenant| tenant.value.provider_block.as_ref() != block)
            else {
                return Ok(());
            };
            let tenant = Tenant {
                provider_block: block.cloned(),
                ..value
            };
            match self
                .write(self.changed(&Change { tenant, record: None }, version)?)
                .await
            {
                Ok(()) => return Ok(()),
                Err(error) => pause.after(error).await?,
            }
        }
    }

    async fn read_number(&self, tenant: &Tenant) -> Result<Option<Number>, StoreError> {
        let Some(number) = &tenant.details.cell_phone else {
            return Ok(None);
        };
        let key = Key::phone(&tenant.facility_id, number);
        let item = self.read(&[&key]).await?.take::<PhoneItem>(&key)?;
        Ok(item.map(|item| Versioned::<Number>::from(item).value))
    }

    /// Whether a message that was accepted under a key is still to be sent.
    async fn unsent(
        &self,
        draft: &Draft<'_>,
        message: &Message,
        now: Timestamp,
    ) -> Result<Unsent, StoreError> {
        let key = Key::thread(draft.facility, draft.tenant, &message.at, &message.message_id);
        let Some(thread) = self.read(&[&key]).await?.take::<ThreadItem>(&key)? else {
            return Ok(Unsent::No);
        };
        let idle = thread.attempted_at.is_none_or(|at| {
            now.duration_since(at) > SignedDuration::try_from(PUBLISH_WITHIN).unwrap_or(SignedDuration::MAX)
        });
        Ok(match thread.state {
            Some(MessageState::Failed) => Unsent::Yes(thread.version),
            Some(MessageState::Accepted) if idle => Unsent::Yes(thread.version),
            Some(MessageState::Accepted) => Unsent::InFlight,
            Some(MessageState::Sent) | None => Unsent::No,
        })
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

enum Unsent {
    No,
    /// Somebody may be publishing it right now.
    InFlight,
    /// With the version of its thread entry.
    Yes(u64),
}

fn digest(text: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

/// 128 random bits.
fn random_id() -> String {
    let mut bytes = [0; 16];
    // The system's randomness does not fail once the machine has started; an id that is taken already is
    // refused by the table.
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    hex(&bytes)
}
