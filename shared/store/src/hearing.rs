//! How a number and the tenants who have it hear a keyword.
//!
//! The number's own standing is written first, together with as many tenants as a transaction holds; the rest
//! follow in transactions of their own. How far a message came is kept with it, so that a redelivery goes on
//! where a crash left off.

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::{Keyword, Number};
use consent::record::{Evidence, Record, rfc3339};
use consent::reply::Outcome;
use consent::rules::{Consent, OptOut, Status, TwoWayTexting};
use consent::tenant::{Residence, Tenant};
use consent::words::Meaning;
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::items::{
    Direction, FacilityItem, MessageEffect, MessageItem, PhoneItem, TenantItem, ThreadItem, Versioned, put,
};
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{Pause, Store};
use crate::tenants::counted;

/// `TransactWriteItems` takes 100 items: the number, the message and the totals, then a tenant, a record
/// and a thread entry for each tenant.
const TENANTS_PER_TRANSACTION: usize = (100 - 2 - TOTALS_SHARDS as usize) / 3;

impl MessageItem {
    /// A delivery of a message that another one still waits with, or crashed with: it waits as well.
    pub(crate) async fn await_in_flight(&self, now: Timestamp) {
        let until = self.in_flight_until.map_or(now, |until| until.max(now));
        tokio::time::sleep(Duration::try_from(until.duration_since(now)).unwrap_or_default()).await;
    }
}

/// Something heard of a number: a text, or a STOP that the facility software knew of.
pub(crate) struct Heard<'a> {
    pub(crate) message: Key,
    pub(crate) facility: &'a FacilityId,
    pub(crate) number: &'a PhoneNumber,
    /// The business number that a text was sent to.
    pub(crate) to: Option<&'a PhoneNumber>,
    pub(crate) keyword: Option<Keyword>,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) evidence: Evidence,
    pub(crate) thread: Option<Thread<'a>>,
}

/// How a text stands in the thread of each tenant with the number.
pub(crate) struct Thread<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a str,
    pub(crate) meaning: Meaning,
}

impl<'a> Heard<'a> {
    /// A STOP from before a tenant's first registration.
    pub(crate) fn before_registration(
        facility: &'a FacilityId,
        tenant: &TenantId,
        number: &'a PhoneNumber,
        evidence: &Evidence,
    ) -> Self {
        Self {
            message: Key::message(
                "registration",
                &format!("{facility}#{tenant}#{}", number.as_str()),
            ),
            facility,
            number,
            to: None,
            keyword: Some(Keyword::Stop),
            sent_at: None,
            evidence: evidence.clone(),
            thread: None,
        }
    }
}

/// What hearing it changed.
pub(crate) struct Effect {
    pub(crate) facility: Facility,
    pub(crate) message: MessageEffect,
    /// The tenants whom a START concerns and who may be texted by their own consent now.
    pub(crate) started: Vec<TenantId>,
    /// When it was first received.
    pub(crate) received_at: Timestamp,
}

impl Store {
    /// Lets a number and every tenant who has it hear something. `None`: they have heard it before, or
    /// the facility is gone.
    pub(crate) async fn hear(&self, heard: &Heard<'_>, now: Timestamp) -> Result<Option<Effect>, StoreError> {
        let mut pause = Pause::new();
        let mut started = Vec::new();
        loop {
            let (facility_key, phone_key) = (
                Key::facility(heard.facility),
                Key::phone(heard.facility, heard.number),
            );
            let mut items = self.read(&[&facility_key, &phone_key, &heard.message]).await?;
            let Some(facility) = items
                .take::<FacilityItem>(&facility_key)?
                .map(Versioned::<Facility>::from)
            else {
                return Ok(None);
            };
            let mut facility = facility.value;
            // A number that the facility gave up still takes a STOP, and no more.
            if heard.to.is_some() && facility.number.as_ref() != heard.to {
                facility.two_way_texting = TwoWayTexting::Off;
            }
            let seen = items.take::<MessageItem>(&heard.message)?;
            if let Some(seen) = seen.as_ref().filter(|seen| seen.complete) {
                seen.await_in_flight(now).await;
                return Ok(None);
            }
            let phone = items
                .take::<PhoneItem>(&phone_key)?
                .map(Versioned::<Number>::from);
            let phone = phone.unwrap_or_else(|| Versioned {
                value: Number::new(heard.number.clone()),
                version: None,
            });
            let plan = self.plan(heard, &facility, phone, seen, now).await?;
            match self.write_records(plan.writes, &plan.records, now).await {
                Ok(()) => {
                    join_all(
                        plan.withdrawn
                            .iter()
                            .map(|tenant| self.await_in_flight(tenant, now)),
                    )
                    .await;
                    started.extend(plan.started);
                    if plan.complete {
                        return Ok(Some(Effect {
                            facility,
                            message: plan.effect,
                            started,
                            received_at: plan.received_at,
                        }));
                    }
                    pause = Pause::new();
                }
                Err(error) => pause.after(error).await?,
            }
        }
    }

