//! The one way in which a text is let out. This service hands it over (`messages.rs`), or the caller does (`asking.rs`).
//!
//! The decision is written on the condition that neither the tenant nor the number has changed since they were read. A
//! refusal is written, too. The same transaction marks the text as *in flight* in the tenant's item. The mark stays until
//! it is known what became of the text, and a withdrawal is acknowledged only after that. So no text leaves after an
//! acknowledged STOP.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use consent::decision::OpenFor;
use consent::gate::{Closed, Ends, authorise};
use consent::id::{FacilityId, InFlightId, PhoneNumber, TenantId};
use consent::number::Number;
use consent::rules::NumberStanding;
use consent::spans::TEXT_IN_FLIGHT;
use consent::tenant::{LetOut as LetOutText, Tenant};
use jiff::Timestamp;

use crate::commit::{Attempt, Commit};
use crate::decisions::DecisionItem;
use crate::error::StoreError;
use crate::items::{PhoneItem, Versioned};
use crate::messages::{Earlier, KeyItem, Message, OwnText, SendError, Unsent};
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{FacilityTenant, Store};

/// A text that somebody wants to leave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The facility that sends it.
    pub(crate) facility: &'a FacilityId,
    /// The tenant whom it is for.
    pub(crate) tenant: &'a TenantId,
    /// Who asks: the token's subject.
    pub(crate) by: &'a str,
    /// Who hands it over.
    pub(crate) handover: Handover<'a>,
}

/// Who hands a text over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Handover<'a> {
    /// This service, which has the text.
    Own(OwnText<'a>),
    /// The caller, within this time.
    Callers(OpenFor),
}

/// What is decided about a text.
pub(crate) enum Verdict {
    /// It may leave.
    LetOut(Box<LetOut>),
    /// It may not.
    Refused(Closed, DecisionItem, Box<FacilityTenant>),
    /// It has left before, under the same key.
    SentBefore(Message),
}

/// A text that may leave.
pub(crate) struct LetOut {
    pub(crate) decision: DecisionItem,
    pub(crate) found: FacilityTenant,
    pub(crate) from: PhoneNumber,
    pub(crate) to: PhoneNumber,
    /// The message, where this service sends it.
    pub(crate) message: Option<Message>,
    /// When it was decided.
    pub(crate) at: Timestamp,
}

/// The keys of what decides about a text.
struct Keys {
    facility: Key,
    tenant: Key,
    idempotency: Option<Key>,
}

/// What decides about a text.
pub(crate) struct Read {
    /// With the version of the tenant's item.
    pub(crate) found: Versioned<FacilityTenant>,
    /// What is remembered under the key, expired or not.
    pub(crate) remembered: Option<Versioned<KeyItem>>,
}

