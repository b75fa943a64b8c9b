//! The decisions about a tenant's texts, as evidence.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use consent::gate::Gate;
use consent::id::{FacilityId, TenantId};
use consent::record::rfc3339;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::error::StoreError;
use crate::items::ThreadItem;
use crate::schema::{Key, PARTITION_KEY, SORT_KEY, tenant_partition};
use crate::store::Store;
use crate::thread::ThreadEntry;

/// A decision with the text that it let out.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionWithText {
    decision_id: String,
    /// When it was made, RFC 3339.
    pub decided_at: String,
    allowed: bool,
    code: Option<&'static str>,
    detail: Option<String>,
    consent_record_id: Option<String>,
    policy_version: String,
    by: Option<String>,
    /// The sequence of the tenant's last record that it saw.
    pub sequence: u64,
    message_id: Option<String>,
    valid_until: Option<String>,
    outcome: Option<&'static str>,
    message: Option<ThreadEntry>,
}

/// The decisions about a tenant up to a time.
#[derive(Debug, Clone)]
pub struct DecisionsUpTo {
    /// The last ones, oldest first.
    pub decisions: Vec<DecisionWithText>,
    /// How many are older than those.
    pub left_out: usize,
}

#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "SK")]
    key: String,
    decision_id: String,
    at: String,
    allowed: bool,
    gate: Gate,
    consent_record_id: Option<String>,
    policy_version: String,
    message_id: Option<String>,
}

impl Store {
    /// The last decisions about texts to a tenant up to `as_of`, that time included, each with its text: so many at most,
    /// and how many more there are. Outcomes are those of `now`.
    ///
    /// # Errors
    /// The database's.
    pub async fn decisions_for_evidence(
        &self,
        facility: &FacilityId,
        tenant: &TenantId,
        as_of: Timestamp,
        last: usize,
        now: Timestamp,
    ) -> Result<DecisionsUpTo, StoreError> {
        let as_of = rfc3339(as_of.min(now));
        let mut items: Vec<Stored> = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .filter_expression("#at <= :as_of")
                .expression_attribute_names("#pk", PARTITION_KEY)
                .expression_attribute_names("#sk", SORT_KEY)
                .expression_attribute_names("#at", "at")
                .expression_attribute_values(":pk", AttributeValue::S(tenant_partition(facility, tenant)))
                .expression_attribute_values(":prefix", AttributeValue::S("DECISION#".to_owned()))
                .expression_attribute_values(":as_of", AttributeValue::S(as_of.clone()))
                .set_exclusive_start_key(start)
                .send()
                .await?;
            for item in answer.items.unwrap_or_default() {
                items.push(from_item(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        items.sort_by(|one, other| one.at.cmp(&other.at));
        let left_out = items.len().saturating_sub(last);
        let items = items.split_off(left_out);
        let key = |stored: &Stored| {
            let message = stored.message_id.as_ref()?;
            Some(Key::thread(facility, tenant, &stored.at, message))
        };
        let keys: BTreeSet<Key> = items.iter().filter_map(key).collect();
        let mut read = self.read(&keys.iter().collect::<Vec<_>>()).await?;
        let mut texts = HashMap::new();
        for key in keys {
            if let Some(text) = read.take::<ThreadItem>(&key)? {
                texts.insert(key, ThreadEntry::from(text));
            }
        }
        let decisions = items
            .iter()
            .map(|stored| DecisionWithText {
                decision_id: stored.decision_id.clone(),
                decided_at: stored.at.clone(),
                allowed: stored.allowed,
                code: match stored.gate {
                    Gate::Open => None,
                    Gate::NoCellPhone => Some("no_cell_phone"),
                    Gate::NoTextNumber => Some("no_text_number"),
                    Gate::ConsentRequired | Gate::ProviderBlocked => Some("consent_required"),
                },
                detail: None,
                consent_record_id: stored.consent_record_id.clone().filter(|_| stored.allowed),
                policy_version: stored.policy_version.clone(),
                by: None,
                // DECISION#<sequence>#<time>#<id>
                sequence: stored
                    .key
                    .split('#')
                    .nth(1)
                    .and_then(|digits| digits.parse().ok())
                    .unwrap_or(0),
                message_id: stored.message_id.clone(),
                valid_until: None,
                outcome: None,
                message: key(stored).and_then(|key| texts.get(&key)).cloned(),
            })
            .collect();
        Ok(DecisionsUpTo { decisions, left_out })
    }
}