    /// The next transaction of a message: the first holds the number, each as many tenants as fit.
    async fn plan(
        &self,
        heard: &Heard<'_>,
        facility: &Facility,
        phone: Versioned<Number>,
        seen: Option<MessageItem>,
        now: Timestamp,
    ) -> Result<Plan, StoreError> {
        let mut writes = Vec::new();
        let mut effect = seen.as_ref().map(|seen| seen.effect.clone()).unwrap_or_default();
        let (number, received_at, applied) = if let Some(seen) = &seen {
            (phone.value, seen.received_at, seen.keyword)
        } else {
            let heard_by_number = heard.keyword.and_then(|keyword| {
                phone
                    .value
                    .hear(keyword, facility.two_way_texting, heard.sent_at, now)
            });
            match heard_by_number {
                None => (phone.value, now, None),
                Some(after) => {
                    effect.number_changed = after.standing != phone.value.standing;
                    let key = Key::phone(heard.facility, heard.number);
                    writes.push(put(&self.table, &key, &PhoneItem::from(&after), phone.version)?);
                    let applied = Some(after.keywords);
                    (after, now, applied)
                }
            }
        };
        // A later keyword has overtaken the rest of this one: it reaches them all, and nobody is told of this one.
        let keyword = heard.keyword.filter(|_| applied == Some(number.keywords));
        let reached = seen.as_ref().and_then(|seen| seen.reached.as_ref());
        let mut rest = number.tenants.iter().filter(|tenant| Some(*tenant) > reached);
        let now_reached: Vec<&TenantId> = rest.by_ref().take(TENANTS_PER_TRANSACTION).collect();
        let complete = rest.next().is_none();
        let tenants = self.read_tenants(heard.facility, &now_reached).await?;
        let mut moves = Vec::new();
        let mut records = Vec::new();
        let mut started = Vec::new();
        let mut withdrawn = Vec::new();
        for Versioned {
            value: tenant,
            version,
        } in tenants
        {
            let change = keyword.and_then(|keyword| {
                tenant.hear(
                    &number,
                    keyword.action(),
                    facility.two_way_texting,
                    &heard.evidence,
                    now,
                )
            });
            if let Some(change) = &change {
                writes.extend(self.changed(change, version)?);
                if let Some(record) = &change.record {
                    moves.push(counted(Some(&tenant), &change.tenant));
                    records.push(record.clone());
                }
            }
            let has_number = tenant.residence == Residence::Resident
                && tenant.details.cell_phone.as_ref() == Some(heard.number);
            if has_number {
                let after = change.as_ref().map_or(&tenant, |change| &change.tenant);
                if keyword == Some(Keyword::Start) && after.lifts_provider_block(tenant.consent) {
                    started.push(tenant.tenant_id.clone());
                }
                effect.consents.insert(after.consent);
                if keyword == Some(Keyword::Stop) && !tenant.in_flight.is_empty() {
                    withdrawn.push(tenant.clone());
                }
                if let Some(thread) = &heard.thread {
                    writes.push(self.join_thread(&tenant, thread, received_at)?);
                }
            }
        }
        effect.number_changed &= heard.keyword == keyword;
        effect.tenants_changed = (effect.tenants_changed && heard.keyword == keyword) || !moves.is_empty();
        writes.extend(self.count(heard.facility, moves)?);
        let in_flight = withdrawn.iter().flat_map(|tenant| tenant.in_flight.values());
        let in_flight_until = in_flight.map(|in_flight| in_flight.until).max();
        let message = MessageItem {
            received_at,
            rule: heard.evidence.rule.clone(),
            keyword: applied,
            reached: now_reached.last().map(|tenant| (*tenant).clone()),
            complete,
            in_flight_until: in_flight_until.max(seen.as_ref().and_then(|seen| seen.in_flight_until)),
            effect: effect.clone(),
            version: 0,
        };
        writes.push(put(
            &self.table,
            &heard.message,
            &message,
            seen.map(|seen| seen.version),
        )?);
        Ok(Plan {
            writes,
            records,
            complete,
            effect,
            received_at,
            started,
            withdrawn,
        })
    }

