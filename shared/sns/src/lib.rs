//! Texts to tenants, and events for other systems, through Amazon SNS.

mod events;

use std::time::Duration;

use aws_config::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent_metrics::{Metric, Metrics};
use consent_store::Store;
use jiff::{SignedDuration, Timestamp};

pub use events::{Event, EventError, EventsTopic};

/// Sends texts.
#[derive(Debug, Clone)]
pub struct Sns {
    client: Client,
    metrics: Metrics,
}

/// SNS takes a number off its own opt-out list once in so long
/// (<https://docs.aws.amazon.com/sns/latest/api/API_OptInPhoneNumber.html>).
const OPT_IN_EVERY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a text did not leave. The text of it holds neither number nor body.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The number is on SNS's own opt-out list.
    #[error("the number is on the provider's own opt-out list")]
    OptedOut,
    /// SNS refused.
    #[error("the provider did not do it: {0}")]
    Refused(String),
    /// SNS was asked, and its answer did not come, or is an error of its own: the text may have left.
    #[error("the provider may have done it: {0}")]
    Unknown(String),
}

/// What an SDK error says of the text, and what may be logged of it: the service's message may quote the number, its
/// code does not.
///
/// Nothing has left where SNS answers with 4xx: it did not take the request, and so throttled ones (400 or 429). An
/// error of its own, 5xx, may come after the text was handed on
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>,
/// <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>).
fn refused<E>(error: SdkError<E>) -> SendError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("refused").to_owned();
            if service.raw().status().is_server_error() {
                SendError::Unknown(code)
            } else {
                SendError::Refused(code)
            }
        }
        error @ SdkError::ConstructionFailure(_) => {
            SendError::Refused(DisplayErrorContext(error).to_string())
        }
        error => SendError::Unknown(DisplayErrorContext(error).to_string()),
    }
}

impl Sns {
    /// With region, credentials and endpoint from the environment, as Lambda sets them. A call is made once
    /// and ends within 2 seconds: made again after a time-out it might send a text twice.
    pub async fn from_environment(metrics: Metrics) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(Duration::from_secs(2))
            .build();
        let configuration = consent_store::aws_configuration().await.into_builder();
        let configuration = configuration
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        Self::new(Client::new(&configuration.build()), metrics)
    }

    /// With a client.
    pub fn new(client: Client, metrics: Metrics) -> Self {
        Self { client, metrics }
    }

    /// Answers a text. The text has taken effect: an answer that does not leave is logged and counted, and
    /// no more. One to a number on SNS's own list is no failure: that is so for each STOP where AWS manages
    /// opt-outs.
    pub async fn reply(&self, from: &PhoneNumber, to: &PhoneNumber, body: &str, now: Timestamp) {
        match self.send(Some(from), to, body).await {
            Ok(()) => {}
            Err(error @ SendError::OptedOut) => tracing::info!(%error, "a reply was not sent"),
            Err(error @ (SendError::Refused(_) | SendError::Unknown(_))) => {
                tracing::error!(%error, "a reply was not sent");
                self.metrics.count_one(Metric::ReplyFailures, now);
            }
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
        let mut publish = self.client.publish().phone_number(to.as_str()).message(body);
        for (name, value) in [kind, origin].into_iter().flatten() {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build();
            let value = value.map_err(|error| SendError::Refused(error.to_string()))?;
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
                match self.is_opted_out(to).await {
                    Ok(true) => Err(SendError::OptedOut),
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
    pub async fn is_opted_out(&self, number: &PhoneNumber) -> Result<bool, SendError> {
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

    /// Asks SNS to take a number off its own opt-out list, now that these tenants have lifted their text
    /// opt-out, and keeps the answer with them. What fails here shows again when a text is sent.
    pub async fn lift_opt_out(
        &self,
        store: &Store,
        facility: &FacilityId,
        tenants: &[TenantId],
        number: &PhoneNumber,
        now: Timestamp,
    ) {
        if tenants.is_empty() {
            return;
        }
        let opted_in = self
            .client
            .opt_in_phone_number()
            .phone_number(number.as_str())
            .send()
            .await;
        let block = match opted_in {
            Ok(_) => None,
            // Whatever kept SNS from it: a block is only what SNS says is one.
            Err(error) => {
                tracing::error!(error = %refused(error), "the provider did not take a number off its list");
                match self.is_opted_out(number).await {
                    Ok(true) => Some(ProviderBlock {
                        number: number.clone(),
                        since: now,
                        retry_after: now.checked_add(OPT_IN_EVERY).ok(),
                    }),
                    Ok(false) | Err(_) => return,
                }
            }
        };
        for tenant in tenants {
            if let Err(error) = store.keep_provider_block(facility, tenant, block.as_ref()).await {
                tracing::error!(%error, "what the provider said was not kept");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::config::http::HttpResponse;
    use aws_sdk_sns::error::ErrorMetadata;

    use super::*;

    #[test]
    fn an_error_of_sns_itself_may_come_after_the_text_was_sent_and_a_refusal_does_not() {
        let check = |status: u16, code: &str, may_have_left: bool| {
            let error = PublishError::generic(ErrorMetadata::builder().code(code).build());
            let response = HttpResponse::new(status.try_into().unwrap(), "".into());
            let error = refused(SdkError::service_error(error, response));
            assert_eq!(
                matches!(error, SendError::Unknown(_)),
                may_have_left,
                "{status} {code}"
            );
            assert!(error.to_string().ends_with(code), "{error}");
        };
        check(400, "InvalidParameter", false);
        check(400, "ThrottlingException", false);
        check(403, "AuthorizationError", false);
        check(429, "Throttled", false);
        check(500, "InternalError", true);
        check(500, "InternalFailure", true);
        check(503, "ServiceUnavailable", true);
    }
}
