//! A tenant's thread, and the decisions about their texts: both newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, TenantId};
use consent::words::Meaning;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem};
use crate::messages::{Decision, MessageState};
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

/// A list of what a tenant's items of one kind tell, newest first.
#[derive(Debug, Clone)]
pub struct TenantList<'a> {
    facility: &'a FacilityId,
    tenant: &'a TenantId,
    /// What the items' sort keys begin with.
    prefix: String,
    /// The sort key of the last item of the page before.
    before: Option<String>,
}

/// A page of a [`TenantList`].
#[derive(Debug, Clone)]
pub struct TenantPage<T> {
    /// Newest first.
    pub entries: Vec<T>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl<'a> TenantList<'a> {
    /// The thread of a tenant.
    pub fn thread(facility: &'a FacilityId, tenant: &'a TenantId) -> Self {
        Self {
            facility,
            tenant,
            prefix: THREAD_PREFIX.to_owned(),
            before: None,
        }
    }

    /// The decisions that rest on a consent record of a tenant.
    pub fn decisions(facility: &'a FacilityId, tenant: &'a TenantId, record: u64) -> Self {
        Self {
            facility,
            tenant,
            prefix: Key::decisions_prefix(record),
            before: None,
        }
    }

    /// The list from a page's `next` on.
    ///
    /// # Errors
    /// The cursor is none of this list.
    pub fn turn(mut self, cursor: &str, cursors: &CursorKey) -> Result<Self, BadCursor> {
        self.before = Some(cursors.open(&self.name(), cursor)?);
        Ok(self)
    }

    /// What a cursor of this list is bound to.
    fn name(&self) -> String {
        format!("{}{}/{}", self.prefix, self.facility, self.tenant)
    }
}

impl Store {
    /// A page of a tenant's thread.
    ///
    /// # Errors
    /// The database's.
    pub async fn thread(
        &self,
        list: &TenantList<'_>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<TenantPage<ThreadEntry>, StoreError> {
        let page = self.page::<ThreadItem>(list, limit, cursors).await?;
        let entries = page.entries.into_iter().map(ThreadEntry::from).collect();
        Ok(TenantPage {
            entries,
            next: page.next,
        })
    }

    /// A page of the decisions about texts to a tenant.
    ///
    /// # Errors
    /// The database's.
    pub async fn decisions(
        &self,
        list: &TenantList<'_>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<TenantPage<Decision>, StoreError> {
        self.page(list, limit, cursors).await
    }

    async fn page<T: DeserializeOwned>(
        &self,
        list: &TenantList<'_>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<TenantPage<T>, StoreError> {
        // What comes after the prefix are digits.
        let before = list.before.clone().unwrap_or_else(|| format!("{}~", list.prefix));
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
            .expression_attribute_values(
                ":pk",
                AttributeValue::S(tenant_partition(list.facility, list.tenant)),
            )
            .expression_attribute_values(":first", AttributeValue::S(list.prefix.clone()))
            .expression_attribute_values(":before", AttributeValue::S(before.clone()))
            .send()
            .await?;
        let cut_off = answer.last_evaluated_key.is_some();
        let mut entries = Vec::new();
        let mut final_key = None;
        let mut more = cut_off;
        for item in answer.items.unwrap_or_default() {
            let Some(AttributeValue::S(key)) = item.get(SORT_KEY).cloned() else {
                continue;
            };
            if key == before {
                continue;
            }
            if entries.len() == usize::from(limit) {
                more = true;
                break;
            }
            entries.push(from_item(item)?);
            final_key = Some(key);
        }
        let next = final_key
            .filter(|_| more)
            .map(|key| cursors.seal(&list.name(), &key));
        Ok(TenantPage { entries, next })
    }
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
