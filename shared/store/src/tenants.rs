//! Tenants: submitting check boxes, and moving out. They come in through [`crate::registrations`].

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, TenantId};
use consent::record::{Evidence, Record};
use consent::rules::{Action, Consent, Refusal, Status};
use consent::tenant::{Change, Residence, Tenant};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::in_flight::Pending;
use crate::items::{RecordItem, TenantItem, Versioned, put};
use crate::numbers::Moved;
use crate::postings::PostingChanges;
use crate::schema::Key;
use crate::store::{Found, NotFound, Pause, RequestTime, Store};

/// Why a check box was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// There is no such tenant.
    #[error("not found")]
    NotFound(NotFound),
    /// What the caller had seen is no longer what there is.
    #[error("the precondition does not hold")]
    PreconditionFailed,
    /// The rules refuse it.
    #[error("refused")]
    Refused(Refusal, Box<Found>),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A check box that was taken.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// What stood before.
    pub before: Consent,
    /// The facility, and the tenant as they are now.
    pub found: Found,
}

impl Store {
    /// A check box was submitted. `guard` is asked about what is stored before anything is decided.
    ///
    /// # Errors
    /// See [`SubmitError`].
    pub async fn submit(
        &self,
        facility_id: &FacilityId,
        tenant_id: &TenantId,
        action: Action,
        evidence: &Evidence,
        guard: impl Fn(&Found) -> bool,
        now: Timestamp,
    ) -> Result<Submitted, SubmitError> {
        let time = RequestTime::new(now);
        let mut pause = Pause::new();
        loop {
            let (facility, tenant) = self.read_tenant(facility_id, tenant_id).await?;
            let facility = facility.ok_or(SubmitError::NotFound(NotFound::Facility))?;
            let Some(Versioned {
                value: tenant,
                version,
            }) = tenant.filter(|tenant| tenant.value.residence == Residence::Resident)
            else {
                return Err(SubmitError::NotFound(NotFound::Tenant));
            };
            let found = Found { facility, tenant };
            if !guard(&found) {
                return Err(SubmitError::PreconditionFailed);
            }
            let shown = evidence.shown_by(&found.facility, action);
            let decided = found
                .tenant
                .submit(action, found.facility.two_way_texting, &shown, now);
            let change = match decided {
                Err(refusal) => return Err(SubmitError::Refused(refusal, Box::new(found))),
                Ok(None) => {
                    self.await_if_withdrawn(action, &found.tenant, time).await;
                    return Ok(Submitted {
                        before: found.tenant.consent,
                        found,
                    });
                }
                Ok(Some(change)) => change,
            };
            let mut writes = self.changed(&change, version)?;
            writes.extend(self.count(facility_id, [total_move(Some(&found.tenant), &change.tenant)])?);
            writes.extend(
                self.holds_ended(facility_id, change.tenant.hold_ended_since(&found.tenant), now)
                    .await?,
            );
            match self.write_records(writes, &change.records, now).await {
                Ok(()) => {
                    self.await_if_withdrawn(action, &found.tenant, time).await;
                    let before = found.tenant.consent;
                    let found = Found {
                        facility: found.facility,
                        tenant: change.tenant,
                    };
                    return Ok(Submitted { before, found });
                }
                Err(error) => pause.after(error).await?,
            }
        }
    }

    /// A withdrawal waits for every text in flight, also where it changes nothing: somebody may have withdrawn
    /// a moment ago and wait still.
    async fn await_if_withdrawn(&self, action: Action, tenant: &Tenant, time: RequestTime) {
        if matches!(action, Action::Uncheck(_) | Action::Withdraw) {
            self.await_pending(&Pending::of(tenant), time).await;
        }
    }

