//! How a number and the tenants who have it hear a keyword.
//!
//! The number's own standing is written first, together with as many tenants as a transaction holds; the rest
//! follow in transactions of their own. How far a message came is kept with it, so that a redelivery goes on
//! where a crash left off.

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::{AnswerInFlight, Keyword, KeywordText, Number};
use consent::record::{Evidence, Record, rfc3339};
use consent::reply::TextEffect;
use consent::rules::TwoWayTexting;
use consent::tenant::{Residence, Tenant};
use consent::words::Meaning;
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::in_flight::{AnswerClaim, Pending};
use crate::items::{Direction, FacilityItem, MessageItem, PhoneItem, TenantItem, ThreadItem, Versioned, put};
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{Pause, RequestTime, Store, TRANSACTION_ITEMS};
use crate::tenants::total_move;

/// A transaction holds the number, the message and the totals, then a tenant, a record and a thread entry for each
/// tenant.
const TENANTS_PER_TRANSACTION: usize = (TRANSACTION_ITEMS - 2 - TOTALS_SHARDS as usize) / 3;

/// An answer to a START is handed over within this time after it was written, or not at all.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(3);
/// And its time is over after this: the provider's answer, and clocks that differ, are counted in.
const ANSWER_IN_FLIGHT: SignedDuration = SignedDuration::from_secs(6);

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
    /// How long whoever delivers it waits for its acknowledgement, from when the request was taken up.
    pub(crate) patience: Option<Duration>,
}

/// How a text stands in the thread of each tenant with the number.
pub(crate) struct Thread<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a str,
    pub(crate) meaning: Meaning,
}

impl<'a> Heard<'a> {
    /// Whether it is a START by text: its answer says what stands, and is left out once that is no longer so.
    fn expects_an_answer(&self) -> bool {
        self.keyword == Some(Keyword::Start)
    }

    /// The keyword, where it is one, as it arrives now.
    fn keyword_text(&self, two_way_texting: TwoWayTexting, now: Timestamp) -> Option<KeywordText<'_>> {
        self.keyword.map(|keyword| KeywordText {
            keyword,
            two_way_texting,
            sent_at: self.sent_at,
            evidence: &self.evidence,
            now,
        })
    }

    /// What its answer is called in the number's item.
    fn claim(&self) -> String {
        self.message.pk.clone()
    }

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
            patience: None,
        }
    }
}

/// What hearing it changed.
pub(crate) struct Effect {
    pub(crate) facility: Facility,
    pub(crate) message: TextEffect,
    /// The tenants whom a START concerns and who may be texted by their own consent now.
    pub(crate) started: Vec<TenantId>,
    /// When it was first received.
    pub(crate) received_at: Timestamp,
    /// The answer to a START, which a STOP waits for.
    pub(crate) claim: Option<AnswerClaim>,
    /// Until when an answer may be handed over.
    pub(crate) answer_before: Option<Timestamp>,
}

