//! A tenant's records, newest first, checked as they are read.

use aws_sdk_dynamodb::types::AttributeValue;
use consent::id::{FacilityId, RecordId, TenantId};
use consent::record::{ChainEnd, ChainError, Checked, Entry, Link, StoredRecord, check_page};
use consent_metrics::Metric;
use jiff::Timestamp;

use crate::cursor::{BadCursor, CursorKey};
use crate::error::StoreError;
use crate::items::{Item, stored_record};
use crate::schema::{Key, PARTITION_KEY, SORT_KEY, record_sequence, tenant_partition};
use crate::store::{NotFound, Store};

/// A key holds sequences up to this one.
const LAST_SEQUENCE: u64 = 9_999_999_999;

/// A page of a tenant's records.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// Newest first, as they are stored. What has no form in JSON is left out.
    pub records: Vec<StoredRecord>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The last record of the chain. `None`: there are no records.
    pub head: Option<Link>,
    /// The id of the first record of this page, from the newest, that is missing or does not hold.
    pub broken_at: Option<RecordId>,
}

impl Store {
    /// A page of a tenant's records, also after they moved out: the newest, or those from `from` on. It is checked as
    /// it is read; what does not hold is logged and counted, and shown as it is stored.
    ///
    /// # Errors
    /// The database's.
    pub async fn history(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        from: Option<Link>,
        limit: u16,
        cursors: &CursorKey,
        now: Timestamp,
    ) -> Result<Result<HistoryPage, NotFound>, StoreError> {
        let mut end = match self.chain_end(facility, tenant).await? {
            Ok(end) => end,
            Err(not_found) => return Ok(Err(not_found)),
        };
        let last = from.as_ref().map_or(LAST_SEQUENCE, |link| link.sequence);
        let (entries, is_more) = self.entries(facility, tenant, last, limit).await?;
        let newest = entries.first();
        let mut head = end.link();
        let mut expected = from.clone().or_else(|| end.link());
        if let (None, Some(newest)) = (from, newest)
            && newest.sequence > end.sequence
        {
            // Records were written between the two reads, or the end of the chain was set back: it is read again to
            // tell. Where more were written meanwhile, the newest one that was read is taken for the end.
            if let Ok(later) = self.chain_end(facility, tenant).await? {
                end = later;
            }
            head = if end.sequence > newest.sequence {
                newest.link()
            } else {
                end.link()
            };
            expected = head.clone();
        }
        let mut checked = check_page(facility, tenant, &entries, expected);
        if !is_more || entries.is_empty() {
            checked = checked.at_end();
        }
        let Checked { broken, rest } = checked;
        if let Some(error) = broken {
            tracing::error!(%error, "a chain of records does not hold");
            self.metrics.count_one(Metric::BrokenChains, now);
        }
        Ok(Ok(HistoryPage {
            records: entries.into_iter().filter_map(|entry| entry.record).collect(),
            next: rest.map(|link| cursors.seal(&list(facility, tenant), &position(&link))),
            head,
            broken_at: broken
                .map(ChainError::sequence)
                .map(|sequence| RecordId::new(facility, tenant, sequence)),
        }))
    }

    /// The end of a tenant's chain, also after they moved out.
    async fn chain_end(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
    ) -> Result<Result<ChainEnd, NotFound>, StoreError> {
        Ok(match self.read_tenant(facility, tenant).await? {
            (None, _) => Err(NotFound::Facility),
            (Some(_), None) => Err(NotFound::Tenant),
            (Some(_), Some(tenant)) => Ok(tenant.value.chain),
        })
    }

    /// What is stored in the places of records up to `last`, newest first, and whether there is more.
    async fn entries(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        last: u64,
        limit: u16,
    ) -> Result<(Vec<Entry>, bool), StoreError> {
        let key = |sequence| AttributeValue::S(Key::record(facility, tenant, sequence).sk);
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
            .expression_attribute_values(":first", key(1))
            .expression_attribute_values(":last", key(last.min(LAST_SEQUENCE)))
            .send()
            .await?;
        // An item whose key no record can have takes no record's place.
        let entry = |item: Item| {
            let sequence = record_sequence(item.get(SORT_KEY)?.as_s().ok()?)?;
            let record = stored_record(item);
            Some(Entry { sequence, record })
        };
        let items = answer.items.unwrap_or_default().into_iter();
        Ok((
            items.filter_map(entry).collect(),
            answer.last_evaluated_key.is_some(),
        ))
    }

    /// The record with which a cursor of [`Store::history`] goes on.
    ///
    /// # Errors
    /// The cursor is not one of this history.
    pub fn history_position(
        facility: &FacilityId,
        tenant: &TenantId,
        cursor: &str,
        cursors: &CursorKey,
    ) -> Result<Link, BadCursor> {
        let position = cursors.open(&list(facility, tenant), cursor)?;
        let (before, hash) = match position.split_once(' ') {
            Some((before, hash)) => (before, Some(hash.to_owned())),
            None => (&*position, None),
        };
        let before: u64 = before.parse().map_err(|_| BadCursor)?;
        let sequence = before.checked_sub(1).ok_or(BadCursor)?;
        Ok(Link { sequence, hash })
    }
}

/// The sequence of the record before which a page begins, and the hash that the one there has to have. Without a hash
/// it is what earlier versions wrote.
fn position(link: &Link) -> String {
    let before = link.sequence.saturating_add(1);
    match &link.hash {
        Some(hash) => format!("{before} {hash}"),
        None => before.to_string(),
    }
}

fn list(facility: &FacilityId, tenant: &TenantId) -> String {
    format!("history/{facility}/{tenant}")
}
