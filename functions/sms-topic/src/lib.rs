//! Inbound texts of AWS End User Messaging, as its SNS topic delivers them: with the time they were sent at, in any
//! order, and again until each has been written. They come through a queue, which keeps them while they cannot be
//! written, or from the topic itself.
//!
//! <https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html>

use consent::facility::Provider;
use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent::spans::AWS_PATIENCE;
use consent_http::clock;
use consent_metrics::{Metric, Metrics};
use consent_store::{InboundText, Received, Store, StoreError};
use consent_texts::Sender;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::Value;

const PROVIDER: Provider = Provider::Aws;
/// AWS's ids of messages are UUIDs.
const MESSAGE_ID_CHARACTERS: usize = 64;

/// The function, with what it works on.
pub struct SmsTopic {
    /// Where texts take effect.
    pub store: Store,
    /// What sends the replies.
    pub sender: Sender,
    /// Counts what is no text, what could not be written, and texts to nobody.
    pub metrics: Metrics,
}

/// An event of SQS or of SNS. Its records are read one by one, so that a bad one does not lose the others.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

/// A message of the queue: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event>.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Queued {
    body: String,
    #[serde(default)]
    attributes: QueuedAttributes,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueuedAttributes {
    /// In milliseconds since 1970.
    sent_timestamp: Option<String>,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "Sns")]
    sns: Notification,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TwoWayMessage {
    origination_number: String,
    destination_number: String,
    inbound_message_id: String,
    /// As it came: half of an emoji is no UTF-8, and a STOP may stand beside it.
    message_body: Option<ByteBuf>,
}

/// What the platform is told of messages of the queue.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The messages that were not carried out. They come again, and those beside them do not:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A message that was not carried out.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its id in the queue.
    pub item_identifier: String,
}

/// Why a record was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is no two-way SMS message.
    #[error("a record is no two-way SMS message")]
    Malformed,
    /// The database's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SmsTopic {
    /// Carries out every record of an event, all at once: one that has to wait holds up none of the others.
    ///
    /// What could not be carried out comes again: messages of the queue by the answer, which is `None` where the event is
    /// the topic's own.
    ///
    /// # Errors
    /// One of the topic's own records was not carried out, or a message of the queue has no id to say so by. The
    /// platform then delivers the event again, in which the others are repeated without effect.
    pub async fn handle(&self, event: Event) -> Result<Option<Response>, RecordError> {
        let records = event.records.iter().map(|record| self.receive(record));
        let outcomes = join_all(records).await;
        let mut outcome = Ok(());
        let mut batch_item_failures = Vec::new();
        for (record, result) in event.records.iter().zip(outcomes) {
            let Err(error) = result else { continue };
            tracing::error!(%error, "a record was not carried out");
            match error {
                RecordError::Malformed if came_before(record) => {}
                RecordError::Malformed => {
                    self.metrics
                        .count_one(Metric::UnreadableTexts(PROVIDER), clock::now());
                }
                RecordError::Store(_) => self.metrics.count_one(Metric::DelayedTexts, clock::now()),
            }
            match record["messageId"].as_str().filter(|_| is_queued(record)) {
                Some(id) => batch_item_failures.push(BatchItemFailure {
                    item_identifier: id.to_owned(),
                }),
                None => outcome = Err(error),
            }
        }
        outcome?;
        let of_the_queue = event.records.iter().any(is_queued);
        Ok(of_the_queue.then_some(Response { batch_item_failures }))
    }

    async fn receive(&self, record: &Value) -> Result<(), RecordError> {
        let Notification { message, timestamp } = notification(record).ok_or(RecordError::Malformed)?;
        let message: TwoWayMessage = serde_json::from_str(&message).map_err(|_| RecordError::Malformed)?;
        if !(1..=MESSAGE_ID_CHARACTERS).contains(&message.inbound_message_id.len()) {
            return Err(RecordError::Malformed);
        }
        let now = clock::now();
        let Ok(from) = PhoneNumber::parse_end(&message.origination_number) else {
            // Short codes and the like are no tenant's.
            tracing::info!(
                provider = PROVIDER.as_str(),
                "a text from what is no phone number"
            );
            return Ok(());
        };
        let Ok(to) = PhoneNumber::parse_end(&message.destination_number) else {
            // An RCS agent, for one.
            tracing::warn!(provider = PROVIDER.as_str(), "a text to what is no phone number");
            self.metrics.count_one(Metric::UnknownNumbers(PROVIDER), now);
            return Ok(());
        };
        let body = String::from_utf8_lossy(&message.message_body.unwrap_or_default()).into_owned();
        let intent = Intent::read(&body);
        let text = InboundText {
            provider: PROVIDER,
            message_id: message.inbound_message_id,
            from,
            to,
            body,
            sent_at: Some(timestamp),
            patience: AWS_PATIENCE.unsigned_abs(),
        };
        let received = self.store.receive(&text, &intent, now).await?;
        if matches!(received, Received::UnknownNumber) {
            self.metrics.count_one(Metric::UnknownNumbers(PROVIDER), now);
        }
        self.sender.answer(&self.store, received, clock::now()).await;
        Ok(())
    }
}

/// Whether a record is a message of the queue. SNS calls its records' source by another name.
fn is_queued(record: &Value) -> bool {
    record["eventSource"] == "aws:sqs"
}

/// Whether the queue has delivered a record before. It goes on with what is malformed, and that is told once.
fn came_before(record: &Value) -> bool {
    let times = record["attributes"]["ApproximateReceiveCount"].as_str();
    times.is_some_and(|times| times != "1")
}

/// The notification of a record. Where the subscription delivers raw messages, the queue has the message without it: then
/// it was sent when it came to the queue.
fn notification(record: &Value) -> Option<Notification> {
    if !is_queued(record) {
        return Record::deserialize(record).ok().map(|record| record.sns);
    }
    let Queued { body, attributes } = Queued::deserialize(record).ok()?;
    if let Ok(notification) = serde_json::from_str(&body) {
        return Some(notification);
    }
    let sent_at = attributes.sent_timestamp?.parse().ok()?;
    Some(Notification {
        message: body,
        timestamp: Timestamp::from_millisecond(sent_at).ok()?,
    })
}
