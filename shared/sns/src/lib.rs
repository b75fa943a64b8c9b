//! Texts to tenants, and events for other systems, through Amazon SNS.

mod events;

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::types::MessageAttributeValue;
use consent::id::PhoneNumber;

pub use events::{Event, EventsTopic, PublishError};

/// Sends texts.
#[derive(Debug, Clone)]
pub struct Sns(Client);

/// Why a text did not leave. The text of it holds neither number nor body.
#[derive(Debug, thiserror::Error)]
#[error("the text could not be sent: {0}")]
pub struct SendError(String);

impl Sns {
    /// With region, credentials and endpoint from the environment, as Lambda sets them. A call is made once
    /// and ends within 2 seconds: made again after a time-out it might send a text twice.
    pub async fn from_environment() -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(Duration::from_secs(2))
            .build();
        let configuration = consent_store::aws_configuration().await.into_builder();
        let configuration = configuration
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        Self(Client::new(&configuration.build()))
    }

    /// With a client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Answers a text. The text has taken effect: an answer that does not leave is logged, and no more.
    pub async fn reply(&self, from: &PhoneNumber, to: &PhoneNumber, body: &str) {
        if let Err(error) = self.send(Some(from), to, body).await {
            tracing::error!(%error, "a reply was not sent");
        }
    }

    /// Sends a text, from a business number or, without one, from any of the account's.
    ///
    /// # Errors
    /// SNS did not take it.
    pub async fn send(
        &self,
        from: Option<&PhoneNumber>,
        to: &PhoneNumber,
        body: &str,
    ) -> Result<(), SendError> {
        // https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html: transactional texts are
        // delivered first.
        let kind = Some(("AWS.SNS.SMS.SMSType", "Transactional"));
        let origin = from.map(|number| ("AWS.MM.SMS.OriginationNumber", number.as_str()));
        let mut publish = self.0.publish().phone_number(to.as_str()).message(body);
        for (name, value) in [kind, origin].into_iter().flatten() {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build();
            publish = publish.message_attributes(name, value.map_err(|error| SendError(error.to_string()))?);
        }
        publish.send().await.map(|_| ()).map_err(|error| {
            SendError(match error.as_service_error() {
                // The service's message may quote the number; its code does not.
                Some(service) => service.meta().code().unwrap_or("refused").to_owned(),
                None => DisplayErrorContext(error).to_string(),
            })
        })
    }
}
