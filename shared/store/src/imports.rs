//! Many tenants at once.
//!
//! Rows that touch the same tenant or number belong together and keep their order; so what an import does
//! depends on its file alone. All others are free: they are put into *lanes*, one for each part of the
//! facility's totals, so that transactions of different lanes do not wait for the same item.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::vec;

use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::record::Evidence;
use consent::spans::IMPORT_WITHIN;
use consent::tenant::{Details, Entry, NumberMove, Registered, Registrant, Tenant};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use crate::commit::{GaveUp, Pause};
use crate::error::StoreError;
use crate::in_flight::Pending;
use crate::items::Versioned;
use crate::registrations::{Known, RegisterError, TENANTS_PER_TRANSACTION};
use crate::schema::totals_shard;
use crate::store::{NotFound, RequestTime, Store};

/// How many lanes are worked on at once.
const LANES_AT_ONCE: usize = 8;

/// Whether an import changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It does.
    Real,
    /// It only says what it would do.
    Dry,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The tenant is new, or back.
    Created,
    /// Something about the tenant changed.
    Updated,
    /// The tenant is as they were.
    Unchanged,
    /// Other writers were faster, again and again. The tenant is as they were.
    Conflict,
    /// The number has as many tenants as it can have. The tenant is as they were.
    NumberFull,
}

impl From<&Registered> for ImportOutcome {
    fn from(registered: &Registered) -> Self {
        match registered {
            Registered::Created(_) | Registered::Returned(_) => Self::Created,
            Registered::Updated(_) => Self::Updated,
            Registered::Unchanged(_) => Self::Unchanged,
        }
    }
}

/// A row, by its place among the registrants.
type Row = usize;

impl Store {
    /// Registers many tenants, and says what became of each. Where a tenant is as all of their rows together leave
    /// them, the rows are taken to have been imported before: an import that is repeated changes nothing, not even for
    /// a moment. `begun`: when the request was taken up, which has to be answered in time.
    ///
    /// # Errors
    /// See [`RegisterError`]. Rows may have been imported then: it is safe to repeat.
    pub async fn import(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        run: Run,
        evidence: &Evidence,
        begun: Instant,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>, RegisterError> {
        let import = self.import_patiently(facility_id, registrants, run, evidence, now);
        // Wherever that ends it: a transaction is done or not, and postings are hints.
        match timeout_at(begun + IMPORT_WITHIN.unsigned_abs(), import).await {
            Ok(imported) => imported,
            Err(elapsed) => Err(StoreError::Unavailable(elapsed.into()).into()),
        }
    }

    async fn import_patiently(
        &self,
        facility_id: &FacilityId,
        registrants: &[Registrant],
        run: Run,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>, RegisterError> {
        let time = RequestTime::new(now);
        let ids = registrants.iter().map(|registrant| &registrant.tenant_id);
        let known = self.read_known(facility_id, ids).await?;
        let import = Import {
            store: self,
            known: known.ok_or(NotFound::Facility)?,
            registrants,
            repeated: repeated(registrants),
            evidence,
            time,
        };
        let done = match run {
            Run::Real => {
                let (done, pending) = import.carry_out().await?;
                self.await_pending(&pending, time).await;
                done
            }
            Run::Dry => import.foresee(),
        };
        let mut imported = vec![ImportOutcome::Unchanged; registrants.len()];
        for (row, became) in done {
            if let Some(place) = imported.get_mut(row) {
                *place = became;
            }
        }
        Ok(imported)
    }
}

/// An import, with what was stored when it began.
struct Import<'a> {
    store: &'a Store,
    known: Known,
    registrants: &'a [Registrant],
    /// Those who are in the file more than once.
    repeated: HashSet<&'a TenantId>,
    evidence: &'a Evidence,
    time: RequestTime,
}

impl Import<'_> {
    /// A tenant's details on file when the import began.
    fn on_file(&self, tenant: &TenantId) -> Option<&Details> {
        let Versioned { value, .. } = self.known.tenants.get(tenant)?;
        value.on_file()
    }

    /// The rows of tenants who are not as all of their rows together leave them, in the file's order.
    fn rows(&self) -> impl Iterator<Item = (Row, &Registrant)> {
        let mut left: HashMap<&TenantId, Details> = HashMap::new();
        for registrant in self.registrants {
            let id = &registrant.tenant_id;
            if let Some(on_file) = self.on_file(id) {
                let details = registrant.details.over(Some(left.get(id).unwrap_or(on_file)));
                left.insert(id, details);
            }
        }
        let is_done = move |id: &TenantId| left.get(id).is_some_and(|left| self.on_file(id) == Some(left));
        let rows = self.registrants.iter().enumerate();
        rows.filter(move |(_, registrant)| !is_done(&registrant.tenant_id))
    }

