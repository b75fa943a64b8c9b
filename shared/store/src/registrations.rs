//! Registers tenants: one, or several in one transaction. Imports and single registrations both come here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::record::{Evidence, Record};
use consent::rules::NumberStanding;
use consent::tenant::{PhoneMove, Registered, Registrant, Tenant};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use crate::commit::{Attempt, Commit, TRANSACTION_ITEMS};
use crate::error::StoreError;
use crate::heard::MessageDelivery;
use crate::in_flight::Pending;
use crate::items::{FacilityItem, PhoneItem, TenantItem, Versioned};
use crate::numbers::Numbers;
use crate::postings::PostingChanges;
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{BATCH_KEYS, Items, NotFound, RequestTime, Store};
use crate::tenants::total_move;

/// A transaction holds the totals, then for each tenant their own item, a record, and the numbers that they leave and
/// join. (A tenant who leaves a number whose STOP is on its way has a second record.)
pub(crate) const TENANTS_PER_TRANSACTION: usize = (TRANSACTION_ITEMS - TOTALS_SHARDS as usize) / 4;

/// How many requests for tenants are made at once.
const READS_AT_ONCE: usize = 8;

/// Why a tenant was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The facility does not exist.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The number has as many tenants as it can have: a STOP from it could not be written otherwise.
    #[error("too many tenants have the number")]
    NumberFull,
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A registration, with the facility that it was decided with.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The facility.
    pub facility: Facility,
    /// What became of the tenant.
    pub registered: Registered,
}

/// Tenants that were registered in one transaction.
pub(crate) struct Together {
    pub(crate) facility: Facility,
    /// What became of each, in the order of the registrants.
    pub(crate) registered: Vec<Registered>,
    /// What has to be over before the caller is told.
    pub(crate) pending: Pending,
}

/// The STOPs from before that a registration tells of.
struct StopsBefore {
    /// What is recorded with them.
    evidence: Evidence,
    /// Whose was heard, by any attempt.
    heard: Mutex<BTreeSet<TenantId>>,
}

/// Tenants by their ids, resident or moved out.
pub(crate) type Tenants = BTreeMap<TenantId, Versioned<Tenant>>;

/// A facility, and what is stored of some of its tenants.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) facility: Facility,
    pub(crate) tenants: Tenants,
}

