//! Tenants: submitting check boxes, and moving out. They come in through [`crate::registrations`].

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, TenantId};
use consent::record::{Evidence, Record};
use consent::rules::{Action, Consent, Refusal, Status};
use consent::tenant::{Change, PhoneMove, Residence, Tenant};
use jiff::Timestamp;

use crate::commit::{Attempt, Commit};
use crate::error::StoreError;
use crate::in_flight::Pending;
use crate::items::{RecordItem, TenantItem, Versioned, put};
use crate::postings::PostingChanges;
use crate::schema::Key;
use crate::store::{FacilityTenant, NotFound, ReadError, RequestTime, Store, read_errors};

/// Why a check box was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// There is no such tenant.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// What the caller had seen is no longer what there is.
    #[error("the precondition does not hold")]
    PreconditionFailed,
    /// The rules refuse it.
    #[error("refused")]
    Refused(Refusal, Box<FacilityTenant>),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

read_errors!(SubmitError);

/// A check box that was taken.
#[derive(Debug, Clone)]
pub struct CheckboxOutcome {
    /// What stood before.
    pub before: Consent,
    /// The facility, and the tenant as they are now.
    pub found: FacilityTenant,
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
        guard: impl Fn(&FacilityTenant) -> bool,
        now: Timestamp,
    ) -> Result<CheckboxOutcome, SubmitError> {
        let time = RequestTime::new(now);
        let guard = &guard;
        let (read, submitted) = self
            .commit(|| async move {
                let keys = (Key::facility(facility_id), Key::tenant(facility_id, tenant_id));
                let mut items = self.read(&[&keys.0, &keys.1]).await?;
                let Versioned {
                    value: found,
                    version,
                } = items.take_resident(&keys.0, &keys.1)?;
                if !guard(&found) {
                    return Err(SubmitError::PreconditionFailed);
                }
                let shown = evidence.shown_by(&found.facility, action);
                let two_way_texting = found.facility.two_way_texting;
                let change = match found.tenant.apply(action, two_way_texting, &shown, now) {
                    Err(refusal) => return Err(SubmitError::Refused(refusal, Box::new(found))),
                    Ok(change) => change,
                };
                let before = found.tenant.consent;
                let Some(change) = change else {
                    let submitted = CheckboxOutcome {
                        before,
                        found: found.clone(),
                    };
                    return Ok(Attempt::Done((found.tenant, submitted)));
                };
                let writes = self.writes_of(&found.tenant, &change, version, now).await?;
                let commit = Commit {
                    writes,
                    records: change.records,
                    now,
                };
                let submitted = CheckboxOutcome {
                    before,
                    found: FacilityTenant {
                        facility: found.facility,
                        tenant: change.tenant,
                    },
                };
                Ok(Attempt::Write(commit, (found.tenant, submitted)))
            })
            .await?;
        if action.waits_for_texts() {
            self.await_pending(&Pending::of(&read), time).await;
        }
        Ok(submitted)
    }

    /// The writes of a change: the tenant with their records, the totals, and the reviews whose holds end with it.
    async fn writes_of(
        &self,
        before: &Tenant,
        change: &Change,
        version: Option<u64>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let facility = &before.facility_id;
        let mut writes = self.changed(change, version)?;
        writes.extend(self.count(facility, [total_move(Some(before), &change.tenant)])?);
        let ended = change.tenant.hold_ended_since(before);
        writes.extend(self.holds_ended(facility, ended, now).await?);
        Ok(writes)
    }

    /// A tenant moves out.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn move_out(
        &self,
        facility_id: &FacilityId,
        tenant_id: &TenantId,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<(), ReadError> {
        let time = RequestTime::new(now);
        let (tenant, moved_out) = self
            .commit(|| async move {
                let Versioned {
                    value: found,
                    version,
                } = self.read_tenant(facility_id, tenant_id).await?;
                let tenant = found.tenant;
                if tenant.residence == Residence::MovedOut {
                    return Ok::<_, ReadError>(Attempt::Done((tenant, None)));
                }
                let moved = PhoneMove {
                    from: tenant.details.cell_phone.clone(),
                    to: None,
                };
                let mut numbers = self.read_numbers(facility_id, moved.numbers()).await?;
                let change = tenant.move_out(numbers.of(&moved).left, evidence, now);
                numbers.carry_out(&moved, Some(&tenant), tenant_id);
                let mut writes = self.writes_of(&tenant, &change, version, now).await?;
                writes.extend(numbers.writes(self, facility_id)?);
                let mut postings = PostingChanges::default();
                postings.add(Some(&tenant), version, &change.tenant)?;
                let commit = Commit {
                    writes,
                    records: change.records,
                    now,
                };
                Ok(Attempt::Write(commit, (tenant, Some(postings))))
            })
            .await?;
        if let Some(postings) = &moved_out {
            self.delete_postings(postings).await;
        }
        // Also of one who has moved out already: a moment ago, perhaps, by somebody who still waits for a text in flight.
        self.await_pending(&Pending::of(&tenant), time).await;
        moved_out.map(|_| ()).ok_or_else(|| NotFound::Tenant.into())
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
        self.commit(|| async move {
            let Versioned {
                value: found,
                version,
            } = match self.read_tenant(facility, tenant).await {
                Ok(found) => found,
                Err(ReadError::NotFound(_)) => return Ok(Attempt::Done(())),
                Err(ReadError::Store(error)) => return Err(error),
            };
            Ok(match found.tenant.with_provider_block(block) {
                Some(tenant) => {
                    let writes = self.put_tenant(&tenant, &[], version)?;
                    Attempt::Write(Commit::uncounted(writes), ())
                }
                None => Attempt::Done(()),
            })
        })
        .await
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