impl Store {
    /// Lets a number and every tenant who has it hear something. `None`: they have heard it before, or
    /// the facility is gone. A STOP returns once nothing is in flight any more that was let out before it.
    ///
    /// # Errors
    /// The database's. A STOP whose sender's provider waits no longer has taken effect all the same: what it has to wait
    /// for is in flight still, and a redelivery of it gets what this one would have got.
    pub(crate) async fn hear(
        &self,
        heard: &Heard<'_>,
        time: RequestTime,
    ) -> Result<Option<Effect>, StoreError> {
        let facility_key = Key::facility(heard.facility);
        let phone_key = Key::phone(heard.facility, heard.number);
        let mut pause = Pause::new();
        let mut started = Vec::new();
        let mut pending = Pending::default();
        let mut claim = None;
        let mut answer_before = None;
        let mut room = TENANTS_PER_TRANSACTION;
        let mut has_written = false;
        loop {
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
            let phone = items
                .take::<PhoneItem>(&phone_key)?
                .map(Versioned::<Number>::from);
            let phone = phone.unwrap_or_else(|| Versioned {
                value: Number::new(heard.number.clone()),
                version: None,
            });
            if let Some(seen) = seen.as_ref().filter(|seen| seen.complete) {
                self.await_heard(seen, heard.number, heard.patience, time).await?;
                return self.owed(heard, seen, facility, &phone.value).await;
            }
            if seen.as_ref().and_then(|seen| seen.keyword) > Some(phone.value.keywords) {
                // The two were not read at the same time: the number is older than the message.
                pause.after(StoreError::Conflict).await?;
                continue;
            }
            if let Some(seen) = seen.as_ref().filter(|_| !has_written) {
                // What another delivery of it has to wait for, this one has to as well.
                pending.add_time(seen.in_flight_until);
            }
            let is_first = seen.is_none();
            let now = time.now();
            let claims = (heard.expects_an_answer() && claim.is_none()).then(|| now + ANSWER_IN_FLIGHT);
            let part = Part {
                seen,
                claims,
                room,
                now,
            };
            let plan = self.plan(heard, &facility, phone, part).await?;
            match self.write_records(plan.writes, &plan.records, now).await {
                Ok(()) => {
                    has_written = true;
                    started.extend(plan.started);
                    pending.extend(plan.pending);
                    if claims.is_some() {
                        claim = Some(AnswerClaim {
                            phone: phone_key.clone(),
                            message: heard.claim(),
                        });
                        answer_before = Some(now + ANSWER_WITHIN);
                    }
                    if plan.complete {
                        let over = self.await_within(&pending, heard.patience, time).await;
                        if let Err(error) = over {
                            self.owe_answer(&heard.message).await;
                            return Err(error);
                        }
                        return Ok(Some(Effect {
                            facility,
                            message: plan.effect,
                            started,
                            received_at: plan.received_at,
                            claim,
                            answer_before,
                        }));
                    }
                    pause = Pause::new();
                    room = if room == 0 {
                        TENANTS_PER_TRANSACTION / 2
                    } else {
                        (room * 2).min(TENANTS_PER_TRANSACTION)
                    };
                }
                Err(error) => {
                    // The number comes first, without any tenant whom others are writing; then fewer tenants at once.
                    room = if is_first { 0 } else { (room / 2).max(1) };
                    pause.after(error).await?;
                }
            }
        }
    }

