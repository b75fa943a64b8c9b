//! The one way in which a text is let out, whoever hands it over: this service (`messages.rs`) or the caller
//! (`asking.rs`).
//!
//! What is decided is written on the condition that neither the tenant nor the number has changed since they were
//! read. Refusals are written too. From then on the text is *in flight*, which the tenant's item says, until it is known
//! what became of it: a withdrawal that is written meanwhile is acknowledged only afterwards, so that no text leaves
//! after an acknowledged STOP.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem};
use consent::decision::{OpenFor, Sender};
use consent::facility::Facility;
use consent::gate::{Gate, gate_for_send};
use consent::id::{FacilityId, InFlightId, PhoneNumber, TenantId};
use consent::number::Number;
use consent::rules::NumberStanding;
use consent::spans::TEXT_IN_FLIGHT;
use consent::tenant::{InFlight, Residence, Tenant};
use jiff::Timestamp;

use crate::decisions::{DecisionItem, MOST_IN_FLIGHT};
use crate::error::StoreError;
use crate::items::{FacilityItem, PhoneItem, TenantItem, Versioned};
use crate::messages::{Earlier, KeyItem, Message, OwnText, SendError, Unsent};
use crate::schema::{Key, PARTITION_KEY};
use crate::store::{Found, NotFound, Pause, Store};

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
    Refused(DecisionItem, Box<Found>),
    /// It has left before, under the same key.
    SentBefore(Message),
}

/// A text that may leave.
pub(crate) struct LetOut {
    pub(crate) decision: DecisionItem,
    pub(crate) found: Found,
    pub(crate) from: PhoneNumber,
    pub(crate) to: PhoneNumber,
    /// The message, where this service sends it.
    pub(crate) message: Option<Message>,
    /// When it was decided.
    pub(crate) at: Timestamp,
}

/// A decision that is made and not yet written.
struct Plan {
    decision: DecisionItem,
    message: Option<Message>,
    /// Where the text goes from and to, if it may leave.
    ends: Option<(PhoneNumber, PhoneNumber)>,
    writes: Vec<TransactWriteItem>,
}

/// The keys of what decides about a text.
struct Keys {
    facility: Key,
    tenant: Key,
    idempotency: Option<Key>,
}

/// What decides about a text.
pub(crate) struct Read {
    pub(crate) found: Found,
    pub(crate) tenant_version: Option<u64>,
    /// What is remembered under the key, expired or not.
    pub(crate) remembered: Option<KeyItem>,
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
        let mut pause = Pause::new();
        let mut number: Option<Number> = None;
        loop {
            let now = clock();
            let mut read = match known.take() {
                Some(read) => read,
                None => self.read_wanted(&keys).await?,
            };
            // After a conflict the number is looked at as well: its STOP may not have reached the tenant yet.
            if let Some(number) = &number {
                read.found.tenant = number.seen_by_gate(read.found.tenant);
            }
            let unsent = match self.earlier(wanted, &read, now).await? {
                Earlier::Nothing => None,
                Earlier::Unsent(unsent) => Some(unsent),
                Earlier::Sent(message) => return Ok(Verdict::SentBefore(message)),
                Earlier::UnderWay => continue,
            };
            let Plan {
                decision,
                message,
                ends,
                writes,
            } = self.plan_text(wanted, &read, unsent, now)?;
            match (self.write(writes).await, ends) {
                (Ok(()), Some((from, to))) => {
                    return Ok(Verdict::LetOut(Box::new(LetOut {
                        decision,
                        found: read.found,
                        from,
                        to,
                        message,
                        at: now,
                    })));
                }
                (Ok(()), None) => return Ok(Verdict::Refused(decision, Box::new(read.found))),
                (Err(error), _) => {
                    pause.after(error).await?;
                    number = self.read_number(&read.found.tenant).await?;
                }
            }
        }
    }

    /// What is decided on what was read, and what is to be written for it.
    fn plan_text(
        &self,
        wanted: &Wanted<'_>,
        read: &Read,
        unsent: Option<Unsent>,
        now: Timestamp,
    ) -> Result<Plan, StoreError> {
        let (mut decision, ends) = decide(&read.found, wanted, now);
        let mut message = None;
        let mut writes = Vec::new();
        if ends.is_some() {
            let (called, until) = match wanted.handover {
                Handover::Own(text) => {
                    let accepted = OwnText::accept(&decision, unsent.as_ref())
                        .ok_or_else(|| StoreError::failed("a text without a grant"))?;
                    decision.is_about(&accepted);
                    writes.extend(self.own_text(wanted, &text, read, &accepted, unsent, now)?);
                    (message.insert(accepted).in_flight(), now + TEXT_IN_FLIGHT)
                }
                Handover::Callers(open_for) => {
                    decision.opens(open_for, now);
                    (decision.in_flight(), open_for.in_flight_until(now))
                }
            };
            writes.extend(self.in_flight(wanted, read, called, until, now)?);
        }
        writes.push(self.put_decision(&read.found.tenant, &decision)?);
        Ok(Plan {
            decision,
            message,
            ends,
            writes,
        })
    }

    async fn read_wanted(&self, keys: &Keys) -> Result<Read, SendError> {
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

    async fn read_number(&self, tenant: &Tenant) -> Result<Option<Number>, StoreError> {
        let Some(number) = &tenant.details.cell_phone else {
            return Ok(None);
        };
        let key = Key::phone(&tenant.facility_id, number);
        let item = self.read(&[&key]).await?.take::<PhoneItem>(&key)?;
        Ok(item.map(|item| Versioned::<Number>::from(item).value))
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
        let mut tenant = read.found.tenant.clone();
        tenant.in_flight.retain(|_, in_flight| now < in_flight.until);
        let by = match wanted.handover {
            Handover::Own(text) => {
                tenant.asked_at = text.asks_at(now);
                Sender::Service
            }
            Handover::Callers(_) if tenant.in_flight.len() >= MOST_IN_FLIGHT => {
                return Err(StoreError::Unavailable("too many texts are in flight".into()));
            }
            Handover::Callers(_) => Sender::Caller,
        };
        let in_flight = InFlight {
            at,
            to: tenant.details.cell_phone.clone(),
            by,
            until,
        };
        tenant.in_flight.insert(id, in_flight);
        let mut writes = self.put_tenant(&tenant, &[], read.tenant_version)?;
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

/// The decision about a text, and where it goes from and to if it may leave.
fn decide(
    found: &Found,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> (DecisionItem, Option<(PhoneNumber, PhoneNumber)>) {
    let Found { facility, tenant } = found;
    let gate = gate_for_send(facility, tenant);
    let ends = (gate == Gate::Open)
        .then(|| facility.number.clone().zip(tenant.details.cell_phone.clone()))
        .flatten();
    (DecisionItem::new(found, gate, wanted.by, now), ends)
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
