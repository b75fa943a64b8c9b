//! Inbound texts of AWS End User Messaging, as its SNS topic delivers them: with the time they were sent at,
//! in any order, and again until each has been written.
//!
//! <https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html>

use consent::id::PhoneNumber;
use consent::intent::Intent;
use consent_http::clock;
use consent_sns::Sns;
use consent_store::{InboundText, Store, StoreError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_bytes::ByteBuf;
use serde_json::Value;

/// SNS message ids are UUIDs.
const MESSAGE_ID_CHARACTERS: usize = 64;

/// The function, with what it works on.
pub struct SmsTopic {
    /// Where texts take effect.
    pub store: Store,
    /// What sends the replies.
    pub sns: Sns,
}

/// An event of SNS. Its records are read one by one, so that a bad one does not lose the others.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    records: Vec<Value>,
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
    #[serde(default)]
    message_body: ByteBuf,
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
    /// Carries out every record of an event.
    ///
    /// # Errors
    /// The last record's that was not carried out, once the others were: the platform then delivers the event
    /// again, in which those are repeated without effect, and parks it where it goes on failing.
    pub async fn handle(&self, event: Event) -> Result<(), RecordError> {
        let mut outcome = Ok(());
        for record in event.records {
            if let Err(error) = self.receive(record).await {
                tracing::error!(%error, "a record was not carried out");
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn receive(&self, record: Value) -> Result<(), RecordError> {
        let malformed = |_| RecordError::Malformed;
        let Notification { message, timestamp } =
            serde_json::from_value::<Record>(record).map_err(malformed)?.sns;
        let message: TwoWayMessage = serde_json::from_str(&message).map_err(malformed)?;
        if !(1..=MESSAGE_ID_CHARACTERS).contains(&message.inbound_message_id.len()) {
            return Err(RecordError::Malformed);
        }
        let number = |text: &str| PhoneNumber::parse_end(text).ok();
        let (Some(from), Some(to)) = (
            number(&message.origination_number),
            number(&message.destination_number),
        ) else {
            // Short codes and the like are no tenant's.
            return Ok(());
        };
        let body = String::from_utf8_lossy(&message.message_body).into_owned();
        let intent = Intent::read(&body);
        let text = InboundText {
            provider: "aws",
            message_id: message.inbound_message_id,
            from,
            to,
            body,
            sent_at: Some(timestamp),
        };
        let now = clock::now();
        let received = self.store.receive(&text, &intent, now).await?;
        self.sns.answer(&self.store, received, clock::now()).await;
        Ok(())
    }
}
