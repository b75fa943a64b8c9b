//! How a number and the tenants who have it hear a keyword, or a text in doubt.
//!
//! The number's own standing is written first, together with as many tenants as a transaction holds; the rest
//! follow in transactions of their own. How far a message came is kept with it, so that a redelivery goes on
//! where a crash left off.
//!
//! A text in doubt changes nothing about the number. Its item is written all the same, so that the doubt has its place
//! among the number's keywords: one that comes later overtakes it.

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, ReviewId, TenantId};
use consent::number::{AnswerInFlight, Keyword, KeywordText, Number};
use consent::record::{Record, rfc3339};
use consent::reply::TextEffect;
use consent::review::Admission;
use consent::rules::{Status, TwoWayTexting};
use consent::tenant::{Residence, Tenant};
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::heard::{Effect, Heard, HeardReview, Thread};
use crate::in_flight::{AnswerClaim, Pending};
use crate::items::{Direction, FacilityItem, MessageItem, PhoneItem, TenantItem, ThreadItem, Versioned, put};
use crate::reviews::Reviews;
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{Pause, RequestTime, Store, TRANSACTION_ITEMS};
use crate::tenants::total_move;

/// A transaction holds the number, the message, the totals, a review and its places in the lists, then a tenant, a record
/// and a thread entry for each tenant. (Where holds of several texts end in it, there is more, and fewer tenants fit.)
const TENANTS_PER_TRANSACTION: usize = (TRANSACTION_ITEMS - 2 - TOTALS_SHARDS as usize - 3) / 3;

