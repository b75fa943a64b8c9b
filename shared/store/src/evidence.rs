//! What an evidence pack is made of: a tenant, also after they moved out, and their records, oldest first.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, TenantId};
use consent::record::StoredRecord;

use crate::error::StoreError;
use crate::items::stored_record;
use crate::schema::{PARTITION_KEY, RECORD_PREFIX, SORT_KEY, tenant_partition};
use crate::store::{Found, NotFound, Store};

/// Some of a tenant's records, oldest first.
#[derive(Debug, Clone)]
pub struct RecordsPage {
    /// As they are stored. What has no form in JSON is left out; the check of a pack misses it.
    pub records: Vec<StoredRecord>,
    /// What is to be asked for those that follow.
    pub rest: Option<RecordsAfter>,
}

/// Where records go on.
#[derive(Debug, Clone)]
pub struct RecordsAfter(String);

impl Store {
    /// A facility and a tenant, resident or moved out.
    ///
    /// # Errors
    /// The database's.
    pub async fn resident_or_moved_out(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Result<Found, NotFound>, StoreError> {
        Ok(match self.read_tenant(facility, tenant).await? {
            (None, _) => Err(NotFound::Facility),
            (Some(_), None) => Err(NotFound::Tenant),
            (Some(facility), Some(tenant)) => Ok(Found {
                facility,
                tenant: tenant.value,
            }),
        })
    }

    /// A tenant's records, oldest first: as many as one request reads, from the first one or from where an earlier page
    /// ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn records(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        after: Option<RecordsAfter>,
    ) -> Result<RecordsPage, StoreError> {
        let after = after.map_or_else(|| RECORD_PREFIX.to_owned(), |RecordsAfter(key)| key);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :after AND :last")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(tenant_partition(facility, tenant)))
            .expression_attribute_values(":after", AttributeValue::S(after.clone()))
            // What comes after the prefix are digits.
            .expression_attribute_values(":last", AttributeValue::S(format!("{RECORD_PREFIX}~")))
            .send()
            .await?;
        let last = answer.last_evaluated_key.and_then(|mut key| key.remove(SORT_KEY));
        let rest = last.and_then(|key| key.as_s().ok().cloned()).map(RecordsAfter);
        let items = answer.items.unwrap_or_default().into_iter();
        // The last one of the page before was read already.
        let is_new = |key: Option<&AttributeValue>| key.is_none_or(|key| key.as_s() != Ok(&after));
        let records = items
            .filter(|item| is_new(item.get(SORT_KEY)))
            .filter_map(stored_record)
            .collect();
        Ok(RecordsPage { records, rest })
    }
}
