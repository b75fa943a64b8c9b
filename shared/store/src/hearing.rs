//! How a message reaches a number and the tenants who have it. What it does to them is decided in [`consent::hearing`]; here
//! it is read, and written in as many transactions as it takes.

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::hearing::{Known, Part, Progress, Reached};
use consent::id::{ReviewId, TenantId};
use consent::number::{Keyword, Number};
use consent::record::{Record, rfc3339};
use consent::reply::TextEffect;
use consent::review::Review;
use consent::rules::Status;
use consent::spans::{ANSWER_IN_FLIGHT, ANSWER_WITHIN};
use consent::tenant::Tenant;
use jiff::Timestamp;

use crate::commit::{Pause, TRANSACTION_ITEMS};
use crate::error::StoreError;
use crate::heard::{Effect, MessageDelivery, Thread};
use crate::in_flight::{AnswerClaim, Pending};
use crate::items::{Direction, FacilityItem, MessageItem, PhoneItem, ThreadItem, Versioned, put};
use crate::reviews::Reviews;
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{RequestTime, Store};
use crate::tenants::total_move;

/// A transaction holds the number, the message, the totals, a review and its places in the lists, then a tenant, a record
/// and a thread entry for each tenant. (Where holds of several texts end in it, there is more, and fewer tenants fit.)
const TENANTS_PER_TRANSACTION: usize = (TRANSACTION_ITEMS - 2 - TOTALS_SHARDS as usize - 3) / 3;

impl Store {
    /// Lets a number and every tenant who has it hear something. `None`: they have heard it before, or
    /// the facility is gone, or the review that it decides has been decided otherwise. A STOP returns once nothing is in
    /// flight any more that was let out before it.
    ///
    /// # Errors
    /// The database's. A STOP whose sender's provider waits no longer has taken effect all the same: what it has to wait
    /// for is in flight still, and a redelivery of it gets what this one would have got.
    pub(crate) async fn hear(
        &self,
        heard: &MessageDelivery<'_>,
        time: RequestTime,
    ) -> Result<Option<Effect>, StoreError> {
        let mut course = Course::new();
        let nothing_known = Number::new(heard.number.clone());
        loop {
            let Some(stored) = self.read_stored(heard).await? else {
                return Ok(None);
            };
            let number = stored.phone.as_ref().map_or(&nothing_known, |phone| &phone.value);
            if let Some(seen) = stored.seen.as_ref().filter(|seen| seen.value.complete) {
                self.await_heard(&seen.value, heard.number, heard.patience, time)
                    .await?;
                return self.owed(heard, &seen.value, stored.facility, number).await;
            }
            if stored
                .progress
                .as_ref()
                .is_some_and(|progress| progress.is_ahead_of(number))
            {
                // The two were not read at the same time.
                course.pause.after(StoreError::Conflict).await?;
                continue;
            }
            if stored
                .seen
                .as_ref()
                .is_some_and(|seen| seen.value.is_answer != heard.is_answer)
            {
                // Another delivery of it, at the same time, has taken it for an answer to a question of ours, or for none.
                return Err(StoreError::Unavailable(
                    "another delivery reads the text otherwise".into(),
                ));
            }
            let version = stored.seen.as_ref().and_then(|seen| seen.version);
            if let Some(seen) = stored.seen.as_ref().filter(|_| version != course.written_by_us) {
                // Another delivery of it has reached tenants. What that one waits for, this one waits for as well.
                course.pending.add_time(seen.value.in_flight_until);
            }
            let now = time.now();
            let answered_by = course.is_to_claim(heard).then(|| now + ANSWER_IN_FLIGHT);
            let moment = Moment {
                arrived_at: time.taken_up_at(),
                now,
            };
            let Some(mut plan) = self
                .plan(heard, &stored, answered_by, course.room.0, moment)
                .await?
            else {
                return Ok(None);
            };
            if let Err(error) = self.write_plan(&mut plan, now).await {
                course.room = course.room.after_race(stored.seen.is_none());
                course.pause.after(error).await?;
                continue;
            }
            course.wrote(heard, &mut plan, version, now);
            if plan.is_last {
                let over = self.await_within(&course.pending, heard.patience, time).await;
                if let Err(error) = over {
                    self.owe_answer(&heard.message).await;
                    return Err(error);
                }
                return Ok(Some(course.effect(stored.facility, plan, now)));
            }
        }
    }

    /// What is stored of a message, its number and the facility. `None`: there is no such facility.
    async fn read_stored(&self, heard: &MessageDelivery<'_>) -> Result<Option<Stored>, StoreError> {
        let facility_key = Key::facility(heard.facility);
        let phone_key = Key::phone(heard.facility, heard.number);
        let mut items = self.read(&[&facility_key, &phone_key, &heard.message]).await?;
        let Some(Versioned { value: facility, .. }) = items.take::<FacilityItem>(&facility_key)? else {
            return Ok(None);
        };
        let seen = items.take::<MessageItem>(&heard.message)?;
        Ok(Some(Stored {
            facility: match heard.to {
                Some(to) => facility.dialled_at(to),
                None => facility,
            },
            progress: seen.as_ref().map(|seen| seen.value.progress()),
            seen,
            phone: items.take::<PhoneItem>(&phone_key)?,
            phone_key,
        }))
    }