impl Store {
    /// Registers a tenant, or what changed about them.
    ///
    /// # Errors
    /// See [`RegisterError`].
    pub async fn register(
        &self,
        facility_id: &FacilityId,
        registrant: &Registrant,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Registration, RegisterError> {
        let time = RequestTime::new(now);
        let registrants = std::slice::from_ref(registrant);
        let together = self.register_together(facility_id, registrants, None, evidence, time);
        // It is large, and every caller would hold it.
        let together = Box::pin(together).await?;
        self.await_pending(&together.pending, time).await;
        let registered = together.registered.into_iter().next();
        let registered = registered.ok_or_else(|| StoreError::failed("a registration without a result"))?;
        Ok(Registration {
            facility: together.facility,
            registered,
        })
    }

    /// Registers tenants in turn, all of them or none, and says what became of each. Those of whom a STOP
    /// from before is known come alone: it is heard ahead of the transaction, and would overtake the others.
    /// Before any of it is acknowledged, what is pending has to be over.
    ///
    /// What was read of the others a while ago may be `known`: the write depends on its being so still.
    pub(crate) async fn register_together(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        mut known: Option<Known>,
        evidence: &Evidence,
        time: RequestTime,
    ) -> Result<Together, RegisterError> {
        let stops = &StopsBefore {
            evidence: evidence.of_stop_before(),
            heard: Mutex::default(),
        };
        let (together, postings) = self
            .commit(|| {
                let known = known.take();
                // It is large, and every caller would hold it.
                Box::pin(self.attempt_together(facility_id, registrants, known, evidence, stops, time))
            })
            .await?;
        if let Some(postings) = &postings {
            self.delete_postings(postings).await;
        }
        Ok(together)
    }

    /// Reads, unless it is `known`, and decides: what is to be written for all of them.
    async fn attempt_together(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        known: Option<Known>,
        evidence: &Evidence,
        stops: &StopsBefore,
        time: RequestTime,
    ) -> Result<Attempt<(Together, Option<PostingChanges>)>, RegisterError> {
        let Known { facility, tenants } = if let Some(known) = known {
            known
        } else {
            let ids = registrants.iter().map(|registrant| &registrant.tenant_id);
            let read = self.read_known(facility_id, ids).await?;
            read.ok_or(NotFound::Facility)?
        };
        self.hear_stops_before(facility_id, registrants, &tenants, stops, time)
            .await?;
        let numbers = self
            .read_numbers(facility_id, concerned(&tenants, registrants))
            .await?;
        let now = time.now();
        let mut draft = Draft::new(tenants, numbers);
        let mut registered = Vec::with_capacity(registrants.len());
        for registrant in registrants {
            let by_stop =
                lock(&stops.heard).contains(&registrant.tenant_id) && draft.joins_stopped(registrant);
            let evidence = if by_stop { &stops.evidence } else { evidence };
            registered.push(draft.register(&facility, registrant, evidence, now)?);
        }
        let together = Together {
            facility,
            registered,
            pending: draft.pending(),
        };
        if draft.is_empty() {
            return Ok(Attempt::Done((together, None)));
        }
        let mut writes = draft.writes(self, facility_id)?;
        writes.extend(self.holds_ended(facility_id, draft.holds_ended(), now).await?);
        if writes.len() > TRANSACTION_ITEMS && registrants.len() > 1 {
            // Fewer of them fit.
            return Err(StoreError::Conflict.into());
        }
        let postings = draft.postings()?;
        self.put_postings(&postings).await?;
        let records = draft.records().cloned().collect();
        let commit = Commit { writes, records, now };
        Ok(Attempt::Write(commit, (together, Some(postings))))
    }

    /// A STOP from before counts for the number, and for everybody else who has it, before the tenant does.
    async fn hear_stops_before(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        tenants: &Tenants,
        stops: &StopsBefore,
        time: RequestTime,
    ) -> Result<(), StoreError> {
        for registrant in registrants {
            let tenant_id = &registrant.tenant_id;
            let existing = tenants.get(tenant_id).map(|tenant| &tenant.value);
            if let Some(number) = registrant.stopped_before(existing)
                && lock(&stops.heard).insert(tenant_id.clone())
            {
                let stop = |after| {
                    MessageDelivery::before_registration(
                        facility_id,
                        tenant_id,
                        &number,
                        after,
                        &stops.evidence,
                    )
                };
                if self.hear(&stop(None), time).await?.is_some() {
                    continue;
                }
                // An attempt that registered nobody has had it heard. It counts for this registration all the same.
                let key = Key::phone(facility_id, &number);
                if let Some(phone) = self.read(&[&key]).await?.take::<PhoneItem>(&key)?
                    && phone.value.standing == NumberStanding::Clear
                {
                    self.hear(&stop(Some(phone.value.keywords)), time).await?;
                }
            }
        }
        Ok(())
    }

    /// A facility and those of its tenants who are known, or `None` where there is no such facility.
    pub(crate) async fn read_known<'a>(
        &self,
        facility: &FacilityId,
        tenants: impl IntoIterator<Item = &'a TenantId>,
    ) -> Result<Option<Known>, StoreError> {
        let ids: Vec<&TenantId> = tenants.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        // With the facility in the first request, and a request for each hundred of many tenants.
        let (first, rest) = ids.split_at(ids.len().min(BATCH_KEYS - 1));
        let facility_key = Key::facility(facility);
        let (mut items, tenants) = self
            .read_tenants_and(facility, first, Some(&facility_key))
            .await?;
        let Some(item) = items.take::<FacilityItem>(&facility_key)? else {
            return Ok(None);
        };
        let mut known = Known {
            facility: item.value,
            tenants,
        };
        // What is read is kept as tenants: the items themselves would take several times as much memory.
        let reads: Vec<_> = rest
            .chunks(BATCH_KEYS)
            .map(|ids| self.read_tenants_and(facility, ids, None))
            .collect();
        let mut reads = stream::iter(reads).buffer_unordered(READS_AT_ONCE);
        while let Some(read) = reads.next().await {
            known.tenants.extend(read?.1);
        }
        Ok(Some(known))
    }

    /// Tenants, and what else was read with them.
    async fn read_tenants_and(
        &self,
        facility: &FacilityId,
        ids: &[&TenantId],
        with: Option<&Key>,
    ) -> Result<(Items, Tenants), StoreError> {
        let tenant_keys: Vec<Key> = ids.iter().map(|id| Key::tenant(facility, id)).collect();
        let keys: Vec<&Key> = with.into_iter().chain(&tenant_keys).collect();
        let mut items = self.read(&keys).await?;
        let mut tenants = BTreeMap::new();
        for (id, key) in ids.iter().zip(&tenant_keys) {
            if let Some(item) = items.take::<TenantItem>(key)? {
                tenants.insert((*id).clone(), item);
            }
        }
        Ok((items, tenants))
    }
}

fn lock(stopped: &Mutex<BTreeSet<TenantId>>) -> MutexGuard<'_, BTreeSet<TenantId>> {
    stopped.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The numbers that registrants leave or join. They hold what one who is there twice passes through, too: each
