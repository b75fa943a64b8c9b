//! Events for other systems, through a FIFO topic.

use aws_sdk_sns::Client;
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::types::MessageAttributeValue;
use consent_store::{Lazily, aws_client};

/// The topic that events are published to. It is FIFO: one that is not passes messages on in any order.
#[derive(Debug, Clone)]
pub struct EventsTopic {
    client: Lazily<Client>,
    arn: String,
}

/// An event to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The whole of it.
    pub message: String,
    /// What subscribers can filter by.
    pub attributes: Vec<(&'static str, String)>,
    /// Events of a group are delivered in the order in which they were published.
    pub group: String,
    /// An event published again within five minutes is delivered once.
    pub deduplication: String,
}

/// Why an event was not published. The text of it holds nothing of the event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// SNS does not take this event, now or later.
    #[error("SNS refused an event: {0}")]
    Refused(String),
    /// SNS is away, throttled or not to be reached: another event would not fare better.
    #[error("SNS did not take an event: {0}")]
    Unavailable(String),
}

impl EventsTopic {
    /// With region, credentials and endpoint from the environment, as Lambda sets them. Unlike a text, an event
    /// may be published twice: calls are repeated.
    pub fn from_environment(arn: String) -> Self {
        let client = aws_client(|configuration| Client::new(&configuration));
        Self { client, arn }
    }

    /// With a client.
    pub fn new(client: Client, arn: String) -> Self {
        Self {
            client: client.into(),
            arn,
        }
    }

    /// Publishes an event.
    ///
    /// # Errors
    /// SNS did not take it.
    pub async fn publish(&self, event: &Event) -> Result<(), EventError> {
        let mut publish = self
            .client
            .publish()
            .topic_arn(&self.arn)
            .message(&event.message)
            .message_group_id(&event.group)
            .message_deduplication_id(&event.deduplication);
        for (name, value) in &event.attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|error| EventError::Refused(error.to_string()))?;
            publish = publish.message_attributes(*name, value);
        }
        let Err(error) = publish.send().await else {
            return Ok(());
        };
        Err(match error.as_service_error() {
            // The service's message may quote the event; its code does not.
            Some(service) => {
                let code = service.meta().code().unwrap_or("no code").to_owned();
                if service.is_invalid_parameter_exception() || service.is_invalid_parameter_value_exception()
                {
                    EventError::Refused(code)
                } else {
                    EventError::Unavailable(code)
                }
            }
            None => EventError::Unavailable(DisplayErrorContext(error).to_string()),
        })
    }
}
