//! The table: how keys are formed, what the index is called, and the table's definition.
//!
//! `infra/template.yaml` deploys the same definition.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    Projection, ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus,
};
use consent::id::{FacilityId, PhoneNumber, ReviewId, TenantId};
use consent::record::{StoredRecord, rfc3339};
use consent::review::Review;
use serde_json::{Map, Value};

use crate::error::StoreError;

/// Partition key of the table.
pub const PARTITION_KEY: &str = "PK";
/// Sort key of the table.
pub const SORT_KEY: &str = "SK";
/// Index of a facility's residents by name. Its partition key is the table's.
pub const REPORT_INDEX: &str = "report";
/// Sort key of [`REPORT_INDEX`]: the folded name, then the tenant id. Absent once a tenant moved out.
pub const REPORT_NAME: &str = "report_name";
/// What a row of the report shows, copied to [`REPORT_INDEX`]. The tenant's id is in the sort key.
pub const REPORT_ATTRIBUTES: [&str; 7] = [
    "name",
    "cell_phone",
    "units",
    "status",
    "source",
    "changed_at",
    "on_hold",
];
/// A facility's totals are spread over this many items, so that concurrent changes do not wait for the same one.
pub const TOTALS_SHARDS: u8 = 16;
/// Version of the items' shape, written to each under [`SCHEMA`].
pub const SCHEMA_VERSION: u32 = 3;
pub(crate) const SCHEMA: &str = "schema";
/// How often an item was written; the next write depends on it.
pub(crate) const VERSION: &str = "version";

