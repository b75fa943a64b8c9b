//! The search index: a *posting* lists a resident under a token of theirs, see [`crate::search`].
//!
//! A posting is a hint: its readers read the tenants as well, and the tenant's item decides. So postings need no
//! transaction. They are written before the tenant's item and deleted after it. After a crash a tenant may have a stale
//! posting, which readers discard, but never a missing one. A posting never changes, because all of it is in its key, so
//! racing writers do not overwrite each other. Postings know nothing of consent: a check box or a STOP writes none.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use consent::id::{FacilityId, TenantId};
use consent::tenant::{Residence, Tenant};
use futures_util::future::{ready, try_join_all};
use futures_util::{StreamExt as _, stream};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::commit::{GaveUp, Pause};
use crate::error::StoreError;
use crate::items::Item;
use crate::schema::{Key, PARTITION_KEY, SCHEMA, SCHEMA_VERSION, SORT_KEY};
use crate::search::{Listed, NAME_END, sort_key, tokens};
use crate::store::Store;

/// The most items that `BatchWriteItem` takes.
const BATCH_WRITES: usize = 25;
/// How many requests are made at once.
const AT_ONCE: usize = 16;

/// Ends the tenant in a posting's sort key where something follows. It is in no name and no id.
const PLACE_END: char = '\u{1}';
/// Sorts behind [`PLACE_END`] and before whatever continues an id.
const BEHIND_PLACE_END: char = '\u{2}';

/// A resident as a posting lists them.
#[derive(Debug, Clone)]
pub(crate) struct Posting {
    /// Their place in the order of names: [`sort_key`].
    pub(crate) name: String,
    pub(crate) tenant_id: TenantId,
    pub(crate) listed: Listed,
}

impl Posting {
    pub(crate) fn folded_name(&self) -> &str {
        self.name.rsplit_once(NAME_END).map_or("", |(name, _)| name)
    }

    fn read(item: Item) -> Result<Self, StoreError> {
        let sort_key = item.get(SORT_KEY).and_then(|key| key.as_s().ok());
        let mut parts = sort_key.map(String::as_str).unwrap_or_default().split(NAME_END);
        let (name, tenant) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let tenant_id = TenantId::parse(tenant).map_err(StoreError::failed)?;
        Ok(Self {
            name: format!("{name}{NAME_END}{tenant}"),
            tenant_id,
            listed: from_item(item)?,
        })
    }
}

/// The sort key of a posting: the place of whom it lists, and what tells it from another one there.
fn posting_key(name: &str, listed: &Listed) -> Result<String, StoreError> {
    if *listed == Listed::default() {
        return Ok(name.to_owned());
    }
    let listed = serde_json::to_vec(listed).map_err(StoreError::failed)?;
    let digest = ring::digest::digest(&ring::digest::SHA256, &listed);
    let start = digest
        .as_ref()
        .first_chunk()
        .copied()
        .map_or(0, u64::from_be_bytes);
    Ok(format!("{name}{PLACE_END}{start:016x}"))
}

/// The postings that a tenant's item asks for.
fn postings(tenant: &Tenant) -> Result<BTreeMap<Key, Listed>, StoreError> {
    if tenant.residence != Residence::Resident {
        return Ok(BTreeMap::new());
    }
    let name = sort_key(&tenant.details.name, &tenant.tenant_id);
    tokens(&tenant.details)
        .into_iter()
        .map(|(token, listed)| {
            let place = posting_key(&name, &listed)?;
            Ok((Key::posting(&tenant.facility_id, &token, &place), listed))
        })
        .collect()
}

/// What a change of tenants asks of their postings.
#[derive(Default)]
pub(crate) struct PostingChanges {
    /// To be put before the change is written, each with the version that the tenant's item will have.
    puts: Vec<(Key, Listed, u64)>,
    /// To be deleted once it is written, where no later version put them.
    deletes: Vec<(Key, u64)>,
}

impl PostingChanges {
    /// Adds a tenant who was as `before` says, in the version that was read, and becomes `after`.
    pub(crate) fn add(
        &mut self,
        before: Option<&Tenant>,
        read: Option<u64>,
        after: &Tenant,
    ) -> Result<(), StoreError> {
        let version = read.map_or(1, |version| version + 1);
        let (before, after) = (
            before.map(postings).transpose()?.unwrap_or_default(),
            postings(after)?,
        );
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        self.deletes.extend(gone.map(|key| (key.clone(), version)));
        let new = after.into_iter().filter(|(key, _)| !before.contains_key(key));
        self.puts.extend(new.map(|(key, listed)| (key, listed, version)));
        Ok(())
    }
}

