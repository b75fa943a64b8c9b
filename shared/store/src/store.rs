//! The store itself: reading items, and writing them together.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, TransactWriteItem};
use consent::facility::Facility;
use consent::id::{FacilityId, TenantId};
use consent::record::Record;
use consent::tenant::{Residence, Tenant};
use consent_metrics::Metrics;
use jiff::{SignedDuration, Timestamp};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use tokio::time::Instant;

use crate::aws::{Lazily, aws_client, open_connection_to_dynamodb};
use crate::commit::Pause;
use crate::error::{StoreError, transaction_error};
use crate::items::{FacilityItem, Item, Stored, TenantItem, Versioned};
use crate::schema::{Key, PARTITION_KEY, SCHEMA, SCHEMA_VERSION, SORT_KEY, VERSION};

/// The most keys that `BatchGetItem` takes.
pub(crate) const BATCH_KEYS: usize = 100;

/// The one way to what is stored.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) client: Lazily<Client>,
    pub(crate) table: String,
    pub(crate) metrics: Metrics,
}

/// When a request was taken up, and so what time it is since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestTime {
    at: Timestamp,
    begun: Instant,
}

impl RequestTime {
    /// A request that is taken up now.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            at: now,
            begun: Instant::now(),
        }
    }

    /// What time it is.
    pub(crate) fn now(self) -> Timestamp {
        SignedDuration::try_from(self.begun.elapsed())
            .ok()
            .and_then(|elapsed| self.at.checked_add(elapsed).ok())
            .unwrap_or(self.at)
    }

    /// When it was taken up, by the clock of records.
    pub(crate) fn taken_up_at(self) -> Timestamp {
        self.at
    }

    /// When it was taken up.
    pub(crate) fn begun(self) -> Instant {
        self.begun
    }

    /// A moment, for what waits for it.
    pub(crate) fn instant(self, moment: Timestamp) -> Instant {
        self.begun + Duration::try_from(moment.duration_since(self.at)).unwrap_or_default()
    }
}

/// What is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not found")]
pub enum NotFound {
    /// The facility does not exist.
    Facility,
    /// The facility has no such tenant, or they moved out.
    Tenant,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not there.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets the error of a change say what could not be read.
macro_rules! read_errors {
    ($error:ty) => {
        impl From<crate::store::ReadError> for $error {
            fn from(error: crate::store::ReadError) -> Self {
                match error {
                    crate::store::ReadError::NotFound(not_found) => not_found.into(),
                    crate::store::ReadError::Store(error) => error.into(),
                }
            }
        }
    };
}
pub(crate) use read_errors;

/// A facility with one of its tenants, resident or moved out.
#[derive(Debug, Clone)]
pub struct FacilityTenant {
    /// The facility.
    pub facility: Facility,
    /// The tenant.
    pub tenant: Tenant,
}

/// Whether a read sees every write before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consistency {
    /// It does.
    Strong,
    /// It may be a moment late, at half the price: for lists that people look at.
    Eventual,
}

/// Items by their keys.
pub(crate) struct Items(HashMap<(String, String), Item>);

impl Items {
    /// The item of this key, with its version.
    pub(crate) fn take<T: Stored>(&mut self, key: &Key) -> Result<Option<Versioned<T::Value>>, StoreError> {
        let Some(item) = self.0.remove(&(key.pk.clone(), key.sk.clone())) else {
            return Ok(None);
        };
        let number = |name| item.get(name).and_then(|number| number.as_n().ok()?.parse().ok());
        // Items are written back whole: what a newer version has added would be lost.
        if number(SCHEMA).is_some_and(|schema: u64| schema > SCHEMA_VERSION.into()) {
            return Err(StoreError::Unavailable(
                "the item is of a newer schema: a deployment goes on, or was taken back".into(),
            ));
        }
        let version = Some(number(VERSION).unwrap_or_default());
        let value = from_item::<T>(item)?.into();
        Ok(Some(Versioned { value, version }))
    }

    /// A facility and one of its tenants, resident or moved out, with the version of the tenant's item.
    pub(crate) fn take_tenant(
        &mut self,
        facility: &Key,
        tenant: &Key,
    ) -> Result<Versioned<FacilityTenant>, ReadError> {
        let facility = self.take::<FacilityItem>(facility)?.ok_or(NotFound::Facility)?;
        let tenant = self.take::<TenantItem>(tenant)?.ok_or(NotFound::Tenant)?;
        Ok(Versioned {
            value: FacilityTenant {
                facility: facility.value,
                tenant: tenant.value,
            },
            version: tenant.version,
        })
    }