impl Store {
    /// Decides whether a text may leave, and writes down why. What was read of it strongly consistent a moment ago may
    /// be `known`: the write that lets it out depends on its being so still.
    pub(crate) async fn let_out(
        &self,
        wanted: &Wanted<'_>,
        mut known: Option<Read>,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Verdict, SendError> {
        let keys = Keys {
            facility: Key::facility(wanted.facility),
            tenant: Key::tenant(wanted.facility, wanted.tenant),
            idempotency: wanted.idempotency_key(),
        };
        let (keys, clock) = (&keys, &clock);
        let mut attempts = 0..;
        self.commit(|| {
            let (known, attempt) = (known.take(), attempts.next());
            async move {
                let now = clock();
                let mut read = match known {
                    Some(read) => read,
                    None => self.read_wanted(keys).await?,
                };
                // After a conflict the number is looked at as well: its STOP may not have reached the tenant yet.
                if attempt != Some(0)
                    && let Some(number) = self.read_number(&read.found.value.tenant).await?
                {
                    read.found.value.tenant = number.seen_by_gate(read.found.value.tenant);
                }
                let unsent = match self.earlier(wanted, &read, now).await? {
                    Earlier::Nothing => None,
                    Earlier::Unsent(unsent) => Some(unsent),
                    Earlier::Sent(message) => return Ok(Attempt::Done(Verdict::SentBefore(message))),
                    Earlier::UnderWay => return Ok(Attempt::Again),
                };
                let (verdict, writes) = self.plan_text(wanted, read, unsent, now)?;
                Ok(Attempt::Write(Commit::uncounted(writes), verdict))
            }
        })
        .await
    }

    /// What is decided on what was read, and what is to be written for it.
    fn plan_text(
        &self,
        wanted: &Wanted<'_>,
        read: Read,
        unsent: Option<Unsent>,
        now: Timestamp,
    ) -> Result<(Verdict, Vec<TransactWriteItem>), StoreError> {
        let FacilityTenant { facility, tenant } = &read.found.value;
        let ends = authorise(facility, tenant);
        let closed = ends.as_ref().err().copied();
        let mut decision = DecisionItem::new(&read.found.value, closed, wanted.by, now);
        let mut writes = Vec::new();
        let Ends { from, to } = match ends {
            Ok(ends) => ends,
            Err(closed) => {
                writes.push(self.put_decision(tenant, &decision)?);
                let refused = Verdict::Refused(closed, decision, Box::new(read.found.value));
                return Ok((refused, writes));
            }
        };
        let mut message = None;
        let (called, until) = match wanted.handover {
            Handover::Own(text) => {
                let accepted = OwnText::accept(&decision, unsent.as_ref())
                    .ok_or_else(|| StoreError::failed("a text without a grant"))?;
                decision.is_about(&accepted);
                writes.extend(self.own_text(wanted, &text, &read, &accepted, unsent, now)?);
                (message.insert(accepted).in_flight(), now + TEXT_IN_FLIGHT)
            }
            Handover::Callers(open_for) => {
                decision.opens(open_for, now);
                (decision.in_flight(), open_for.in_flight_until(now))
            }
        };
        writes.extend(self.in_flight(wanted, &read, called, until, now)?);
        writes.push(self.put_decision(tenant, &decision)?);
        let let_out = LetOut {
            decision,
            found: read.found.value,
            from,
            to,
            message,
            at: now,
        };
        Ok((Verdict::LetOut(Box::new(let_out)), writes))
    }

    async fn read_wanted(&self, keys: &Keys) -> Result<Read, SendError> {
        let wanted: Vec<&Key> = [&keys.facility, &keys.tenant]
            .into_iter()
            .chain(&keys.idempotency)
            .collect();
        let mut items = self.read(&wanted).await?;
        let found = items.take_resident(&keys.facility, &keys.tenant)?;
        let remembered = match &keys.idempotency {
            Some(key) => items.take::<KeyItem>(key)?,
            None => None,
        };
        Ok(Read { found, remembered })
    }

    async fn read_number(&self, tenant: &Tenant) -> Result<Option<Number>, StoreError> {
        let Some(number) = &tenant.details.cell_phone else {
            return Ok(None);
        };
        let key = Key::phone(&tenant.facility_id, number);
        let item = self.read(&[&key]).await?.take::<PhoneItem>(&key)?;
        Ok(item.map(|item| item.value))
    }

    /// The writes that put a text in flight: the tenant, on the version that was read, so that a withdrawal at the same
    /// time sees it, and the condition that no STOP holds them back.
    fn in_flight(
        &self,
        wanted: &Wanted<'_>,
        read: &Read,
        (id, at): (InFlightId, String),
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let text = LetOutText {
            at: &at,
            until,
            own_text: match &wanted.handover {
                Handover::Own(text) => Some(text.body()),
                Handover::Callers(_) => None,
            },
        };
        let tenant = read.found.value.tenant.let_out(id, text, now);
        let tenant = tenant.map_err(|error| StoreError::Unavailable(error.into()))?;
        let mut writes = self.put_tenant(&tenant, &[], read.found.version)?;
        writes.extend(self.not_held_back(&tenant)?);
        Ok(writes)
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
    /// as a condition, so that it is asked in the moment in which the text is let out.
    fn not_held_back(&self, tenant: &Tenant) -> Result<Option<TransactWriteItem>, StoreError> {
        let Some(number) = &tenant.details.cell_phone else {
            return Ok(None);
        };
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(Key::phone(&tenant.facility_id, number).attributes()))
            .condition_expression(format!(
                "attribute_not_exists({PARTITION_KEY}) OR standing = :clear OR keywords <= :applied"
            ))
            .expression_attribute_values(":clear", serde_dynamo::to_attribute_value(NumberStanding::Clear)?)
            .expression_attribute_values(":applied", AttributeValue::N(tenant.keywords_applied.to_string()));
        let check = check.build().map_err(StoreError::failed)?;
        Ok(Some(TransactWriteItem::builder().condition_check(check).build()))
    }
}

impl Wanted<'_> {
    /// Where an accepted send is remembered.
    fn idempotency_key(&self) -> Option<Key> {
        let Handover::Own(text) = &self.handover else {
            return None;
        };
        let key = text.key_digest()?;
        Some(Key::idempotency(self.facility, self.tenant, &key))
    }
}
