//! Tenants: registered, moved out, and submitting check boxes.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::TransactWriteItem;
use consent::facility::Facility;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::Number;
use consent::record::Evidence;
use consent::rules::{Action, Consent, NumberStanding, Refusal, Status};
use consent::tenant::{Change, Details, Registered, Residence, Tenant};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::inbound::Heard;
use crate::items::{PhoneItem, RecordItem, TenantItem, Versioned, put};
use crate::schema::Key;
use crate::store::{Found, NotFound, Pause, Store};

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

/// A registration, with the facility that it was decided with.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The facility.
    pub facility: Facility,
    /// What became of the tenant.
    pub registered: Registered,
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
            let decided = found
                .tenant
                .submit(action, found.facility.two_way_texting, evidence, now);
            let change = match decided {
                Err(refusal) => return Err(SubmitError::Refused(refusal, Box::new(found))),
                Ok(None) => {
                    return Ok(Submitted {
                        before: found.tenant.consent,
                        found,
                    });
                }
                Ok(Some(change)) => change,
            };
            let mut writes = self.changed(&change, version)?;
            writes.extend(self.count(facility_id, [counted(Some(&found.tenant), &change)])?);
            match self.write(writes).await {
                Ok(()) => {
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

    /// Registers a tenant, or what changed about them.
    ///
    /// # Errors
    /// See [`RegisterError`].
    pub async fn register(
        &self,
        facility_id: &FacilityId,
        tenant_id: &TenantId,
        details: &Details,
        replied_stop: RepliedStop,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Registration, RegisterError> {
        let mut pause = Pause::new();
        let mut stopped_before = None;
        loop {
            let (facility, existing) = self.read_tenant(facility_id, tenant_id).await?;
            let facility = facility.ok_or(RegisterError::FacilityNotFound)?;
            // A STOP from before counts for the number, and for whoever else has it, before the tenant does.
            if existing.is_none()
                && replied_stop == RepliedStop::Yes
                && stopped_before.is_none()
                && let Some(number) = &details.cell_phone
            {
                let evidence = Evidence {
                    rule: Some("replied_stop".to_owned()),
                    ..evidence.clone()
                };
                self.hear(
                    &Heard::before_registration(facility_id, tenant_id, number, &evidence),
                    now,
                )
                .await?;
                stopped_before = Some(evidence);
            }
            let (existing, version) = match existing {
                Some(Versioned { value, version }) => (Some(value), version),
                None => (None, None),
            };
            let moved = Moved::between(existing.as_ref(), details);
            let mut numbers = self.read_numbers(facility_id, &moved).await?;
            let is_stopped = |number: &Versioned<Number>| number.value.standing == NumberStanding::Stopped;
            let registered = Tenant::register(
                existing.as_ref(),
                &facility,
                tenant_id,
                details.clone(),
                numbers.to.as_ref().map(|number| &number.value),
                stopped_before
                    .as_ref()
                    .filter(|_| numbers.to.as_ref().is_some_and(is_stopped))
                    .unwrap_or(evidence),
                now,
            );
            let change = match &registered {
                Registered::Unchanged(_) => return Ok(Registration { facility, registered }),
                Registered::Created(change) | Registered::Returned(change) | Registered::Updated(change) => {
                    change
                }
            };
            let mut writes = self.changed(change, version)?;
            writes.extend(self.count(facility_id, [counted(existing.as_ref(), change)])?);
            writes.extend(self.moved(facility_id, tenant_id, &mut numbers)?);
            match self.write(writes).await {
                Ok(()) => return Ok(Registration { facility, registered }),
                Err(error) => pause.after(error).await?,
            }
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
            let Some(change) = tenant.move_out(evidence, now) else {
                return Ok(Err(NotFound::Tenant));
            };
            let moved = Moved {
                from: tenant.details.cell_phone.clone(),
                to: None,
            };
            let mut numbers = self.read_numbers(facility_id, &moved).await?;
            let mut writes = self.changed(&change, version)?;
            writes.extend(self.count(facility_id, [counted(Some(&tenant), &change)])?);
            writes.extend(self.moved(facility_id, tenant_id, &mut numbers)?);
            match self.write(writes).await {
                Ok(()) => return Ok(Ok(())),
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
        let Tenant {
            facility_id,
            tenant_id,
            ..
        } = &change.tenant;
        let key = Key::tenant(facility_id, tenant_id);
        let mut writes = vec![put(
            &self.table,
            &key,
            &TenantItem::from(&change.tenant),
            version,
        )?];
        if let Some(record) = &change.record {
            let key = Key::record(facility_id, tenant_id, record.sequence);
            writes.push(put(
                &self.table,
                &key,
                &RecordItem {
                    record: record.clone(),
                },
                None,
            )?);
        }
        Ok(writes)
    }

    async fn read_numbers(&self, facility: &FacilityId, moved: &Moved) -> Result<Numbers, StoreError> {
        let key = |number: &Option<PhoneNumber>| number.as_ref().map(|number| Key::phone(facility, number));
        let (from, to) = (key(&moved.from), key(&moved.to));
        let keys: Vec<&Key> = [from.as_ref(), to.as_ref()].into_iter().flatten().collect();
        if keys.is_empty() {
            return Ok(Numbers { from: None, to: None });
        }
        let mut items = self.read(&keys).await?;
        let mut number = |key: Option<Key>, number: &Option<PhoneNumber>| match (key, number) {
            (Some(key), Some(number)) => {
                let item = items.take::<PhoneItem>(&key)?.map(Into::into);
                let unknown = || Versioned {
                    value: Number::new(number.clone()),
                    version: None,
                };
                Ok(Some(item.unwrap_or_else(unknown)))
            }
            _ => Ok::<_, StoreError>(None),
        };
        Ok(Numbers {
            from: number(from, &moved.from)?,
            to: number(to, &moved.to)?,
        })
    }

    /// The writes by which a tenant leaves one number and joins another.
    fn moved(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        numbers: &mut Numbers,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut writes = Vec::new();
        let mut write = |number: &mut Option<Versioned<Number>>,
                         change: fn(&mut BTreeSet<TenantId>, &TenantId) -> bool| {
            if let Some(Versioned { value, version }) = number
                && change(&mut value.tenants, tenant)
            {
                let key = Key::phone(facility, &value.number);
                writes.push(put(&self.table, &key, &PhoneItem::from(&*value), *version)?);
            }
            Ok::<_, StoreError>(())
        };
        write(&mut numbers.from, |tenants, tenant| tenants.remove(tenant))?;
        write(&mut numbers.to, |tenants, tenant| tenants.insert(tenant.clone()))?;
        Ok(writes)
    }
}

/// The numbers that a tenant leaves and joins.
struct Moved {
    from: Option<PhoneNumber>,
    to: Option<PhoneNumber>,
}

struct Numbers {
    from: Option<Versioned<Number>>,
    to: Option<Versioned<Number>>,
}

impl Moved {
    fn between(existing: Option<&Tenant>, details: &Details) -> Self {
        let before = existing
            .filter(|tenant| tenant.residence == Residence::Resident)
            .and_then(|tenant| tenant.details.cell_phone.clone());
        if before == details.cell_phone {
            Self { from: None, to: None }
        } else {
            Self {
                from: before,
                to: details.cell_phone.clone(),
            }
        }
    }
}

/// How a change moves a tenant in the totals, which count residents.
pub(crate) fn counted(
    before: Option<&Tenant>,
    change: &Change,
) -> (TenantId, Option<Status>, Option<Status>) {
    let status =
        |tenant: &Tenant| (tenant.residence == Residence::Resident).then_some(tenant.consent.status());
    (
        change.tenant.tenant_id.clone(),
        before.and_then(status),
        status(&change.tenant),
    )
}