    /// The texts in flight to numbers that tenants of the file have no longer, also where their rows change nothing.
    fn pending_before(&self) -> Pending {
        let mut pending = Pending::default();
        for Versioned { value: tenant, .. } in self.known.tenants.values() {
            pending.add(tenant, tenant.in_flight_elsewhere());
        }
        pending
    }

    /// What the rows would become. That depends on the tenants' details, and on no number.
    fn foresee(&self) -> Vec<(Row, ImportOutcome)> {
        let mut foreseen: HashMap<&TenantId, Tenant> = HashMap::new();
        self.rows()
            .map(|(row, registrant)| {
                let tenant_id = &registrant.tenant_id;
                let stored = self.known.tenants.get(tenant_id).map(|stored| &stored.value);
                let existing = foreseen.get(tenant_id).or(stored);
                let registered = Tenant::register(
                    existing,
                    &self.known.facility,
                    tenant_id,
                    registrant.details_over(existing),
                    NumberMove::default(),
                    self.evidence,
                    self.time.now(),
                );
                let became = ImportOutcome::from(&registered);
                foreseen.insert(tenant_id, registered.tenant().clone());
                (row, became)
            })
            .collect()
    }

    /// What became of the rows, and what has to be over before the caller is told: it is waited for once, at the end.
    async fn carry_out(&self) -> Result<(Vec<(Row, ImportOutcome)>, Pending), RegisterError> {
        let lanes = Mutex::new(self.lanes().into_iter());
        let workers = (0..LANES_AT_ONCE).map(|_| async {
            let mut done = Vec::new();
            let mut pending = Pending::default();
            while let Some(lane) = next(&lanes) {
                for batch in self.batches(&lane) {
                    let (rows, more) = self.register(&batch).await?;
                    done.extend(rows);
                    pending.extend(more);
                }
            }
            Ok::<_, RegisterError>((done, pending))
        });
        let mut done = Vec::new();
        let mut pending = self.pending_before();
        for (rows, more) in try_join_all(workers).await? {
            done.extend(rows);
            pending.extend(more);
        }
        Ok((done, pending))
    }

    /// The rows in lanes: those that touch the same tenant or number in one, in the file's order.
    fn lanes(&self) -> Vec<Vec<Row>> {
        let mut groups = Groups::default();
        for (
            row,
            Registrant {
                tenant_id, details, ..
            },
        ) in self.rows()
        {
            let stored = self
                .known
                .tenants
                .get(tenant_id)
                .map(|stored| &stored.value.details);
            let new = match &details.cell_phone {
                Entry::Set(number) => number.as_ref(),
                Entry::Keep => None,
            };
            let numbers = [stored.and_then(|stored| stored.cell_phone.as_ref()), new];
            let numbers = numbers.into_iter().flatten().map(Touched::Number);
            groups.add(row, std::iter::once(Touched::Tenant(tenant_id)).chain(numbers));
        }
        let mut lanes: BTreeMap<u8, Vec<Row>> = BTreeMap::new();
        for group in groups.into_rows() {
            let first = group.first().and_then(|&row| self.registrants.get(row));
            let shard = first.map_or(0, |first| totals_shard(&first.tenant_id));
            lanes.entry(shard).or_default().extend(group);
        }
        lanes.into_values().collect()
    }

    /// Whether a STOP from before may count: on a tenant's first registration.
    fn may_hear(&self, registrant: &Registrant) -> bool {
        let existing = self.known.tenants.get(&registrant.tenant_id);
        registrant
            .stopped_before(existing.map(|tenant| &tenant.value))
            .is_some()
    }

    /// A lane's rows as they go into transactions, see [`Store::register_together`].
    fn batches(&self, lane: &[Row]) -> Vec<Vec<Row>> {
        let comes_alone = |row: &Row| {
            let registrant = self.registrants.get(*row);
            registrant.is_some_and(|registrant| self.may_hear(registrant))
        };
        lane.chunk_by(|one, next| !comes_alone(one) && !comes_alone(next))
            .flat_map(|rows| rows.chunks(TENANTS_PER_TRANSACTION))
            .map(<[Row]>::to_vec)
            .collect()
    }