/// of their numbers is either the stored one or left and joined from there.
fn concerned(tenants: &Tenants, registrants: &[Registrant]) -> BTreeSet<PhoneNumber> {
    let mut numbers = BTreeSet::new();
    for registrant in registrants {
        let existing = tenants.get(&registrant.tenant_id).map(|tenant| &tenant.value);
        numbers.extend(PhoneMove::between(existing, &registrant.details_over(existing)).numbers());
    }
    numbers
}

/// Registrations that are decided, not yet written.
struct Draft {
    tenants: BTreeMap<TenantId, TenantDraft>,
    numbers: Numbers,
}

/// A tenant in the draft.
struct TenantDraft {
    stored: Option<Versioned<Tenant>>,
    /// As they will be, once something changed.
    after: Option<Tenant>,
    records: Vec<Record>,
}

impl TenantDraft {
    fn now(&self) -> Option<&Tenant> {
        self.after
            .as_ref()
            .or(self.stored.as_ref().map(|stored| &stored.value))
    }
}

impl Draft {
    fn new(tenants: Tenants, numbers: Numbers) -> Self {
        let drafted = |(id, stored)| {
            let drafted = TenantDraft {
                stored: Some(stored),
                after: None,
                records: Vec::new(),
            };
            (id, drafted)
        };
        Self {
            tenants: tenants.into_iter().map(drafted).collect(),
            numbers,
        }
    }

    /// Whether STOP stands on the number that a registrant comes with.
    fn joins_stopped(&self, registrant: &Registrant) -> bool {
        let existing = self.tenants.get(&registrant.tenant_id).and_then(TenantDraft::now);
        let number = registrant.details_over(existing).cell_phone;
        number
            .and_then(|number| self.numbers.get(&number))
            .is_some_and(|number| number.standing == NumberStanding::Stopped)
    }

    fn register(
        &mut self,
        facility: &Facility,
        registrant: &Registrant,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Registered, RegisterError> {
        let tenant_id = &registrant.tenant_id;
        let drafted = self
            .tenants
            .entry(tenant_id.clone())
            .or_insert_with(|| TenantDraft {
                stored: None,
                after: None,
                records: Vec::new(),
            });
        let existing = drafted.now();
        let details = registrant.details_over(existing);
        let moved = PhoneMove::between(existing, &details);
        let numbers = self.numbers.of(&moved);
        if numbers.joined.is_some_and(|number| !number.has_room()) {
            return Err(RegisterError::NumberFull);
        }
        let registered = Tenant::register(existing, facility, tenant_id, details, numbers, evidence, now);
        if let Registered::Created(change) | Registered::Returned(change) | Registered::Updated(change) =
            &registered
        {
            self.numbers.carry_out(&moved, existing, tenant_id);
            drafted.after = Some(change.tenant.clone());
            drafted.records.extend(change.records.iter().cloned());
        }
        Ok(registered)
    }

    /// The texts in flight to numbers that the registrants have no longer.
    fn pending(&self) -> Pending {
        let mut pending = Pending::default();
        for drafted in self.tenants.values() {
            let Some(tenant) = drafted.now() else { continue };
            let before = drafted.stored.as_ref().map(|stored| &stored.value);
            pending.add(tenant, tenant.in_flight_left_behind(before));
        }
        pending
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.tenants.values().flat_map(|drafted| &drafted.records)
    }

    /// The reviews whose holds end with it.
    fn holds_ended(&self) -> impl Iterator<Item = &ReviewId> {
        self.tenants.values().filter_map(|drafted| {
            let stored = drafted.stored.as_ref()?;
            drafted.after.as_ref()?.hold_ended_since(&stored.value)
        })
    }

    fn is_empty(&self) -> bool {
        self.tenants.values().all(|drafted| drafted.after.is_none())
    }

    /// What changes in the search index.
    fn postings(&self) -> Result<PostingChanges, StoreError> {
        let mut postings = PostingChanges::default();
        for drafted in self.tenants.values() {
            let Some(after) = &drafted.after else { continue };
            let stored = drafted.stored.as_ref();
            let version = stored.and_then(|stored| stored.version);
            postings.add(stored.map(|stored| &stored.value), version, after)?;
        }
        Ok(postings)
    }

    /// What is to be written, each item on the version that was read.
    fn writes(&self, store: &Store, facility: &FacilityId) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        let mut moves = Vec::new();
        for drafted in self.tenants.values() {
            let Some(after) = &drafted.after else { continue };
            let stored = drafted.stored.as_ref();
            writes.extend(store.put_tenant(
                after,
                &drafted.records,
                stored.and_then(|stored| stored.version),
            )?);
            moves.push(total_move(stored.map(|stored| &stored.value), after));
        }
        writes.extend(store.count(facility, moves)?);
        writes.extend(self.numbers.writes(store, facility)?);
        Ok(writes)
    }
}
