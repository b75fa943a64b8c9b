//! A tenant's thread, and how it and the decisions about their texts are turned: both newest first.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{DecisionId, FacilityId, RecordId, TenantId};
use consent::words::Meaning;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::items::{Direction, ThreadItem};
use crate::messages::MessageState;
use crate::schema::{DECISION_PREFIX, PARTITION_KEY, SORT_KEY, THREAD_PREFIX, tenant_partition};
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
    decision_id: Option<DecisionId>,
    consent_record_id: Option<RecordId>,
}

/// A list of what a tenant's items of one kind tell, newest first.
#[derive(Debug, Clone)]
pub struct TenantList<'a> {
    facility: &'a FacilityId,
    tenant: &'a TenantId,
    /// What the items' sort keys begin with.
    prefix: &'static str,
    /// The record that began the grant on which the decisions are to rest, if they are to rest on one.
    resting_on: Option<RecordId>,
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
            prefix: THREAD_PREFIX,
            resting_on: None,
            before: None,
        }
    }

    /// The decisions about texts to a tenant: all of them, or those that rest on the grant which this record began.
    pub fn decisions(facility: &'a FacilityId, tenant: &'a TenantId, grant: Option<RecordId>) -> Self {
        Self {
            facility,
            tenant,
            prefix: DECISION_PREFIX,
            resting_on: grant,
            before: None,
        }
    }

    pub(crate) fn facility(&self) -> &'a FacilityId {
        self.facility
    }

    pub(crate) fn tenant(&self) -> &'a TenantId {
        self.tenant
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
        let Self {
            facility,
            tenant,
            prefix,
            ..
        } = self;
        let resting_on = self.resting_on.as_ref().map_or("", RecordId::as_str);
        format!("{prefix}{facility}/{tenant}#{resting_on}")
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

    /// A page of a list. One that selects looks through what one request reads: it may be short, and has a cursor then.
    pub(crate) async fn page<T: DeserializeOwned>(
        &self,
        list: &TenantList<'_>,
        limit: u16,
        cursors: &CursorKey,
    ) -> Result<TenantPage<T>, StoreError> {
        // What comes after the prefix are digits.
        let before = list.before.clone().unwrap_or_else(|| format!("{}~", list.prefix));
        let query = self.newest(list.facility, list.tenant, list.prefix, &before);
        let query = match &list.resting_on {
            // One more than is shown tells whether there is a next page, and the cursor's own is left out.
            None => query.limit(i32::from(limit) + 2),
            Some(record) => query
                .filter_expression("allowed = :allowed AND consent_record_id = :record")
                .expression_attribute_values(":allowed", AttributeValue::Bool(true))
                .expression_attribute_values(":record", AttributeValue::S(record.to_string())),
        };
        let answer = query.send().await?;
        let mut entries = Vec::new();
        let mut final_key = None;
        let mut more = false;
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
        if let (false, Some(last)) = (more, answer.last_evaluated_key) {
            more = true;
            final_key = last.get(SORT_KEY).and_then(|key| key.as_s().ok()).cloned();
        }
        let next = final_key
            .filter(|_| more)
            .map(|key| cursors.seal(&list.name(), &key));
        Ok(TenantPage { entries, next })
    }

    /// A query of a tenant's items with sort keys from `first` to `last`, newest first.
    pub(crate) fn newest(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        first: &str,
        last: &str,
    ) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(tenant_partition(facility, tenant)))
            .expression_attribute_values(":first", AttributeValue::S(first.to_owned()))
            .expression_attribute_values(":last", AttributeValue::S(last.to_owned()))
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
