//! The store itself: reading items, writing them together, and trying again when somebody was faster.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, TransactWriteItem, Update};
use consent::facility::Facility;
use consent::id::{FacilityId, TenantId};
use consent::record::Record;
use consent::rules::Status;
use consent::tenant::{Residence, Tenant};
use consent_metrics::Metrics;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use tokio::time::Instant;

use crate::aws::{Lazily, aws_client, open_connection_to_dynamodb};
use crate::error::{StoreError, transaction_error};
use crate::items::{FacilityItem, Item, TenantItem, Versioned};
use crate::schema::{Key, PARTITION_KEY, SCHEMA, SCHEMA_VERSION, SORT_KEY, totals_shard};

/// How often a write is decided anew after racing writers before it is given up.
pub(crate) const ATTEMPTS: u32 = 12;
/// `TransactWriteItems` takes so many items.
pub(crate) const TRANSACTION_ITEMS: usize = 100;
/// `BatchGetItem` takes so many keys.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFound {
    /// The facility does not exist.
    Facility,
    /// The facility has no such tenant, or they moved out.
    Tenant,
}

/// A facility with one of its tenants, resident or moved out.
#[derive(Debug, Clone)]
pub struct Found {
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
    pub(crate) fn take<T: DeserializeOwned>(&mut self, key: &Key) -> Result<Option<T>, StoreError> {
        let Some(item) = self.0.remove(&(key.pk.clone(), key.sk.clone())) else {
            return Ok(None);
        };
        // Items are written back whole: what a newer version has added would be lost.
        let schema = item
            .get(SCHEMA)
            .and_then(|schema| schema.as_n().ok()?.parse().ok());
        if schema.is_some_and(|schema: u32| schema > SCHEMA_VERSION) {
            return Err(StoreError::Unavailable(
                "the item is of a newer schema: a deployment goes on, or was taken back".into(),
            ));
        }
        Ok(Some(from_item(item)?))
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

    /// A facility, with the version of its item.
    pub(crate) async fn read_facility(
        &self,
        id: &FacilityId,
    ) -> Result<Option<Versioned<Facility>>, StoreError> {
        let key = Key::facility(id);
        Ok(self
            .read(&[&key])
            .await?
            .take::<FacilityItem>(&key)?
            .map(Into::into))
    }

    /// A facility.
    ///
    /// # Errors
    /// The database's.
    pub async fn facility(&self, id: &FacilityId) -> Result<Option<Facility>, StoreError> {
        Ok(self.read_facility(id).await?.map(|facility| facility.value))
    }

    /// A facility and a tenant, whichever there are, in one request.
    pub(crate) async fn read_tenant(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<(Option<Facility>, Option<Versioned<Tenant>>), StoreError> {
        let (facility, tenant) = (Key::facility(facility), Key::tenant(facility, tenant));
        let mut items = self.read(&[&facility, &tenant]).await?;
        let facility = items
            .take::<FacilityItem>(&facility)?
            .map(Versioned::<Facility>::from);
        let tenant = items.take::<TenantItem>(&tenant)?.map(Into::into);
        Ok((facility.map(|facility| facility.value), tenant))
    }

    /// A resident tenant, with the facility's settings as they are now.
    ///
    /// # Errors
    /// The database's.
    pub async fn resident(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Result<Found, NotFound>, StoreError> {
        let (facility, tenant) = self.read_tenant(facility, tenant).await?;
        Ok(match (facility, tenant) {
            (None, _) => Err(NotFound::Facility),
            (Some(facility), Some(tenant)) if tenant.value.residence == Residence::Resident => Ok(Found {
                facility,
                tenant: tenant.value,
            }),
            (Some(_), _) => Err(NotFound::Tenant),
        })
    }

    /// Changes of a facility's totals, one write for each part of them that changes.
    pub(crate) fn count(
        &self,
        facility: &FacilityId,
        moves: impl IntoIterator<Item = (TenantId, Option<Status>, Option<Status>)>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut shards: HashMap<u8, HashMap<Status, i64>> = HashMap::new();
        for (tenant, from, to) in moves {
            if from == to {
                continue;
            }
            let shard = shards.entry(totals_shard(&tenant)).or_default();
            for (status, change) in [(from, -1), (to, 1)] {
                if let Some(status) = status {
                    *shard.entry(status).or_default() += change;
                }
            }
        }
        shards
            .into_iter()
            .map(|(shard, changes)| {
                let update = Update::builder()
                    .table_name(&self.table)
                    .set_key(Some(Key::totals(facility, shard).attributes()))
                    .update_expression(
                        "SET #schema = if_not_exists(#schema, :schema) \
                         ADD provided :provided, not_provided :not_provided, opted_out :opted_out",
                    )
                    .expression_attribute_names("#schema", SCHEMA)
                    .set_expression_attribute_values(Some(
                        Status::ALL
                            .into_iter()
                            .map(|status| (status.as_str(), changes.get(&status).copied().unwrap_or(0)))
                            .chain([(SCHEMA, i64::from(SCHEMA_VERSION))])
                            .map(|(name, number)| (format!(":{name}"), AttributeValue::N(number.to_string())))
                            .collect(),
                    ));
                Ok(TransactWriteItem::builder()
                    .update(update.build().map_err(StoreError::failed)?)
                    .build())
            })
            .collect()
    }
}

/// The waits between attempts: longer each time, and never the same for two racing writers.
pub(crate) struct Pause {
    attempt: u32,
    attempts: u32,
    base_ms: u64,
}

/// No attempt is left.
pub(crate) struct GaveUp;

impl Pause {
    pub(crate) fn new() -> Self {
        Self {
            attempt: 0,
            attempts: ATTEMPTS,
            base_ms: 5,
        }
    }

    /// Fewer and longer: for a database that throttles, after the SDK's own attempts.
    pub(crate) fn long() -> Self {
        Self {
            attempt: 0,
            attempts: 6,
            base_ms: 100,
        }
    }

    pub(crate) async fn wait(&mut self) -> Result<(), GaveUp> {
        self.attempt += 1;
        if self.attempt >= self.attempts {
            return Err(GaveUp);
        }
        let ceiling = self.base_ms << self.attempt.min(6);
        let mut random = [0; 2];
        // Without randomness the writers still take turns, by the version each has read.
        let _ = crate::random::fill(&mut random);
        tokio::time::sleep(Duration::from_millis(
            u64::from(u16::from_le_bytes(random)) % ceiling,
        ))
        .await;
        Ok(())
    }

    /// What to do with a failed write: `Ok` to read and decide anew.
    pub(crate) async fn after(&mut self, error: StoreError) -> Result<(), StoreError> {
        match error {
            StoreError::Conflict => self.wait().await.map_err(|GaveUp| StoreError::Conflict),
            error => Err(error),
        }
    }
}
