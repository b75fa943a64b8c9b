//! A facility's totals: how many tenants stand where. They are in several items, so that tenants change at the same time.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use consent::id::{FacilityId, TenantId};
use consent::rules::Status;

use crate::error::StoreError;
use crate::schema::{Key, SCHEMA, SCHEMA_VERSION, totals_shard};
use crate::store::Store;

impl Store {
    /// Changes of a facility's totals, one write for each part of them that changes.
    pub(crate) fn count(
        &self,
        facility: &FacilityId,
        moves: impl IntoIterator<Item = (TenantId, Option<Status>, Option<Status>)>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut shards: HashMap<u8, HashMap<Status, i64>> = HashMap::new();
        for (tenant, from, to) in moves {
            if from == to {
                continue;
            }
            let shard = shards.entry(totals_shard(&tenant)).or_default();
            for (status, change) in [(from, -1), (to, 1)] {
                if let Some(status) = status {
                    *shard.entry(status).or_default() += change;
                }
            }
        }
        shards
            .into_iter()
            .map(|(shard, changes)| {
                let update = Update::builder()
                    .table_name(&self.table)
                    .set_key(Some(Key::totals(facility, shard).attributes()))
                    .update_expression(
                        "SET #schema = if_not_exists(#schema, :schema) \
                         ADD provided :provided, not_provided :not_provided, opted_out :opted_out",
                    )
                    .expression_attribute_names("#schema", SCHEMA)
                    .set_expression_attribute_values(Some(
                        Status::ALL
                            .into_iter()
                            .map(|status| (status.as_str(), changes.get(&status).copied().unwrap_or(0)))
                            .chain([(SCHEMA, i64::from(SCHEMA_VERSION))])
                            .map(|(name, number)| (format!(":{name}"), AttributeValue::N(number.to_string())))
                            .collect(),
                    ));
                Ok(TransactWriteItem::builder()
                    .update(update.build().map_err(StoreError::failed)?)
                    .build())
            })
            .collect()
    }
}
