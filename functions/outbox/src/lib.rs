//! Every record, published to other systems: in order per tenant, at least once.
//!
//! The table's stream has a record as soon as its transaction is done, and keeps it until it is published. If this function
//! could not publish a record, the stream sends the batch again from that record on.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>

mod cloud_event;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use consent_http::clock;
use consent_metrics::{Metric, Metrics};
use consent_sns::{EventError, EventsTopic};
use consent_store::schema::{RECORD_PREFIX, record_of};
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The function, with what it works on.
pub struct Outbox {
    /// Where events are published.
    pub topic: EventsTopic,
    /// Counts what could not be published.
    pub metrics: Metrics,
}

/// A batch of the table's stream, in the order of the stream.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    records: Vec<StreamRecord>,
}

/// A change of an item.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamRecord {
    event_name: String,
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    keys: Keys,
    /// Read only where it is a record's, so that an item of another kind is never in the way.
    #[serde(default)]
    new_image: Value,
}

#[derive(Debug, Deserialize)]
struct Keys {
    #[serde(rename = "PK")]
    partition: Text,
    #[serde(rename = "SK")]
    sort: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    value: String,
}

/// What the platform is told: where to go on.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The records that were not published. The platform repeats the batch from the first of them on.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A record that was not published.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its sequence number in the stream.
    pub item_identifier: String,
}

/// Why a record was not published.
#[derive(Debug, thiserror::Error)]
enum RecordError {
    #[error("the item is no record")]
    Malformed,
    #[error(transparent)]
    Publish(#[from] EventError),
}

/// How many tenants' records are published at once. The platform gives this function one batch of a shard after the
/// other: with several at once it would keep the order of each item only, and every record is an item of its own.
const TENANTS_AT_ONCE: usize = 16;

impl Outbox {
    /// Publishes the new records of a batch, each tenant's in turn, and says which it could not publish.
    ///
    /// A record that fails holds up its tenant alone: what others did is published nevertheless, and again when
    /// the batch is repeated, but it is not lost where the platform gives up on the batch. Only where SNS does
    /// not take anything is the rest of the batch left for the next time.
    pub async fn handle(&self, event: Event) -> Response {
        let mut tenants: BTreeMap<String, Vec<Change>> = BTreeMap::new();
        for StreamRecord { dynamodb: change, .. } in event.records.into_iter().filter(is_new_record) {
            let tenant = change.keys.partition.value.clone();
            tenants.entry(tenant).or_default().push(change);
        }
        let away = AtomicBool::new(false);
        let publishing: Vec<_> = tenants
            .into_values()
            .map(|changes| self.publish_in_turn(changes, &away))
            .collect();
        let publishing = stream::iter(publishing).buffer_unordered(TENANTS_AT_ONCE);
        let unpublished: Vec<Vec<String>> = publishing.collect().await;
        let failure = |item_identifier| BatchItemFailure { item_identifier };
        Response {
            batch_item_failures: unpublished.into_iter().flatten().map(failure).collect(),
        }
    }

    /// Publishes a tenant's records in the order of their sequence. Returns the sequence numbers, in the stream, of
    /// those that were not.
    async fn publish_in_turn(&self, mut changes: Vec<Change>, away: &AtomicBool) -> Vec<String> {
        // The stream promises the order of each item, and they are several.
        changes.sort_by(|one, next| one.keys.sort.value.cmp(&next.keys.sort.value));
        let mut published = 0;
        for change in &changes {
            if away.load(Ordering::Relaxed) {
                break;
            }
            let Err(error) = self.publish(&change.new_image).await else {
                published += 1;
                continue;
            };
            let sequence_number = &change.sequence_number;
            tracing::error!(%error, sequence_number, "a record was not published");
            self.metrics.count_one(Metric::PublishFailures, clock::now());
            if matches!(error, RecordError::Publish(EventError::Unavailable(_))) {
                away.store(true, Ordering::Relaxed);
            }
            break;
        }
        let left = changes.into_iter().skip(published);
        left.map(|change| change.sequence_number).collect()
    }

    async fn publish(&self, image: &Value) -> Result<(), RecordError> {
        let item = serde_dynamo::Item::deserialize(image).map_err(|_| RecordError::Malformed)?;
        let attributes = serde_dynamo::from_item(item).map_err(|_| RecordError::Malformed)?;
        let event = cloud_event::of(&record_of(attributes)).ok_or(RecordError::Malformed)?;
        self.topic.publish(&event).await?;
        Ok(())
    }
}

/// Records are written once and stay: whatever else happens to an item is no news. The platform's filter
/// (`infra/template.yaml`) says the same, to spare the invocations.
fn is_new_record(record: &StreamRecord) -> bool {
    record.event_name == "INSERT" && record.dynamodb.keys.sort.value.starts_with(RECORD_PREFIX)
}