    pub(crate) async fn read_tenants(
        &self,
        facility: &FacilityId,
        tenants: &[&TenantId],
    ) -> Result<Vec<Versioned<Tenant>>, StoreError> {
        let keys: Vec<Key> = tenants
            .iter()
            .map(|tenant| Key::tenant(facility, tenant))
            .collect();
        let mut items = self.read(&keys.iter().collect::<Vec<_>>()).await?;
        let mut tenants = Vec::with_capacity(keys.len());
        for key in &keys {
            tenants.extend(items.take::<TenantItem>(key)?.map(Versioned::<Tenant>::from));
        }
        Ok(tenants)
    }

    fn join_thread(
        &self,
        tenant: &Tenant,
        thread: &Thread<'_>,
        at: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let at = rfc3339(at);
        let key = Key::thread(&tenant.facility_id, &tenant.tenant_id, &at, thread.id);
        let item = ThreadItem {
            id: thread.id.to_owned(),
            direction: Direction::Inbound,
            body: thread.body.to_owned(),
            at,
            classified_as: Some(thread.meaning),
            state: None,
            decision_id: None,
            consent_record_id: None,
            version: 0,
        };
        put(&self.table, &key, &item, None)
    }
}

struct Plan {
    writes: Vec<TransactWriteItem>,
    /// The records among them.
    records: Vec<Record>,
    complete: bool,
    effect: MessageEffect,
    received_at: Timestamp,
    started: Vec<TenantId>,
    /// Whom a STOP reached while texts to them were in flight, as they were read.
    withdrawn: Vec<Tenant>,
}

impl Effect {
    /// What the sender is told.
    pub(crate) fn outcome(&self, meaning: Meaning) -> Option<Outcome> {
        let MessageEffect {
            number_changed,
            tenants_changed,
            consents,
        } = &self.message;
        let any = |wanted: fn(Consent) -> bool| consents.iter().copied().any(wanted);
        let provided = |consent: Consent| consent.status() == Status::Provided;
        let opted_out_on_the_portal = |consent| consent == Consent::OptedOut(OptOut::Portal);
        match meaning {
            // One confirmation of a revocation: a second STOP where nothing was left to stop has had its own.
            Meaning::OptOut => (*number_changed || *tenants_changed).then_some(Outcome::Stopped),
            Meaning::OptIn if any(opted_out_on_the_portal) && !any(provided) => {
                Some(Outcome::PortalOptInRequired)
            }
            Meaning::OptIn if self.facility.two_way_texting == TwoWayTexting::Off => {
                Some(Outcome::StartUnavailable)
            }
            Meaning::OptIn if any(opted_out_on_the_portal) => Some(Outcome::StartedInPart),
            Meaning::OptIn if any(provided) => Some(Outcome::Started),
            // Nobody has the number, or an older START arrived after a newer STOP.
            Meaning::OptIn => (consents.is_empty() && *number_changed).then_some(Outcome::Started),
            Meaning::Help => Some(Outcome::Help),
            Meaning::None => None,
        }
    }
}