impl Store {
    /// Postings of a token in the order of names, and the place after which the next ones are.
    pub(crate) async fn postings(
        &self,
        facility: &FacilityId,
        token: &str,
        after: Option<&str>,
        at_most: usize,
    ) -> Result<(Vec<Posting>, Option<String>), StoreError> {
        // The separator alone sorts before every name.
        let start = after.map_or_else(
            || NAME_END.to_string(),
            |place| format!("{place}{BEHIND_PLACE_END}"),
        );
        let start = Key::posting(facility, token, &start);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .limit(i32::try_from(at_most).unwrap_or(i32::MAX))
            .key_condition_expression("#pk = :pk AND #sk > :start")
            .expression_attribute_names("#pk", PARTITION_KEY)
            .expression_attribute_names("#sk", SORT_KEY)
            .expression_attribute_values(":pk", AttributeValue::S(start.pk))
            .expression_attribute_values(":start", AttributeValue::S(start.sk))
            .send()
            .await?;
        let is_more = answer.last_evaluated_key.is_some();
        let items = answer.items.unwrap_or_default().into_iter();
        let mut postings = items.map(Posting::read).collect::<Result<Vec<_>, _>>()?;
        if is_more && let Some(last) = postings.last() {
            // More of the last tenant's may follow: the next page begins with them.
            let whole = postings.iter().rposition(|posting| posting.name != last.name);
            postings.truncate(whole.map_or(postings.len(), |last| last + 1));
        }
        let after = postings
            .last()
            .filter(|_| is_more)
            .map(|posting| posting.name.clone());
        Ok((postings, after))
    }

    /// Puts the postings of a change that is about to be written.
    pub(crate) async fn put_postings(&self, changes: &PostingChanges) -> Result<(), StoreError> {
        let requests = changes.puts.iter().map(|(key, listed, version)| {
            let mut item: Item = to_item(listed)?;
            item.extend(key.attributes());
            item.insert(SCHEMA.to_owned(), AttributeValue::N(SCHEMA_VERSION.to_string()));
            item.insert("version".to_owned(), AttributeValue::N(version.to_string()));
            let put = PutRequest::builder().set_item(Some(item)).build();
            Ok(WriteRequest::builder()
                .put_request(put.map_err(StoreError::failed)?)
                .build())
        });
        let requests = requests.collect::<Result<Vec<_>, StoreError>>()?;
        for batches in requests.chunks(BATCH_WRITES * AT_ONCE) {
            let batches = batches.chunks(BATCH_WRITES);
            try_join_all(batches.map(|batch| self.write_batch(batch.to_vec()))).await?;
        }
        Ok(())
    }

    async fn write_batch(&self, mut batch: Vec<WriteRequest>) -> Result<(), StoreError> {
        let mut pause = Pause::new();
        loop {
            let request = self.client.batch_write_item().request_items(&self.table, batch);
            let answer = request.send().await?;
            let left = answer
                .unprocessed_items
                .and_then(|mut tables| tables.remove(&self.table));
            match left {
                Some(left) if !left.is_empty() => batch = left,
                _ => return Ok(()),
            }
            let left = |GaveUp| StoreError::Unavailable("items left unwritten".into());
            pause.wait().await.map_err(left)?;
        }
    }

    /// Deletes the postings that a change, now written, has left behind. One that stays does no harm.
    pub(crate) async fn delete_postings(&self, changes: &PostingChanges) {
        let deletes: Vec<_> = changes
            .deletes
            .iter()
            .map(|(key, version)| self.delete_posting(key, *version))
            .collect();
        let results = stream::iter(deletes).buffer_unordered(AT_ONCE);
        let left = results.filter(|result| ready(result.is_err())).count().await;
        if left > 0 {
            tracing::warn!(left, "postings were not deleted");
        }
    }

    async fn delete_posting(&self, key: &Key, version: u64) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.table);
        let delete = delete
            .set_key(Some(key.attributes()))
            .condition_expression("#version < :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", AttributeValue::N(version.to_string()));
        match delete.send().await {
            // A writer who needed it again has put it with a later version.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            result => Ok(result.map(|_| ())?),
        }
    }
}