    /// The next transaction of a message: the first holds the number.
    async fn plan(
        &self,
        heard: &Heard<'_>,
        facility: &Facility,
        phone: Versioned<Number>,
        part: Part,
    ) -> Result<Plan, StoreError> {
        let Part { seen, room, now, .. } = &part;
        let (room, now) = (*room, *now);
        let mut writes = Vec::new();
        let mut effect = seen.as_ref().map(|seen| seen.effect.clone()).unwrap_or_default();
        let received_at = seen.as_ref().map_or(now, |seen| seen.received_at);
        let text = heard.keyword_text(facility.two_way_texting, now);
        let phone_key = Key::phone(heard.facility, heard.number);
        let version = phone.version;
        let NumberStep {
            number,
            counted,
            standing_changed,
            is_written,
        } = part.number(heard, text.as_ref(), phone.value);
        effect.number_changed |= standing_changed;
        if is_written {
            writes.push(put(&self.table, &phone_key, &PhoneItem::from(&number), version)?);
        }
        // What a later keyword has overtaken reaches nobody else, and nobody is told of it.
        let text =
            text.filter(|text| counted.is_some_and(|counted| number.still_spreads(text.keyword, counted)));
        let reached = seen.as_ref().and_then(|seen| seen.reached.as_ref());
        let mut rest = number.tenants.iter().filter(|tenant| Some(*tenant) > reached);
        let now_reached: Vec<&TenantId> = rest.by_ref().take(room).collect();
        let complete = rest.next().is_none();
        let tenants = self.read_tenants(heard.facility, &now_reached).await?;
        let mut pending = Pending::default();
        if heard.keyword == Some(Keyword::Stop) {
            pending.add_number(&phone_key, &number, now);
        }
        let mut moves = Vec::new();
        let mut records = Vec::new();
        let mut started = Vec::new();
        let mut tenants_changed = false;
        for Versioned {
            value: tenant,
            version,
        } in tenants
        {
            if heard.keyword == Some(Keyword::Stop) {
                // Also of a tenant who has just left the number: their text may be on its way to it.
                pending.extend(Pending::of(&tenant));
            }
            let change = text.as_ref().and_then(|text| tenant.hear(&number, text));
            if let Some(change) = &change {
                writes.extend(self.changed(change, version)?);
                if !change.records.is_empty() {
                    moves.push(total_move(Some(&tenant), &change.tenant));
                    records.extend(change.records.iter().cloned());
                    // What an earlier STOP had still to do is told by the earlier one.
                    tenants_changed |= Some(tenant.keywords_applied + 1) >= counted;
                }
            }
            let has_number = tenant.residence == Residence::Resident
                && tenant.details.cell_phone.as_ref() == Some(heard.number);
            if has_number {
                let after = change.as_ref().map_or(&tenant, |change| &change.tenant);
                let is_start = text.is_some_and(|text| text.keyword == Keyword::Start);
                if is_start && after.lifts_provider_block(tenant.consent) {
                    started.push(tenant.tenant_id.clone());
                }
                effect.consents.insert(after.consent);
                if let Some(thread) = &heard.thread {
                    writes.push(self.join_thread(&tenant, thread, received_at)?);
                }
            }
        }
        effect.number_changed &= text.is_some();
        effect.tenants_changed = (effect.tenants_changed && text.is_some()) || tenants_changed;
        writes.extend(self.count(heard.facility, moves)?);
        let message = MessageItem {
            facility_id: Some(heard.facility.clone()),
            received_at,
            rule: heard.evidence.rule.clone(),
            keyword: counted,
            reached: now_reached.last().copied().or(reached).cloned(),
            complete,
            in_flight_until: pending
                .until()
                .max(seen.as_ref().and_then(|seen| seen.in_flight_until)),
            owes_answer: false,
            effect: effect.clone(),
            version: 0,
        };
        writes.push(put(
            &self.table,
            &heard.message,
            &message,
            seen.as_ref().map(|seen| seen.version),
        )?);
        Ok(Plan {
            writes,
            records,
            complete,
            effect,
            received_at,
            started,
            pending,
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

/// Which part of a message goes into a transaction.
struct Part {
    /// How far it came.
    seen: Option<MessageItem>,
    /// Until when its answer may be on its way, where that is to be written.
    claims: Option<Timestamp>,
    /// The most tenants.
    room: usize,
    now: Timestamp,
}

/// What a part of a message does to the number.
struct NumberStep {
    number: Number,
    /// The keyword's place among the number's, where it counted.
    counted: Option<u64>,
    standing_changed: bool,
    is_written: bool,
}

impl Part {
    fn number(&self, heard: &Heard<'_>, text: Option<&KeywordText<'_>>, before: Number) -> NumberStep {
        let heard_now = match (&self.seen, text) {
            (None, Some(text)) => before.hear(text),
            (Some(_), _) | (None, None) => None,
        };
        let is_written = heard_now.is_some() || self.claims.is_some();
        let counted = match (&self.seen, &heard_now) {
            (Some(seen), _) => seen.keyword,
            (None, after) => after.as_ref().map(|after| after.keywords),
        };
        let standing_before = before.standing;
        let mut number = heard_now.unwrap_or(before);
        if self.seen.is_none() && heard.keyword == Some(Keyword::Stop) && number.tenants.len() > self.room {
            number.spreading = Some(heard.evidence.clone());
        }
        if is_written {
            number.answers.retain(|_, answer| self.now < answer.until);
            let answer = self.claims.map(|until| AnswerInFlight {
                until,
                is_released: false,
            });
            number
                .answers
                .extend(answer.map(|answer| (heard.claim(), answer)));
        }
        NumberStep {
            standing_changed: number.standing != standing_before,
            number,
            counted,
            is_written,
        }
    }
}

struct Plan {
    writes: Vec<TransactWriteItem>,
    /// The records among them.
    records: Vec<Record>,
    complete: bool,
    effect: TextEffect,
    received_at: Timestamp,
    started: Vec<TenantId>,
    /// What has to be over before a STOP is acknowledged.
    pending: Pending,
}
