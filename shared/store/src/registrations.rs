//! Tenants are registered: one, or several in one transaction. What an import and a single registration do
//! is decided and written here alone.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::Number;
use consent::record::{Evidence, Record};
use consent::rules::NumberStanding;
use consent::tenant::{Details, Registered, Tenant};
use futures_util::future::join_all;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::hearing::Heard;
use crate::items::{FacilityItem, TenantItem, Versioned};
use crate::numbers::{Moved, Numbers};
use crate::postings::PostingChanges;
use crate::schema::{Key, TOTALS_SHARDS};
use crate::store::{Pause, Store};
use crate::tenants::counted;

/// `TransactWriteItems` takes 100 items: the totals, then for each tenant their own, a record, and the
/// numbers that they leave and join.
pub(crate) const TENANTS_PER_TRANSACTION: usize = (100 - TOTALS_SHARDS as usize) / 4;

/// Why a tenant was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The facility does not exist.
    #[error("the facility does not exist")]
    FacilityNotFound,
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the facility software knows of a STOP from before it used this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepliedStop {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A tenant as the facility software tells of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrant {
    /// Their id.
    pub tenant_id: TenantId,
    /// Who they are.
    pub details: Details,
    /// Whether they are known to have sent STOP before.
    pub replied_stop: RepliedStop,
}

/// A registration, with the facility that it was decided with.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The facility.
    pub facility: Facility,
    /// What became of the tenant.
    pub registered: Registered,
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
        let registrants = std::slice::from_ref(registrant);
        let (facility, registered) = self
            .register_together(facility_id, registrants, evidence, now)
            .await?;
        let registered = registered.into_iter().next();
        let registered = registered.ok_or_else(|| StoreError::failed("a registration without a result"))?;
        Ok(Registration { facility, registered })
    }

    /// Registers tenants in turn, all of them or none, and says what became of each. Those of whom a STOP
    /// from before is known come alone: it is heard ahead of the transaction, and would overtake the others.
    pub(crate) async fn register_together(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<(Facility, Vec<Registered>), RegisterError> {
        let stopped_before = Evidence {
            rule: Some("replied_stop".to_owned()),
            ..evidence.clone()
        };
        let mut stopped = BTreeSet::new();
        let mut pause = Pause::new();
        loop {
            let ids = registrants.iter().map(|registrant| &registrant.tenant_id);
            let (facility, tenants) = self.read_facility_and_tenants(facility_id, ids).await?;
            let facility = facility.ok_or(RegisterError::FacilityNotFound)?;
            // A STOP from before counts for the number, and for whoever else has it, before the tenant does.
            for registrant in registrants {
                let tenant_id = &registrant.tenant_id;
                if registrant.replied_stop == RepliedStop::Yes
                    && !tenants.contains_key(tenant_id)
                    && let Some(number) = &registrant.details.cell_phone
                    && stopped.insert(tenant_id)
                {
                    let heard = Heard::before_registration(facility_id, tenant_id, number, &stopped_before);
                    self.hear(&heard, now).await?;
                }
            }
            let numbers = self
                .read_numbers(facility_id, concerned(&tenants, registrants))
                .await?;
            let mut draft = Draft::new(tenants, numbers);
            let mut registered = Vec::with_capacity(registrants.len());
            for registrant in registrants {
                let evidence = if stopped.contains(&registrant.tenant_id) && draft.joins_stopped(registrant) {
                    &stopped_before
                } else {
                    evidence
                };
                registered.push(draft.register(&facility, registrant, evidence, now));
            }
            if draft.is_empty() {
                return Ok((facility, registered));
            }
            let postings = draft.postings();
            self.put_postings(&postings).await?;
            let writes = draft.writes(self, facility_id)?;
            match self.write_records(writes, draft.records(), now).await {
                Ok(()) => {
                    self.delete_postings(&postings).await;
                    join_all(
                        draft
                            .left_numbers()
                            .map(|tenant| self.await_in_flight(tenant, now)),
                    )
                    .await;
                    return Ok((facility, registered));
                }
                Err(error) => pause.after(error).await?,
            }
        }
    }

    /// A facility and those of its tenants who are known, resident or moved out.
    pub(crate) async fn read_facility_and_tenants<'a>(
        &self,
        facility: &FacilityId,
        tenants: impl IntoIterator<Item = &'a TenantId>,
    ) -> Result<(Option<Facility>, BTreeMap<TenantId, Versioned<Tenant>>), StoreError> {
        let ids: BTreeSet<&TenantId> = tenants.into_iter().collect();
        let tenant_keys: Vec<Key> = ids.iter().map(|id| Key::tenant(facility, id)).collect();
        let facility_key = Key::facility(facility);
        let keys: Vec<&Key> = std::iter::once(&facility_key).chain(&tenant_keys).collect();
        let mut items = self.read(&keys).await?;
        let facility = items.take::<FacilityItem>(&facility_key)?;
        let mut tenants = BTreeMap::new();
        for (id, key) in ids.into_iter().zip(&tenant_keys) {
            if let Some(item) = items.take::<TenantItem>(key)? {
                tenants.insert(id.clone(), item.into());
            }
        }
        Ok((facility.map(|item| Versioned::from(item).value), tenants))
    }
}

