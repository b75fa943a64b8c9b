//! A tenant's records, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, TenantId};
use consent::record::Record;
use serde_dynamo::aws_sdk_dynamodb_1::from_items;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::schema::{Key, PARTITION_KEY, SORT_KEY, tenant_partition};
use crate::store::{NotFound, Store};

/// A page of a tenant's records.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// Newest first.
    pub records: Vec<Record>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// A page of a tenant's records, also after they moved out.
    ///
    /// # Errors
    /// The database's.
    pub async fn history(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        before: Option<u64>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<Result<HistoryPage, NotFound>, StoreError> {
        match self.read_tenant(facility, tenant).await? {
            (None, _) => return Ok(Err(NotFound::Facility)),
            (Some(_), None) => return Ok(Err(NotFound::Tenant)),
            (Some(_), Some(_)) => {}
        }
        // Sequences are dense, so whether there is another page shows in the last record of this one.
        let last = Key::record(
            facility,
            tenant,
            before.map_or(u64::MAX >> 31, |before| before.saturating_sub(1)),
        );
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::from(limit))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(tenant_partition(facility, tenant)))
            .expression_attribute_values(":first", AttributeValue::S(Key::record(facility, tenant, 1).sk))
            .expression_attribute_values(":last", AttributeValue::S(last.sk))
            .send()
            .await?;
        let records: Vec<Record> = from_items(answer.items.unwrap_or_default())?;
        let next = records
            .last()
            .filter(|record| record.sequence > 1)
            .map(|record| cursors.seal(&list(facility, tenant), &record.sequence.to_string()));
        Ok(Ok(HistoryPage { records, next }))
    }

    /// The sequence before which a cursor of [`Store::history`] goes on.
    ///
    /// # Errors
    /// It is none.
    pub fn history_position(
        facility: &FacilityId,
        tenant: &TenantId,
        cursor: &str,
        cursors: &CursorKey,
    ) -> Result<u64, BadCursor> {
        cursors
            .open(&list(facility, tenant), cursor)?
            .parse()
            .map_err(|_| BadCursor)
    }
}

fn list(facility: &FacilityId, tenant: &TenantId) -> String {
    format!("history/{facility}/{tenant}")
}