    /// Writes a transaction of a message, where it is not too large: then it is as if somebody had been faster, and fewer
    /// tenants are tried.
    async fn write_plan(&self, plan: &mut Plan, now: Timestamp) -> Result<(), StoreError> {
        if plan.writes.len() > TRANSACTION_ITEMS {
            return Err(StoreError::Conflict);
        }
        let writes = std::mem::take(&mut plan.writes);
        self.write_records(writes, &plan.records, now).await
    }

    /// The next transaction of a message: the first holds the number. `None`: it decides a review that has been decided
    /// otherwise.
    async fn plan(
        &self,
        heard: &MessageDelivery<'_>,
        stored: &Stored,
        answered_by: Option<Timestamp>,
        room: usize,
        Moment { arrived_at, now }: Moment,
    ) -> Result<Option<Plan>, StoreError> {
        let progress = stored.progress.as_ref();
        let received_at = progress.map_or(arrived_at, |progress| progress.received_at);
        let review_id = heard.review_id(received_at);
        let Some(mut reviews) = self
            .reviews_of(heard, review_id.as_ref(), progress.is_none(), now)
            .await?
        else {
            return Ok(None);
        };
        let delivery = heard.delivery();
        let seen_before = review_id
            .as_ref()
            .and_then(|id| reviews.get(id))
            .and_then(Review::seen);
        let mut part = Part::next(
            &delivery,
            Known {
                two_way_texting: stored.facility.two_way_texting,
                number: stored.phone.as_ref().map(|phone| &phone.value),
                progress,
                open_review: review_id.as_ref().filter(|id| reviews.is_open(id)),
                seen_before: seen_before.as_ref(),
                answered_by,
                room,
                arrived_at,
                now,
            },
        );
        let step = self.reach_all(heard, stored, &mut part, received_at, now).await?;
        let opens = review_id.as_ref().filter(|_| heard.opens_review());
        if let Some(id) = opens {
            for tenant in &step.changed {
                reviews.add(id, tenant, || heard.opened(id, received_at));
            }
        }
        self.end_holds(&mut reviews, heard.facility, &step.ended, now)
            .await?;
        if let Some(id) = opens.filter(|_| part.is_last) {
            reviews.change(id, |review| review.reached_all(now));
        }
        self.writes(heard, stored, &part, &reviews, step).map(Some)
    }

    /// All that a transaction of a message writes.
    fn writes(
        &self,
        heard: &MessageDelivery<'_>,
        stored: &Stored,
        part: &Part<'_>,
        reviews: &Reviews,
        step: TenantsStep,
    ) -> Result<Plan, StoreError> {
        let mut writes = step.writes;
        writes.extend(reviews.writes(self, heard.facility)?);
        writes.extend(self.count(heard.facility, step.moves)?);
        let progress = part.progress();
        let (waits_before, version) = match &stored.seen {
            Some(seen) => (seen.value.in_flight_until, seen.version),
            None => (None, None),
        };
        let in_flight_until = step.pending.until().max(waits_before);
        let message = heard.item(&progress, part.is_last, in_flight_until);
        writes.push(put(&self.table, &heard.message, &message, version)?);
        Ok(Plan {
            writes,
            records: step.records,
            is_last: part.is_last,
            is_overtaken: part.is_overtaken,
            received_at: progress.received_at,
            effect: progress.effect,
            started: step.started,
            pending: step.pending,
        })
    }

    /// A part of a message reaches its number and its tenants.
    async fn reach_all(
        &self,
        heard: &MessageDelivery<'_>,
        stored: &Stored,
        part: &mut Part<'_>,
        received_at: Timestamp,
        now: Timestamp,
    ) -> Result<TenantsStep, StoreError> {
        let mut step = TenantsStep::default();
        if part.changes_number {
            let item = PhoneItem::from(&part.number);
            let version = stored.phone.as_ref().and_then(|phone| phone.version);
            step.writes
                .push(put(&self.table, &stored.phone_key, &item, version)?);
        }
        if heard.delivery().is(Keyword::Stop) {
            step.pending.add_number(&stored.phone_key, &part.number, now);
        }
        let reached = part.tenants.iter().collect::<Vec<_>>();
        for tenant in self.read_tenants(heard.facility, &reached).await? {
            self.reach(heard, part, &tenant, received_at, &mut step)?;
        }
        Ok(step)
    }