/// The key of an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    /// A facility and its settings.
    pub fn facility(facility: &FacilityId) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: FACILITY.to_owned(),
        }
    }

    /// A tenant with their consent.
    pub fn tenant(facility: &FacilityId, tenant: &TenantId) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: format!("{TENANT_PREFIX}{tenant}"),
        }
    }

    /// A resident in the search index: under a token of theirs, their place in the order of names, and what else
    /// tells this posting from others of theirs under the token.
    ///
    /// A partition for each token: a facility's postings are more than its other items, and would all be written to
    /// one partition, which takes 1,000 units a second.
    pub(crate) fn posting(facility: &FacilityId, token: &str, place: &str) -> Self {
        Self {
            pk: format!("FIND#{facility}#{token}"),
            sk: place.to_owned(),
        }
    }

    /// A number at a facility: its STOP, and the tenants who have it.
    pub fn phone(facility: &FacilityId, number: &PhoneNumber) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: format!("PHONE#{}", number.as_str()),
        }
    }

    /// A part of a facility's totals.
    pub(crate) fn totals(facility: &FacilityId, shard: u8) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: format!("{TOTALS_PREFIX}{shard:02}"),
        }
    }

    /// A record. The sequence is padded so that records sort by it.
    pub fn record(facility: &FacilityId, tenant: &TenantId, sequence: u64) -> Self {
        Self {
            pk: tenant_partition(facility, tenant),
            sk: format!("{RECORD_PREFIX}{sequence:010}"),
        }
    }

    /// A text in a tenant's thread, sorted by time.
    pub(crate) fn thread(facility: &FacilityId, tenant: &TenantId, at: &str, message: &str) -> Self {
        Self {
            pk: tenant_partition(facility, tenant),
            sk: format!("{THREAD_PREFIX}{at}#{message}"),
        }
    }

    /// A decision about a text. Its id begins with its time, so that decisions sort by it.
    pub(crate) fn decision(facility: &FacilityId, tenant: &TenantId, id: &str) -> Self {
        Self {
            pk: tenant_partition(facility, tenant),
            sk: format!("{DECISION_PREFIX}t#{id}"),
        }
    }

    /// An accepted send, by the hash of its `Idempotency-Key`.
    pub(crate) fn idempotency(facility: &FacilityId, tenant: &TenantId, key: &str) -> Self {
        Self {
            pk: tenant_partition(facility, tenant),
            sk: format!("KEY#{key}"),
        }
    }

    /// What a tenant is to be notified of, and how.
    pub(crate) fn preferences(facility: &FacilityId, tenant: &TenantId) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: format!("PREFERENCES#{tenant}"),
        }
    }

    /// Which facility has a business number.
    pub fn business_number(number: &PhoneNumber) -> Self {
        Self {
            pk: format!("NUMBER#{}", number.as_str()),
            sk: "NUMBER".to_owned(),
        }
    }

    /// A provider's message that was seen.
    pub(crate) fn message(provider: &str, message_id: &str) -> Self {
        Self {
            pk: format!("MESSAGE#{provider}#{message_id}"),
            sk: "MESSAGE".to_owned(),
        }
    }

    /// The facilities that hear a provider's group message.
    pub(crate) fn group(provider: &str, message_id: &str) -> Self {
        Self {
            sk: "GROUP".to_owned(),
            ..Self::message(provider, message_id)
        }
    }

    /// A text that a person has to read.
    pub(crate) fn review(facility: &FacilityId, review: &ReviewId) -> Self {
        Self {
            pk: facility_partition(facility),
            sk: format!("REVIEW#{review}"),
        }
    }

    /// A review's place in its list: of the open ones in the order in which the texts came, or of the others in the
    /// order in which they ended.
    pub(crate) fn review_entry(facility: &FacilityId, review: &Review) -> Self {
        let id = &review.review_id;
        let sk = match &review.ended {
            None => format!("{OPEN_REVIEWS_PREFIX}{id}"),
            Some(ended) => format!("{DECIDED_REVIEWS_PREFIX}{}#{id}", rfc3339(ended.at)),
        };
        Self {
            pk: facility_partition(facility),
            sk,
        }
    }

    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PARTITION_KEY.to_owned(), AttributeValue::S(self.pk.clone())),
            (SORT_KEY.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

pub(crate) const FACILITY: &str = "FACILITY";
// Beside the facility, so that one query reads both.
const TOTALS_PREFIX: &str = "FACILITY#TOTALS#";
pub(crate) const TENANT_PREFIX: &str = "TENANT#";
pub(crate) const OPEN_REVIEWS_PREFIX: &str = "REVIEWS#OPEN#";
pub(crate) const DECIDED_REVIEWS_PREFIX: &str = "REVIEWS#DECIDED#";
pub(crate) const THREAD_PREFIX: &str = "THREAD#";
pub(crate) const DECISION_PREFIX: &str = "DECISION#";
/// The sort keys of decisions that version 2 wrote, `DECISION#<sequence of a record>#<time>#<id>`, lie between these. They
/// come before all others, as they are older.
pub(crate) const EARLIER_DECISIONS: (&str, &str) = ("DECISION#0", "DECISION#:");
/// How the sort key of every record begins.
pub const RECORD_PREFIX: &str = "RECORD#";

/// The sequence of the record that has a sort key, `None` where no record can have it.
pub(crate) fn record_sequence(sort_key: &str) -> Option<u64> {
    let digits = sort_key.strip_prefix(RECORD_PREFIX)?;
    let is_padded = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_padded.then(|| digits.parse().ok())?
}

/// The record in the attributes of an item: all but those that every item has.
pub fn record_of(mut attributes: Map<String, Value>) -> StoredRecord {
    for own in [PARTITION_KEY, SORT_KEY, SCHEMA, VERSION] {
        attributes.remove(own);
    }
    StoredRecord::new(attributes)
}

pub(crate) fn facility_partition(facility: &FacilityId) -> String {
    format!("FACILITY#{facility}")
}

pub(crate) fn tenant_partition(facility: &FacilityId, tenant: &TenantId) -> String {
    format!("TENANT#{facility}#{tenant}")
}

/// The part of the totals that a tenant counts in.
pub(crate) fn totals_shard(tenant: &TenantId) -> u8 {
    let digest = ring::digest::digest(&ring::digest::SHA256, tenant.as_str().as_bytes());
    digest.as_ref().first().map_or(0, |byte| byte % TOTALS_SHARDS)
}

/// Creates the table where it is missing and waits until it can be used: for one machine and for tests.
/// Deployments create it from `infra/template.yaml`.
///
/// # Errors
/// Whatever the database says.
pub async fn create_table(client: &Client, table: &str) -> Result<(), StoreError> {
    if let Err(error) = definition(client, table)?.send().await
        && !error.as_service_error().is_some_and(
            aws_sdk_dynamodb::operation::create_table::CreateTableError::is_resource_in_use_exception,
        )
    {
        return Err(error.into());
    }
    loop {
        let described = client.describe_table().table_name(table).send().await?;
        if described.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn definition(
    client: &Client,
    table: &str,
) -> Result<aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder, StoreError> {
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .map_err(StoreError::failed)
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .map_err(StoreError::failed)
    };
    let report = GlobalSecondaryIndex::builder()
        .index_name(REPORT_INDEX)
        .key_schema(key(PARTITION_KEY, KeyType::Hash)?)
        .key_schema(key(REPORT_NAME, KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .set_non_key_attributes(Some(REPORT_ATTRIBUTES.map(str::to_owned).to_vec()))
                .build(),
        )
        .build()
        .map_err(StoreError::failed)?;
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage)
        .build()
        .map_err(StoreError::failed)?;
    Ok(client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(PARTITION_KEY)?)
        .attribute_definitions(attribute(SORT_KEY)?)
        .attribute_definitions(attribute(REPORT_NAME)?)
        .key_schema(key(PARTITION_KEY, KeyType::Hash)?)
        .key_schema(key(SORT_KEY, KeyType::Range)?)
        .global_secondary_indexes(report)
        .stream_specification(stream))
}