/// An answer to a START is handed over within this time after it was written, or not at all.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(3);
/// And its time is over after this: the provider's answer, and clocks that differ, are counted in.
const ANSWER_IN_FLIGHT: SignedDuration = SignedDuration::from_secs(6);

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
            let Some(plan) = self.plan(heard, &facility, phone, part).await? else {
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

    /// The next transaction of a message: the first holds the number. `None`: it decides a review that has been decided
    /// otherwise.
    async fn plan(
        &self,
        heard: &Heard<'_>,
        facility: &Facility,
        phone: Versioned<Number>,
        part: Part,
    ) -> Result<Option<Plan>, StoreError> {
        let Part { seen, room, now, .. } = &part;
        let (seen, room, now) = (seen.as_ref(), *room, *now);
        let mut writes = Vec::new();
        let mut effect = seen.map(|seen| seen.effect.clone()).unwrap_or_default();
        let received_at = seen.map_or(now, |seen| seen.received_at);
        let review_id = heard.review_id(received_at);
        let Some(mut reviews) = self.reviews_of(heard, review_id.as_ref(), seen, now).await? else {
            return Ok(None);
        };
        let text = heard.keyword_text(facility.two_way_texting, seen.map(|seen| seen.received_at), now);
        let phone_key = Key::phone(heard.facility, heard.number);
        let version = phone.version;
        let NumberStep {
            number,
            counted,
            standing_changed,
            is_written,
        } = part.number(heard, text.as_ref(), phone);
        effect.number_changed |= standing_changed;
        if is_written {
            writes.push(put(&self.table, &phone_key, &PhoneItem::from(&number), version)?);
        }
        // What a later keyword, or a decision, has overtaken reaches nobody else, and nobody is told of it.
        let says = match (text, &review_id) {
            (Some(text), _) if counted.is_some_and(|counted| number.still_spreads(text.keyword, counted)) => {
                Says::Keyword(text)
            }
            (None, Some(id))
                if heard.is_doubt() && counted == Some(number.keywords) && reviews.is_open(id) =>
            {
                Says::Doubt(id)
            }
            _ => Says::Nothing,
        };
        let reached = seen.and_then(|seen| seen.reached.as_ref());
        let mut rest = number.tenants.iter().filter(|tenant| Some(*tenant) > reached);
        let now_reached: Vec<&TenantId> = rest.by_ref().take(room).collect();
        let complete = rest.next().is_none();
        let mut step = TenantsStep::default();
        if heard.keyword == Some(Keyword::Stop) {
            step.pending.add_number(&phone_key, &number, now);
        }
        let reach = Reach {
            heard,
            number: &number,
            says,
            counted,
            received_at,
            now,
        };
        for tenant in self.read_tenants(heard.facility, &now_reached).await? {
            self.reach(&reach, tenant, &mut effect, &mut step)?;
        }
        let is_keyword = matches!(reach.says, Says::Keyword(_));
        effect.number_changed &= is_keyword;
        effect.tenants_changed = (effect.tenants_changed && is_keyword) || step.told;
        if let (Some(id), HeardReview::Opens(_)) = (&review_id, heard.review) {
            for tenant in &step.changed {
                reviews.add(id, tenant, || heard.opened(id, received_at));
            }
        }
        self.end_holds(&mut reviews, heard.facility, &step.ended, now)
            .await?;
        if let (Some(id), HeardReview::Opens(_), true) = (&review_id, heard.review, complete) {
            reviews.change(id, |review| review.reached_all(now));
        }
        writes.extend(step.writes);
        writes.extend(reviews.writes(self, heard.facility)?);
        writes.extend(self.count(heard.facility, step.moves)?);
        let message = MessageItem {
            facility_id: Some(heard.facility.clone()),
            received_at,
            rule: heard.evidence.rule.clone(),
            keyword: counted,
            reached: now_reached.last().copied().or(reached).cloned(),
            complete,
            in_flight_until: step
                .pending
                .until()
                .max(seen.and_then(|seen| seen.in_flight_until)),
            owes_answer: false,
            effect: effect.clone(),
            version: 0,
        };
        writes.push(put(
            &self.table,
            &heard.message,
            &message,
            seen.map(|seen| seen.version),
        )?);
        Ok(Some(Plan {
            writes,
            records: step.records,
            complete,
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
        heard: &Heard<'_>,
        id: Option<&ReviewId>,
        seen: Option<&MessageItem>,
        now: Timestamp,
    ) -> Result<Option<Reviews>, StoreError> {
        let mut reviews = Reviews::default();
        let decides = match heard.review {
            HeardReview::Decides(_, verdict) => Some(verdict),
            HeardReview::None | HeardReview::Opens(_) => None,
        };
        // The first transaction of a text opens its review.
        let Some(id) = id.filter(|_| decides.is_some() || seen.is_some()) else {
            return Ok(Some(reviews));
        };
        self.read_reviews(&mut reviews, heard.facility, [id]).await?;
        if let (Some(verdict), None) = (decides, seen) {
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
        reach: &Reach<'_>,
        Versioned {
            value: tenant,
            version,
        }: Versioned<Tenant>,
        effect: &mut TextEffect,
        step: &mut TenantsStep,
    ) -> Result<(), StoreError> {
        let Reach {
            heard, number, now, ..
        } = *reach;
        if heard.keyword == Some(Keyword::Stop) {
            // Also of a tenant who has just left the number: their text may be on its way to it.
            step.pending.extend(Pending::of(&tenant));
        }
        let change = match &reach.says {
            Says::Nothing => None,
            Says::Keyword(text) => tenant.hear(number, text),
            Says::Doubt(id) => tenant.doubt(&number.number, id, &heard.evidence, now),
        };
        let after = change.as_ref().map_or(&tenant, |change| &change.tenant);
        let has_number = tenant.residence == Residence::Resident
            && tenant.details.cell_phone.as_ref() == Some(heard.number);
        if has_number {
            let is_start = matches!(reach.says, Says::Keyword(text) if text.keyword == Keyword::Start);
            if is_start && after.lifts_provider_block(tenant.consent) {
                step.started.push(tenant.tenant_id.clone());
            }
            effect.add(after);
            if let Some(thread) = &heard.thread {
                step.writes
                    .push(self.join_thread(&tenant, thread, reach.received_at)?);
            }
        }
        let Some(change) = change else { return Ok(()) };
        step.writes.extend(self.changed(&change, version)?);
        step.ended
            .extend(change.tenant.hold_ended_since(&tenant).cloned());
        if !change.records.is_empty() {
            step.moves.push(total_move(Some(&tenant), &change.tenant));
            step.records.extend(change.records);
            // What an earlier STOP had still to do is told by the earlier one.
            step.told |= Some(tenant.keywords_applied + 1) >= reach.counted;
            step.changed.push(change.tenant);
        }
        Ok(())
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
    /// The keyword's place among the number's, where it counted. That of the last keyword before a doubt.
    counted: Option<u64>,
    standing_changed: bool,
    is_written: bool,
}

impl Part {
    fn number(
        &self,
        heard: &Heard<'_>,
        text: Option<&KeywordText<'_>>,
        Versioned {
            value: before,
            version,
        }: Versioned<Number>,
    ) -> NumberStep {
        let doubted_now = (self.seen.is_none() && heard.is_doubt()).then_some(before.keywords);
        let heard_now = match (&self.seen, text) {
            (None, Some(text)) => before.hear(text),
            (Some(_), _) | (None, None) => None,
        };
        // A number that is not stored has no tenants whom a doubt could reach.
        let is_doubted = doubted_now.is_some() && version.is_some();
        let is_written = heard_now.is_some() || self.claims.is_some() || is_doubted;
        let counted = match (&self.seen, &heard_now) {
            (Some(seen), _) => seen.keyword,
            (None, after) => after.as_ref().map(|after| after.keywords).or(doubted_now),
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

/// What a message does to a tenant whom it reaches.
enum Says<'a> {
    /// Nothing, but for their thread.
    Nothing,
    Keyword(KeywordText<'a>),
    /// It puts them on hold until this review is decided.
    Doubt(&'a ReviewId),
}

/// A message on its way to a number's tenants.
struct Reach<'a> {
    heard: &'a Heard<'a>,
    number: &'a Number,
    says: Says<'a>,
    /// As in [`NumberStep`].
    counted: Option<u64>,
    received_at: Timestamp,
    now: Timestamp,
}

/// What a part of a message does to tenants.
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
    /// Whether something changed that the sender is told of.
    told: bool,
    /// What has to be over before a STOP is acknowledged.
    pending: Pending,
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