/// The numbers that registrants leave or join. They hold what one who is there twice passes through, too: each
/// of their numbers is either the stored one or left and joined from there.
fn concerned(
    tenants: &BTreeMap<TenantId, Versioned<Tenant>>,
    registrants: &[Registrant],
) -> BTreeSet<PhoneNumber> {
    let mut numbers = BTreeSet::new();
    for registrant in registrants {
        let existing = tenants.get(&registrant.tenant_id).map(|tenant| &tenant.value);
        numbers.extend(Moved::between(existing, &registrant.details).numbers());
    }
    numbers
}

/// Registrations that are decided, not yet written.
struct Draft {
    tenants: BTreeMap<TenantId, Drafted>,
    numbers: Numbers,
}

/// A tenant in the draft.
struct Drafted {
    stored: Option<Versioned<Tenant>>,
    /// As they will be, once something changed.
    after: Option<Tenant>,
    records: Vec<Record>,
}

impl Drafted {
    fn now(&self) -> Option<&Tenant> {
        self.after
            .as_ref()
            .or(self.stored.as_ref().map(|stored| &stored.value))
    }
}

impl Draft {
    fn new(tenants: BTreeMap<TenantId, Versioned<Tenant>>, numbers: Numbers) -> Self {
        let drafted = |(id, stored)| {
            let drafted = Drafted {
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
        let number = registrant.details.cell_phone.as_ref();
        number
            .and_then(|number| self.numbers.get(number))
            .is_some_and(|number| number.standing == NumberStanding::Stopped)
    }

    fn register(
        &mut self,
        facility: &Facility,
        registrant: &Registrant,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Registered {
        let Registrant {
            tenant_id, details, ..
        } = registrant;
        let drafted = self.tenants.entry(tenant_id.clone()).or_insert_with(|| Drafted {
            stored: None,
            after: None,
            records: Vec::new(),
        });
        let existing = drafted.now();
        let moved = Moved::between(existing, details);
        let number: Option<&Number> = moved.to.as_ref().and_then(|number| self.numbers.get(number));
        let details = details.clone();
        let registered = Tenant::register(existing, facility, tenant_id, details, number, evidence, now);
        if let Registered::Created(change) | Registered::Returned(change) | Registered::Updated(change) =
            &registered
        {
            drafted.after = Some(change.tenant.clone());
            drafted.records.extend(change.record.clone());
            self.numbers.carry_out(&moved, tenant_id);
        }
        registered
    }

    /// Who had another number before, as they were read.
    fn left_numbers(&self) -> impl Iterator<Item = &Tenant> {
        self.tenants.values().filter_map(|drafted| {
            let (stored, after) = (&drafted.stored.as_ref()?.value, drafted.after.as_ref()?);
            (stored.details.cell_phone != after.details.cell_phone).then_some(stored)
        })
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        self.tenants.values().flat_map(|drafted| &drafted.records)
    }

    fn is_empty(&self) -> bool {
        self.tenants.values().all(|drafted| drafted.after.is_none())
    }

    /// What changes in the search index.
    fn postings(&self) -> PostingChanges {
        let mut postings = PostingChanges::default();
        for drafted in self.tenants.values() {
            let Some(after) = &drafted.after else { continue };
            let stored = drafted.stored.as_ref();
            let version = stored.and_then(|stored| stored.version);
            postings.add(stored.map(|stored| &stored.value), version, after);
        }
        postings
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
            moves.push(counted(stored.map(|stored| &stored.value), after));
        }
        writes.extend(store.count(facility, moves)?);
        writes.extend(self.numbers.writes(store, facility)?);
        Ok(writes)
    }
}