    /// A tenant moves out.
    ///
    /// # Errors
    /// The database's.
    pub async fn move_out(
        &self,
        facility_id: &FacilityId,
        tenant_id: &TenantId,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Result<(), NotFound>, StoreError> {
        let time = RequestTime::new(now);
        let mut pause = Pause::new();
        loop {
            let (facility, tenant) = self.read_tenant(facility_id, tenant_id).await?;
            if facility.is_none() {
                return Ok(Err(NotFound::Facility));
            }
            let Some(Versioned {
                value: tenant,
                version,
            }) = tenant
            else {
                return Ok(Err(NotFound::Tenant));
            };
            if tenant.residence == Residence::MovedOut {
                // A moment ago, perhaps, by somebody who still waits for a text in flight.
                self.await_pending(&Pending::of(&tenant), time).await;
                return Ok(Err(NotFound::Tenant));
            }
            let moved = Moved {
                from: tenant.details.cell_phone.clone(),
                to: None,
            };
            let mut numbers = self.read_numbers(facility_id, moved.numbers()).await?;
            let change = tenant.move_out(numbers.of(&moved).left, evidence, now);
            numbers.carry_out(&moved, Some(&tenant), tenant_id);
            let mut writes = self.changed(&change, version)?;
            writes.extend(self.count(facility_id, [total_move(Some(&tenant), &change.tenant)])?);
            writes.extend(numbers.writes(self, facility_id)?);
            writes.extend(
                self.holds_ended(facility_id, change.tenant.hold_ended_since(&tenant), now)
                    .await?,
            );
            let mut postings = PostingChanges::default();
            postings.add(Some(&tenant), version, &change.tenant)?;
            match self.write_records(writes, &change.records, now).await {
                Ok(()) => {
                    self.delete_postings(&postings).await;
                    self.await_pending(&Pending::of(&tenant), time).await;
                    return Ok(Ok(()));
                }
                Err(error) => pause.after(error).await?,
            }
        }
    }

    /// Which of these tenants have not withdrawn by text, and what is known of the provider's block of each.
    ///
    /// # Errors
    /// The database's.
    pub async fn provider_blocks(
        &self,
        facility: &FacilityId,
        tenants: &[TenantId],
    ) -> Result<Vec<(TenantId, Option<ProviderBlock>)>, StoreError> {
        let tenants = self
            .read_tenants(facility, &tenants.iter().collect::<Vec<_>>())
            .await?;
        Ok(tenants
            .into_iter()
            .map(|tenant| tenant.value)
            .filter(|tenant| !tenant.consent.is_withdrawn_by_text())
            .map(|tenant| (tenant.tenant_id, tenant.provider_block))
            .collect())
    }

    /// Keeps what is known of the provider's own list about a tenant's number. It changes no consent, and what
    /// was known of the same block before stands.
    ///
    /// # Errors
    /// The database's.
    pub async fn keep_provider_block(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        block: Option<&ProviderBlock>,
    ) -> Result<(), StoreError> {
        let mut pause = Pause::new();
        loop {
            let (_, read) = self.read_tenant(facility, tenant).await?;
            let Some(Versioned { value, version }) = read else {
                return Ok(());
            };
            let known = value.provider_block.as_ref();
            let block =
                block
                    .cloned()
                    .map(|block| match known.filter(|known| known.number == block.number) {
                        Some(known) => ProviderBlock {
                            since: known.since,
                            retry_after: known.retry_after.or(block.retry_after),
                            ..block
                        },
                        None => block,
                    });
            if value.provider_block == block {
                return Ok(());
            }
            let tenant = Tenant {
                provider_block: block,
                ..value
            };
            match self.write(self.put_tenant(&tenant, &[], version)?).await {
                Ok(()) => return Ok(()),
                Err(error) => pause.after(error).await?,
            }
        }
    }

    /// The writes of a change: the tenant, on the version that was read, and the record.
    pub(crate) fn changed(
        &self,
        change: &Change,
        version: Option<u64>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        self.put_tenant(&change.tenant, &change.records, version)
    }

    /// The writes of a tenant, on the version that was read, with their new records.
    pub(crate) fn put_tenant(
        &self,
        tenant: &Tenant,
        records: &[Record],
        version: Option<u64>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (facility_id, tenant_id) = (&tenant.facility_id, &tenant.tenant_id);
        let key = Key::tenant(facility_id, tenant_id);
        let mut writes = vec![put(&self.table, &key, &TenantItem::from(tenant), version)?];
        for record in records {
            // Nothing rewrites a record: one without its hash is not written.
            if record.compute_hash().as_ref() != Some(&record.hash) {
                return Err(StoreError::failed("a record does not match its hash"));
            }
            let key = Key::record(facility_id, tenant_id, record.sequence);
            let item = RecordItem {
                record: record.clone(),
            };
            writes.push(put(&self.table, &key, &item, None)?);
        }
        Ok(writes)
    }
}

/// How a change moves a tenant in the totals, which count residents.
pub(crate) fn total_move(
    before: Option<&Tenant>,
    after: &Tenant,
) -> (TenantId, Option<Status>, Option<Status>) {
    let status =
        |tenant: &Tenant| (tenant.residence == Residence::Resident).then_some(tenant.consent.status());
    (after.tenant_id.clone(), before.and_then(status), status(after))
}
