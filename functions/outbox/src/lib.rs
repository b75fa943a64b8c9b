//! Every record, published to other systems: in order per tenant, at least once.
//!
//! The table's stream holds a record as soon as its transaction is done, and keeps it until it was published:
//! a batch of it is repeated from the first record on that this function says it could not publish.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>

mod cloud_event;

use std::collections::HashSet;

use consent::record::Record;
use consent_http::clock;
use consent_metrics::{Metric, Metrics};
use consent_sns::{EventError, EventsTopic};
use consent_store::schema::RECORD_PREFIX;
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

impl Outbox {
    /// Publishes the new records of a batch, and says which it could not publish.
    ///
    /// A record that fails holds up its tenant alone: what others did is published nevertheless, and again when
    /// the batch is repeated, but it is not lost where the platform gives up on the batch. Only where SNS does
    /// not take anything is the rest of the batch left for the next time.
    pub async fn handle(&self, event: Event) -> Response {
        let mut failures = Vec::new();
        let mut held_up = HashSet::new();
        for StreamRecord { dynamodb: change, .. } in event.records.into_iter().filter(is_new_record) {
            let tenant = change.keys.partition.value;
            if held_up.contains(&tenant) {
                continue;
            }
            let Err(error) = self.publish(change.new_image).await else {
                continue;
            };
            tracing::error!(%error, sequence_number = change.sequence_number, "a record was not published");
            self.metrics.count_one(Metric::PublishFailures, clock::now());
            failures.push(BatchItemFailure {
                item_identifier: change.sequence_number,
            });
            if matches!(error, RecordError::Publish(EventError::Unavailable(_))) {
                break;
            }
            held_up.insert(tenant);
        }
        Response {
            batch_item_failures: failures,
        }
    }

    async fn publish(&self, image: Value) -> Result<(), RecordError> {
        let item: serde_dynamo::Item = serde_json::from_value(image).map_err(|_| RecordError::Malformed)?;
        let record: Record = serde_dynamo::from_item(item).map_err(|_| RecordError::Malformed)?;
        self.topic.publish(&cloud_event::of(&record)).await?;
        Ok(())
    }
}

/// Records are written once and stay: whatever else happens to an item is no news. The platform's filter
/// (`infra/template.yaml`) says the same, to spare the invocations.
fn is_new_record(record: &StreamRecord) -> bool {
    record.event_name == "INSERT" && record.dynamodb.keys.sort.value.starts_with(RECORD_PREFIX)
}