    /// A facility and one of its resident tenants, with the version of the tenant's item.
    pub(crate) fn take_resident(
        &mut self,
        facility: &Key,
        tenant: &Key,
    ) -> Result<Versioned<FacilityTenant>, ReadError> {
        let found = self.take_tenant(facility, tenant)?;
        match found.value.tenant.residence {
            Residence::Resident => Ok(found),
            Residence::MovedOut => Err(NotFound::Tenant.into()),
        }
    }
}

impl Store {
    /// A store on this table, which counts what it writes.
    pub fn new(client: Client, table: impl Into<String>, metrics: Metrics) -> Self {
        Self {
            client: client.into(),
            table: table.into(),
            metrics,
        }
    }

    /// A store on this table, with a client as the environment configures it, and the connection to the database open.
    pub async fn from_environment(table: impl Into<String>, metrics: Metrics) -> Self {
        open_connection_to_dynamodb().await;
        Self {
            client: aws_client(|configuration| Client::new(&configuration)),
            table: table.into(),
            metrics,
        }
    }

    /// Reads items strongly consistent, in one request where the service answers whole.
    pub(crate) async fn read(&self, keys: &[&Key]) -> Result<Items, StoreError> {
        self.read_with(keys, Consistency::Strong).await
    }

    /// Reads items, in one request where the service answers whole.
    pub(crate) async fn read_with(
        &self,
        keys: &[&Key],
        consistency: Consistency,
    ) -> Result<Items, StoreError> {
        let mut items = HashMap::new();
        for chunk in keys.chunks(BATCH_KEYS) {
            let wanted = chunk.iter().map(|key| key.attributes()).collect();
            let mut wanted = Some(
                KeysAndAttributes::builder()
                    .set_keys(Some(wanted))
                    .consistent_read(consistency == Consistency::Strong)
                    .build()
                    .map_err(StoreError::failed)?,
            );
            let mut pause = Pause::new();
            while let Some(keys) = wanted.take() {
                let answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, keys)
                    .send()
                    .await?;
                for item in answer
                    .responses
                    .into_iter()
                    .flat_map(HashMap::into_values)
                    .flatten()
                {
                    if let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) =
                        (item.get(PARTITION_KEY), item.get(SORT_KEY))
                    {
                        items.insert((pk.clone(), sk.clone()), item);
                    }
                }
                wanted = answer
                    .unprocessed_keys
                    .and_then(|mut tables| tables.remove(&self.table));
                if wanted.is_some() {
                    pause
                        .wait()
                        .await
                        .map_err(|_| StoreError::Unavailable("keys left unread".into()))?;
                }
            }
        }
        Ok(Items(items))
    }

    /// Writes items together or not at all.
    pub(crate) async fn write(&self, writes: Vec<TransactWriteItem>) -> Result<(), StoreError> {
        let request = self
            .client
            .transact_write_items()
            .set_transact_items(Some(writes));
        request.send().await.map(|_| ()).map_err(transaction_error)
    }

    /// Writes items together or not at all, these records among them: then they count.
    pub(crate) async fn write_records<'a>(
        &self,
        writes: Vec<TransactWriteItem>,
        records: impl IntoIterator<Item = &'a Record>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(writes).await?;
        self.metrics.count_records(records, now);
        Ok(())
    }

    /// A facility.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn facility(&self, id: &FacilityId) -> Result<Facility, ReadError> {
        let key = Key::facility(id);
        let facility = self.read(&[&key]).await?.take::<FacilityItem>(&key)?;
        Ok(facility.ok_or(NotFound::Facility)?.value)
    }

    /// A facility and one of its tenants, resident or moved out, with the version of the tenant's item.
    pub(crate) async fn read_tenant(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Versioned<FacilityTenant>, ReadError> {
        let keys = (Key::facility(facility), Key::tenant(facility, tenant));
        let (facility, tenant) = (&keys.0, &keys.1);
        self.read(&[facility, tenant])
            .await?
            .take_tenant(facility, tenant)
    }

    /// A tenant, resident or moved out, with the facility's settings as they are now.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn resident_or_moved_out(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<FacilityTenant, ReadError> {
        Ok(self.read_tenant(facility, tenant).await?.value)
    }

    /// A resident tenant, with the facility's settings as they are now.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn resident(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<FacilityTenant, ReadError> {
        let keys = (Key::facility(facility), Key::tenant(facility, tenant));
        let (facility, tenant) = (&keys.0, &keys.1);
        let mut items = self.read(&[facility, tenant]).await?;
        Ok(items.take_resident(facility, tenant)?.value)
    }

    /// Those of some tenants who are known, resident or moved out.
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
            tenants.extend(items.take::<TenantItem>(key)?);
        }
        Ok(tenants)
    }
}
