//! A tenant's thread: texts in both directions, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, TenantId};
use consent::words::Meaning;
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_items;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem};
use crate::messages::MessageState;
use crate::schema::{Key, PARTITION_KEY, SORT_KEY, THREAD_PREFIX, tenant_partition};
use crate::store::Store;

/// A text in a tenant's thread.
#[derive(Debug, Clone, Serialize)]
pub struct ThreadEntry {
    id: String,
    direction: Direction,
    body: String,
    at: String,
    classified_as: Option<Meaning>,
    state: Option<MessageState>,
    decision_id: Option<String>,
    consent_record_id: Option<String>,
}

/// A page of a tenant's thread.
#[derive(Debug, Clone)]
pub struct ThreadPage {
    /// Newest first.
    pub entries: Vec<ThreadEntry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Store {
    /// A page of the thread of a tenant.
    ///
    /// # Errors
    /// The database's.
    pub async fn thread(
        &self,
        (facility, tenant): (&FacilityId, &TenantId),
        before: Option<String>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<ThreadPage, StoreError> {
        let before = before.unwrap_or_else(|| format!("{THREAD_PREFIX}~"));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            // One more than is shown tells whether there is a next page, and the cursor's own is left out.
            .limit(i32::from(limit) + 2)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :before")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(tenant_partition(facility, tenant)))
            .expression_attribute_values(":first", AttributeValue::S(THREAD_PREFIX.to_owned()))
            .expression_attribute_values(":before", AttributeValue::S(before.clone()))
            .send()
            .await?;
        let cut_off = answer.last_evaluated_key.is_some();
        let items: Vec<ThreadItem> = from_items(answer.items.unwrap_or_default())?;
        let key = |item: &ThreadItem| Key::thread(facility, tenant, &item.at, &item.id).sk;
        let mut items: Vec<ThreadItem> = items.into_iter().filter(|item| key(item) != before).collect();
        let more = cut_off || items.len() > usize::from(limit);
        items.truncate(limit.into());
        let next = items
            .last()
            .filter(|_| more)
            .map(|item| cursors.seal(&list(facility, tenant), &key(item)));
        let entries = items.into_iter().map(ThreadEntry::from).collect();
        Ok(ThreadPage { entries, next })
    }

    /// Where a cursor of [`Store::thread`] goes on.
    ///
    /// # Errors
    /// It is none.
    pub fn thread_position(
        (facility, tenant): (&FacilityId, &TenantId),
        cursor: &str,
        cursors: &CursorKey,
    ) -> Result<String, BadCursor> {
        cursors.open(&list(facility, tenant), cursor)
    }
}

fn list(facility: &FacilityId, tenant: &TenantId) -> String {
    format!("thread/{facility}/{tenant}")
}

impl From<ThreadItem> for ThreadEntry {
    fn from(item: ThreadItem) -> Self {
        Self {
            id: item.id,
            direction: item.direction,
            body: item.body,
            at: item.at,
            classified_as: item.classified_as,
            state: item.state,
            decision_id: item.decision_id,
            consent_record_id: item.consent_record_id,
        }
    }
}
