//! How a message reaches a number and the tenants who have it. What it does to them is decided in [`consent::hearing`]; here
//! it is read, and written in as many transactions as it takes.

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::hearing::{Known, Part, Progress, Reached};
use consent::id::{ReviewId, TenantId};
use consent::number::{Keyword, Number};
use consent::record::{Record, rfc3339};
use consent::reply::TextEffect;
use consent::review::{Admission, Review};
use consent::rules::Status;
use consent::spans::{ANSWER_IN_FLIGHT, ANSWER_WITHIN};
use consent::tenant::Tenant;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::heard::{Effect, MessageDelivery, ReviewRole, Thread};
use crate::in_flight::{AnswerClaim, Pending};
use crate::items::{Direction, FacilityItem, MessageItem, PhoneItem, ThreadItem, Versioned, put};
use crate::reviews::Reviews;
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{Pause, RequestTime, Store, TRANSACTION_ITEMS};
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
        let facility_key = Key::facility(heard.facility);
        let phone_key = Key::phone(heard.facility, heard.number);
        let expects_an_answer = heard.delivery().expects_an_answer();
        let mut pause = Pause::new();
        let mut started = Vec::new();
        let mut pending = Pending::default();
        let mut claim = None;
        let mut answer_before = None;
        let mut room = Room::MOST;
        let mut written_by_us = None;
        loop {
            let mut items = self.read(&[&facility_key, &phone_key, &heard.message]).await?;
            let Some(Versioned { value: facility, .. }) = items.take::<FacilityItem>(&facility_key)? else {
                return Ok(None);
            };
            let facility = match heard.to {
                Some(to) => facility.dialled_at(to),
                None => facility,
            };
            let seen = items.take::<MessageItem>(&heard.message)?;
            let phone = items.take::<PhoneItem>(&phone_key)?;
            let nothing_known = Number::new(heard.number.clone());
            let number = phone.as_ref().map_or(&nothing_known, |phone| &phone.value);
            if let Some(seen) = seen.as_ref().filter(|seen| seen.value.complete) {
                self.await_heard(&seen.value, heard.number, heard.patience, time)
                    .await?;
                return self.owed(heard, &seen.value, facility, number).await;
            }
            let progress = seen.as_ref().map(|seen| seen.value.progress());
            if progress
                .as_ref()
                .is_some_and(|progress| progress.is_ahead_of(number))
            {
                // The two were not read at the same time.
                pause.after(StoreError::Conflict).await?;
                continue;
            }
            let version = seen.as_ref().and_then(|seen| seen.version);
            if let Some(seen) = seen.as_ref().filter(|_| version != written_by_us) {
                // Another delivery of it has reached tenants. What that one waits for, this one waits for as well.
                pending.add_time(seen.value.in_flight_until);
            }
            let is_first = seen.is_none();
            let now = time.now();
            let answered_by = (expects_an_answer && claim.is_none()).then(|| now + ANSWER_IN_FLIGHT);
            let stored = Stored {
                facility: &facility,
                seen: seen.as_ref(),
                progress: progress.as_ref(),
                phone: phone.as_ref(),
            };
            let Some(plan) = self.plan(heard, &stored, answered_by, room.0, now).await? else {
                return Ok(None);
            };
            let written = if plan.writes.len() > TRANSACTION_ITEMS {
                // Fewer tenants fit.
                Err(StoreError::Conflict)
            } else {
                self.write_records(plan.writes, &plan.records, now).await
            };
            match written {
                Ok(()) => {
                    written_by_us = Some(version.unwrap_or_default() + 1);
                    started.extend(plan.started);
                    pending.extend(plan.pending);
                    if answered_by.is_some() {
                        claim = Some(AnswerClaim {
                            phone: phone_key.clone(),
                            message: heard.claim().to_owned(),
                        });
                        answer_before = Some(now + ANSWER_WITHIN);
                    }
                    if plan.is_last {
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
                            answer_before: if plan.is_overtaken {
                                Some(now)
                            } else {
                                answer_before
                            },
                        }));
                    }
                    pause = Pause::new();
                    room = room.after_write();
                }
                Err(error) => {
                    room = room.after_race(is_first);
                    pause.after(error).await?;
                }
            }
        }
    }

    /// The next transaction of a message: the first holds the number. `None`: it decides a review that has been decided
    /// otherwise.
    async fn plan(
        &self,
        heard: &MessageDelivery<'_>,
        stored: &Stored<'_>,
        answered_by: Option<Timestamp>,
        room: usize,
        now: Timestamp,
    ) -> Result<Option<Plan>, StoreError> {
        let Stored {
            facility,
            seen,
            progress,
            phone,
        } = *stored;
        let received_at = progress.map_or(now, |progress| progress.received_at);
        let review_id = heard.review_id(received_at);
        let Some(mut reviews) = self
            .reviews_of(heard, review_id.as_ref(), seen.is_none(), now)
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
                two_way_texting: facility.two_way_texting,
                number: phone.map(|phone| &phone.value),
                progress,
                open_review: review_id.as_ref().filter(|id| reviews.is_open(id)),
                seen_before: seen_before.as_ref(),
                answered_by,
                room,
                now,
            },
        );
        let phone_key = Key::phone(heard.facility, heard.number);
        let mut step = TenantsStep::default();
        if part.changes_number {
            let item = PhoneItem::from(&part.number);
            let version = phone.and_then(|phone| phone.version);
            step.writes.push(put(&self.table, &phone_key, &item, version)?);
        }
        if delivery.is(Keyword::Stop) {
            step.pending.add_number(&phone_key, &part.number, now);
        }
        let reached = part.tenants.iter().collect::<Vec<_>>();
        for tenant in self.read_tenants(heard.facility, &reached).await? {
            self.reach(heard, &mut part, &tenant, received_at, &mut step)?;
        }
        if let (Some(id), ReviewRole::Opens(_)) = (&review_id, heard.review) {
            for tenant in &step.changed {
                reviews.add(id, tenant, || heard.opened(id, received_at));
            }
        }
        self.end_holds(&mut reviews, heard.facility, &step.ended, now)
            .await?;
        if let (Some(id), ReviewRole::Opens(_), true) = (&review_id, heard.review, part.is_last) {
            reviews.change(id, |review| review.reached_all(now));
        }
        let mut writes = step.writes;
        writes.extend(reviews.writes(self, heard.facility)?);
        writes.extend(self.count(heard.facility, step.moves)?);
        let waits_before = seen.and_then(|seen| seen.value.in_flight_until);
        let Progress {
            received_at,
            counted,
            reached,
            effect,
        } = part.progress();
        let message = MessageItem {
            facility_id: Some(heard.facility.clone()),
            received_at,
            rule: heard.evidence.rule.clone(),
            is_answer: heard.is_answer,
            keyword: counted,
            reached,
            complete: part.is_last,
            in_flight_until: step.pending.until().max(waits_before),
            owes_answer: false,
            effect: effect.clone(),
        };
        let version = seen.and_then(|seen| seen.version);
        writes.push(put(&self.table, &heard.message, &message, version)?);
        Ok(Some(Plan {
            writes,
            records: step.records,
            is_last: part.is_last,
            is_overtaken: part.is_overtaken,
            effect,
            received_at,
            started: step.started,
            pending: step.pending,
        }))
    }

    /// The review that a message is about, as far as it can be stored by now. `None`: the message decides it, and it has
    /// been decided otherwise.
    async fn reviews_of(
        &self,
        heard: &MessageDelivery<'_>,
        id: Option<&ReviewId>,
        is_first: bool,
        now: Timestamp,
    ) -> Result<Option<Reviews>, StoreError> {
        let mut reviews = Reviews::default();
        let decides = match heard.review {
            ReviewRole::Decides(_, verdict) => Some(verdict),
            ReviewRole::None | ReviewRole::Opens(_) => None,
        };
        // The first transaction of a text opens its review.
        let Some(id) = id.filter(|_| decides.is_some() || !is_first) else {
            return Ok(Some(reviews));
        };
        self.read_reviews(&mut reviews, heard.facility, [id]).await?;
        if let (Some(verdict), true) = (decides, is_first) {
            let admission = reviews.get(id).map(|review| review.admit(verdict.decision));
            if admission != Some(Ok(Admission::Take)) {
                return Ok(None);
            }
            reviews.change(id, |review| review.decide(verdict, now));
        }
        Ok(Some(reviews))
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
struct Stored<'a> {
    facility: &'a Facility,
    /// The message, where it was seen before, and how far it came.
    seen: Option<&'a Versioned<MessageItem>>,
    progress: Option<&'a Progress>,
    phone: Option<&'a Versioned<Number>>,
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