    /// Registers rows together, and one by one where the others hinder one of them.
    async fn register(&self, rows: &[Row]) -> Result<(Vec<(Row, ImportOutcome)>, Pending), RegisterError> {
        let hindered = |error: &RegisterError| match error {
            RegisterError::Store(StoreError::Conflict) => Some(ImportOutcome::Conflict),
            RegisterError::NumberFull => Some(ImportOutcome::NumberFull),
            _ => None,
        };
        if rows.len() > 1 {
            match self.register_patiently(rows).await {
                Err(error) if hindered(&error).is_some() => {}
                result => return result,
            }
        }
        let mut done = Vec::with_capacity(rows.len());
        let mut pending = Pending::default();
        for row in rows {
            match self.register_patiently(std::slice::from_ref(row)).await {
                Ok((rows, more)) => {
                    done.extend(rows);
                    pending.extend(more);
                }
                Err(error) => done.push((*row, hindered(&error).ok_or(error)?)),
            }
        }
        Ok((done, pending))
    }

    /// What was read of the rows' tenants when the import began, where it holds for them still: not where another row
    /// of theirs may have been carried out since, and whether a STOP from before counts is decided by what is read
    /// right then.
    fn known_of(&self, registrants: &[Registrant]) -> Option<Known> {
        let may_be_stale = |registrant: &Registrant| {
            self.may_hear(registrant) || self.repeated.contains(&registrant.tenant_id)
        };
        if registrants.iter().any(may_be_stale) {
            return None;
        }
        let tenants = registrants.iter().filter_map(|Registrant { tenant_id, .. }| {
            Some((tenant_id.clone(), self.known.tenants.get(tenant_id)?.clone()))
        });
        Some(Known {
            facility: self.known.facility.clone(),
            tenants: tenants.collect(),
        })
    }

    /// Registers rows together, and waits for a database that throttles.
    async fn register_patiently(
        &self,
        rows: &[Row],
    ) -> Result<(Vec<(Row, ImportOutcome)>, Pending), RegisterError> {
        let registrants: Vec<Registrant> = rows
            .iter()
            .filter_map(|&row| self.registrants.get(row).cloned())
            .collect();
        let facility_id = &self.known.facility.facility_id;
        let mut known = self.known_of(&registrants);
        let mut pause = Pause::long();
        loop {
            let together = self.store.register_together(
                facility_id,
                &registrants,
                known.take(),
                self.evidence,
                self.time,
            );
            // It is large, and a worker for each lane holds one.
            let result = Box::pin(together).await;
            match result {
                Ok(together) => {
                    let imported = together.registered.iter().map(ImportOutcome::from);
                    return Ok((rows.iter().copied().zip(imported).collect(), together.pending));
                }
                Err(RegisterError::Store(StoreError::Unavailable(source))) => pause
                    .wait()
                    .await
                    .map_err(|GaveUp| StoreError::Unavailable(source))?,
                Err(error) => return Err(error),
            }
        }
    }
}

/// The tenants of more than one row.
fn repeated(registrants: &[Registrant]) -> HashSet<&TenantId> {
    let mut seen = HashSet::new();
    let ids = registrants.iter().map(|registrant| &registrant.tenant_id);
    ids.filter(|id| !seen.insert(*id)).collect()
}

fn next(lanes: &Mutex<vec::IntoIter<Vec<Row>>>) -> Option<Vec<Row>> {
    lanes.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// What rows can have in common.
#[derive(PartialEq, Eq, Hash)]
enum Touched<'a> {
    Tenant(&'a TenantId),
    Number(&'a PhoneNumber),
}

/// Rows that have something in common, directly or through others.
#[derive(Default)]
struct Groups<'a> {
    by_touched: HashMap<Touched<'a>, Row>,
    /// The rows, and towards the first of its group each (union-find).
    towards: BTreeMap<Row, Row>,
}

impl<'a> Groups<'a> {
    fn add(&mut self, row: Row, touched: impl Iterator<Item = Touched<'a>>) {
        self.towards.insert(row, row);
        for touched in touched {
            let other = *self.by_touched.entry(touched).or_insert(row);
            let (one, other) = (self.first(row), self.first(other));
            self.towards.insert(one.max(other), one.min(other));
        }
    }

    fn first(&mut self, row: Row) -> Row {
        let mut first = row;
        while let Some(&next) = self.towards.get(&first)
            && next != first
        {
            first = next;
        }
        // The next one who asks gets there at once.
        self.towards.insert(row, first);
        first
    }

    /// The groups in the order of their first rows, each in the file's order.
    fn into_rows(mut self) -> Vec<Vec<Row>> {
        let rows: Vec<Row> = self.towards.keys().copied().collect();
        let mut groups: BTreeMap<Row, Vec<Row>> = BTreeMap::new();
        for row in rows {
            groups.entry(self.first(row)).or_default().push(row);
        }
        groups.into_values().collect()
    }
}