    /// A message reaches a tenant.
    fn reach(
        &self,
        heard: &MessageDelivery<'_>,
        part: &mut Part<'_>,
        tenant: &Versioned<Tenant>,
        received_at: Timestamp,
        step: &mut TenantsStep,
    ) -> Result<(), StoreError> {
        let Versioned {
            value: tenant,
            version,
        } = tenant;
        if heard.delivery().is(Keyword::Stop) {
            // Also of a tenant who has just left the number: their text may be on its way to it.
            step.pending.extend(Pending::of(tenant));
        }
        let Reached {
            change,
            has_number,
            lets_back,
        } = part.reach(tenant);
        if lets_back {
            step.started.push(tenant.tenant_id.clone());
        }
        if let (true, Some(thread)) = (has_number, &heard.thread) {
            step.writes.push(self.join_thread(tenant, thread, received_at)?);
        }
        let Some(change) = change else { return Ok(()) };
        step.writes.extend(self.changed(&change, *version)?);
        step.ended.extend(change.tenant.hold_ended_since(tenant).cloned());
        if !change.records.is_empty() {
            step.moves.push(total_move(Some(tenant), &change.tenant));
            step.records.extend(change.records);
            step.changed.push(change.tenant);
        }
        Ok(())
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
        };
        put(&self.table, &key, &item, None)
    }
}

/// When a delivery arrived, and the time.
#[derive(Clone, Copy)]
struct Moment {
    arrived_at: Timestamp,
    now: Timestamp,
}

/// How many tenants a transaction is to hold.
#[derive(Clone, Copy)]
struct Room(usize);

impl Room {
    const MOST: Self = Self(TENANTS_PER_TRANSACTION);

    const fn after_write(self) -> Self {
        match self.0 {
            0 => Self(TENANTS_PER_TRANSACTION / 2),
            room if room * 2 > TENANTS_PER_TRANSACTION => Self::MOST,
            room => Self(room * 2),
        }
    }

    /// The number comes first, without any tenant whom others are writing; then fewer tenants at once.
    const fn after_race(self, is_first: bool) -> Self {
        match (is_first, self.0 / 2) {
            (true, _) => Self(0),
            (false, 0) => Self(1),
            (false, half) => Self(half),
        }
    }
}

/// What is stored before a transaction of a message.
struct Stored {
    /// The facility as the message meets it.
    facility: Facility,
    /// The message, where it was seen before, and how far it came.
    seen: Option<Versioned<MessageItem>>,
    progress: Option<Progress>,
    phone: Option<Versioned<Number>>,
    phone_key: Key,
}

/// What the transactions of a message have come to so far, in one delivery of it.
struct Course {
    started: Vec<TenantId>,
    /// What has to be over before a STOP is acknowledged.
    pending: Pending,
    /// The answer to a START, and until when it may be handed over.
    claim: Option<AnswerClaim>,
    answer_before: Option<Timestamp>,
    /// The version of the message's item that this delivery wrote last.
    written_by_us: Option<u64>,
    room: Room,
    pause: Pause,
}

impl Course {
    fn new() -> Self {
        Self {
            started: Vec::new(),
            pending: Pending::default(),
            claim: None,
            answer_before: None,
            written_by_us: None,
            room: Room::MOST,
            pause: Pause::new(),
        }
    }

    /// Whether the next transaction is to say that an answer may be on its way.
    fn is_to_claim(&self, heard: &MessageDelivery<'_>) -> bool {
        heard.delivery().expects_an_answer() && self.claim.is_none()
    }

    /// A transaction was written. `version` is the one of the message's item before it.
    fn wrote(&mut self, heard: &MessageDelivery<'_>, plan: &mut Plan, version: Option<u64>, now: Timestamp) {
        if self.is_to_claim(heard) {
            self.claim = Some(AnswerClaim {
                phone: Key::phone(heard.facility, heard.number),
                message: heard.claim().to_owned(),
            });
            self.answer_before = Some(now + ANSWER_WITHIN);
        }
        self.written_by_us = Some(version.unwrap_or_default() + 1);
        self.started.append(&mut plan.started);
        self.pending.extend(std::mem::take(&mut plan.pending));
        self.pause = Pause::new();
        self.room = self.room.after_write();
    }

    /// What the message has led to, with its last transaction.
    fn effect(self, facility: Facility, last: Plan, now: Timestamp) -> Effect {
        Effect {
            facility,
            message: last.effect,
            started: self.started,
            received_at: last.received_at,
            claim: self.claim,
            answer_before: if last.is_overtaken {
                Some(now)
            } else {
                self.answer_before
            },
        }
    }
}

/// What a transaction of a message does to tenants.
#[derive(Default)]
struct TenantsStep {
    writes: Vec<TransactWriteItem>,
    /// The records among them.
    records: Vec<Record>,
    moves: Vec<(TenantId, Option<Status>, Option<Status>)>,
    /// The tenants with a new record, as they are now.
    changed: Vec<Tenant>,
    /// The reviews whose holds end, one for each hold.
    ended: Vec<ReviewId>,
    started: Vec<TenantId>,
    /// What has to be over before a STOP is acknowledged.
    pending: Pending,
}

struct Plan {
    writes: Vec<TransactWriteItem>,
    /// The records among them.
    records: Vec<Record>,
    is_last: bool,
    /// Whether it is a START that a later keyword has overtaken. It gets no answer.
    is_overtaken: bool,
    effect: TextEffect,
    received_at: Timestamp,
    started: Vec<TenantId>,
    /// What has to be over before a STOP is acknowledged.
    pending: Pending,
}
