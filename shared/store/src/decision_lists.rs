//! Decisions as they are read: a page of them, all of them as evidence, and one from before they had ids by time.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use consent::id::{DecisionId, FacilityId, TenantId};
use consent::record::rfc3339;
use jiff::Timestamp;
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::decisions::{Decision, DecisionItem};
use crate::error::StoreError;
use crate::items::ThreadItem;
use crate::schema::{DECISION_PREFIX, EARLIER_DECISIONS, Key};
use crate::store::{ReadError, Store};
use crate::thread::{TenantList, TenantPage, ThreadEntry};

/// A decision with the text that it let out.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionWithText {
    /// The decision.
    #[serde(flatten)]
    pub decision: Decision,
    /// The text's entry in the thread, where there is one.
    pub message: Option<ThreadEntry>,
}

/// The decisions about a tenant up to a time.
#[derive(Debug, Clone)]
pub struct DecisionsUpTo {
    /// The last ones, oldest first.
    pub decisions: Vec<DecisionWithText>,
    /// How many are older than those.
    pub left_out: usize,
}

impl Store {
    /// A page of the decisions about texts to a tenant, also after they moved out.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn decisions(
        &self,
        list: &TenantList<'_>,
        limit: u16,
        now: Timestamp,
    ) -> Result<TenantPage<Decision>, ReadError> {
        let (facility, tenant) = (list.facility(), list.tenant());
        self.read_tenant(facility, tenant).await?;
        let page = self.page::<DecisionItem>(list, limit).await?;
        let own = |decision: &DecisionItem| decision.own_entry(facility, tenant);
        let texts = self.texts(page.entries.iter().filter_map(own)).await?;
        let shown = |decision: DecisionItem| {
            let text = own(&decision).and_then(|key| texts.get(&key));
            decision.shown(text, now)
        };
        Ok(TenantPage {
            entries: page.entries.into_iter().map(shown).collect(),
            next: page.next,
        })
    }

    /// The last decisions about texts to a tenant up to `as_of`, that time included, each with its text: so many at most,
    /// and how many more there are. Those that saw a later record than the one of the sequence `through`, by another
    /// machine's clock, are left out. Outcomes are those of `now`.
    ///
    /// # Errors
    /// The database's.
    pub async fn decisions_for_evidence(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        as_of: Timestamp,
        through: u64,
        last: usize,
        now: Timestamp,
    ) -> Result<DecisionsUpTo, StoreError> {
        let mut items: Vec<DecisionItem> = Vec::new();
        let mut left_out = 0;
        let mut start = None;
        loop {
            let is_full = items.len() >= last;
            let query = self
                .newest(facility, tenant, DECISION_PREFIX, &format!("{DECISION_PREFIX}~"))
                .filter_expression("#at <= :as_of")
                .expression_attribute_names("#at", "at")
                .expression_attribute_values(":as_of", AttributeValue::S(rfc3339(as_of)))
                .set_select(is_full.then_some(Select::Count))
                .set_exclusive_start_key(start);
            let answer = query.send().await?;
            if is_full {
                left_out += usize::try_from(answer.count).unwrap_or_default();
            }
            for item in answer.items.unwrap_or_default() {
                let decision: DecisionItem = from_item(item)?;
                if decision.last_record() > through {
                    continue;
                }
                if items.len() < last {
                    items.push(decision);
                } else {
                    left_out += 1;
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let key = |decision: &DecisionItem| decision.entry(facility, tenant);
        let texts = self.texts(items.iter().filter_map(key)).await?;
        let with_text = |decision: DecisionItem| {
            let text = key(&decision).and_then(|key| texts.get(&key));
            DecisionWithText {
                message: text.cloned().map(ThreadEntry::from),
                decision: decision.shown(text, now),
            }
        };
        Ok(DecisionsUpTo {
            decisions: items.into_iter().rev().map(with_text).collect(),
            left_out,
        })
    }

    /// Thread entries by their keys.
    async fn texts(&self, keys: impl Iterator<Item = Key>) -> Result<HashMap<Key, ThreadItem>, StoreError> {
        let keys: BTreeSet<Key> = keys.collect();
        let mut items = self.read(&keys.iter().collect::<Vec<_>>()).await?;
        let mut texts = HashMap::with_capacity(keys.len());
        for key in keys {
            if let Some(text) = items.take::<ThreadItem>(&key)? {
                texts.insert(key, text.value);
            }
        }
        Ok(texts)
    }

    /// A decision that version 2 of the schema wrote, under a key that its id does not tell.
    pub(crate) async fn earlier_decision(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        id: &DecisionId,
    ) -> Result<Option<DecisionItem>, StoreError> {
        let (first, last) = EARLIER_DECISIONS;
        let mut start = None;
        loop {
            let query = self
                .newest(facility, tenant, first, last)
                .filter_expression("decision_id = :id")
                .expression_attribute_values(":id", AttributeValue::S(id.to_string()))
                .set_exclusive_start_key(start);
            let answer = query.send().await?;
            if let Some(item) = answer.items.and_then(|items| items.into_iter().next()) {
                return Ok(Some(from_item(item)?));
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(None);
            }
        }
    }
}
