//! Amazon SNS.

use aws_sdk_sns::Client;
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use aws_sdk_sns::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use aws_types::SdkConfig;
use consent::id::PhoneNumber;
use consent_store::{Lazily, Unpublished, aws_client};

use crate::{ANSWER_WITHIN, Text};

/// Sends through SNS.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    client: Lazily<Client>,
}

/// The codes by which SNS says that it is asked too often
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>,
/// <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>).
const THROTTLED: [&str; 3] = ["Throttled", "Throttling", "ThrottlingException"];

/// What an SDK error says of the text, and what may be logged of it: the service's message may quote the number, its
/// code does not.
///
/// Nothing has left where SNS answers with 4xx: it did not take the request, and so throttled ones (400 or 429). An
/// error of its own, 5xx, may come after the text was handed on.
fn refused<E>(error: SdkError<E>) -> Unpublished
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("refused").to_owned();
            let status = service.raw().status();
            if status.is_server_error() {
                Unpublished::Unknown(code)
            } else if status.as_u16() == 429 || THROTTLED.contains(&code.as_str()) {
                Unpublished::NotNow(code)
            } else {
                Unpublished::Refused(code)
            }
        }
        error @ SdkError::ConstructionFailure(_) => {
            Unpublished::NotNow(DisplayErrorContext(error).to_string())
        }
        error => Unpublished::Unknown(DisplayErrorContext(error).to_string()),
    }
}

fn client(configuration: SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder().operation_timeout(ANSWER_WITHIN).build();
    let configuration = configuration
        .into_builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    Client::new(&configuration.build())
}

impl Aws {
    /// With region, credentials and endpoint from the environment, as Lambda sets them. A call is made once:
    /// made again after a time-out it might send a text twice.
    pub(crate) fn from_environment() -> Self {
        Self {
            client: aws_client(client),
        }
    }

    /// With the rest of the client's configuration, and the same patience.
    pub(crate) fn from_configuration(configuration: SdkConfig) -> Self {
        Self::new(client(configuration))
    }

    pub(crate) fn new(client: Client) -> Self {
        Self {
            client: client.into(),
        }
    }

    pub(crate) async fn send(&self, text: &Text<'_>) -> Result<(), Unpublished> {
        // https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html: transactional texts are
        // delivered first.
        let attributes = [
            ("AWS.SNS.SMS.SMSType", "Transactional"),
            ("AWS.MM.SMS.OriginationNumber", text.from.as_str()),
        ];
        let mut publish = self
            .client
            .publish()
            .phone_number(text.to.as_str())
            .message(text.body);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build();
            let value = value.map_err(|error| Unpublished::Refused(error.to_string()))?;
            publish = publish.message_attributes(name, value);
        }
        match publish.send().await {
            Ok(_) => Ok(()),
            // `Publish` has no error of its own for a number that is opted out.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PublishError::is_invalid_parameter_exception) =>
            {
                match self.is_opted_out(text.to).await {
                    Ok(true) => Err(Unpublished::OptedOut),
                    Ok(false) | Err(_) => Err(refused(error)),
                }
            }
            Err(error) => Err(refused(error)),
        }
    }

    /// Whether a number is on SNS's own opt-out list.
    ///
    /// # Errors
    /// SNS could not be asked.
    pub(crate) async fn is_opted_out(&self, number: &PhoneNumber) -> Result<bool, Unpublished> {
        let check = self
            .client
            .check_if_phone_number_is_opted_out()
            .phone_number(number.as_str());
        check
            .send()
            .await
            .map(|answer| answer.is_opted_out())
            .map_err(refused)
    }

    /// Takes a number off SNS's own opt-out list, which SNS does once in 30 days.
    ///
    /// # Errors
    /// SNS did not, or could not be asked.
    pub(crate) async fn opt_in(&self, number: &PhoneNumber) -> Result<(), Unpublished> {
        let opt_in = self.client.opt_in_phone_number().phone_number(number.as_str());
        opt_in.send().await.map(drop).map_err(refused)
    }
}
