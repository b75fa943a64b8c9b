//! Texts to tenants, and events for other systems, through Amazon SNS.

mod events;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sns::Client;
use aws_sdk_sns::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent_metrics::{Metric, Metrics};
use consent_store::{Outcome, Permit, Received, Reply, Store, Unpublished};
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

/// What an SDK error says of the text, and what may be logged of it: the service's message may quote the number, its
/// code does not.
///
/// Nothing has left where SNS answers with 4xx: it did not take the request, and so throttled ones (400 or 429). An
/// error of its own, 5xx, may come after the text was handed on
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>,
/// <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>).
fn refused<E>(error: SdkError<E>) -> Unpublished
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("refused").to_owned();
            if service.raw().status().is_server_error() {
                Unpublished::Unknown(code)
            } else {
                Unpublished::Refused(code)
            }
        }
        error @ SdkError::ConstructionFailure(_) => {
            Unpublished::Refused(DisplayErrorContext(error).to_string())
        }
        error => Unpublished::Unknown(DisplayErrorContext(error).to_string()),
    }
}

impl Sns {
    /// With region, credentials and endpoint from the environment, as Lambda sets them. A call is made once
    /// and ends within 2 seconds: made again after a time-out it might send a text twice.
    pub async fn from_environment(metrics: Metrics) -> Self {
        Self::from_configuration(consent_store::aws_configuration().await, metrics)
    }

    /// With the rest of the client's configuration, and the same patience.
    pub fn from_configuration(configuration: SdkConfig, metrics: Metrics) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(Duration::from_secs(2))
            .build();
        let configuration = configuration
            .into_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts);
        Self::new(Client::new(&configuration.build()), metrics)
    }

    /// With a client.
    pub fn new(client: Client, metrics: Metrics) -> Self {
        Self { client, metrics }
    }

    /// Answers a text that was received, and then asks SNS to take the number off its own list where that is called
    /// for. The answer comes first, because a STOP waits for it.
    pub async fn answer(&self, store: &Store, received: Received, now: Timestamp) {
        let Received::Accepted(accepted) = received else {
            return;
        };
        if let Some(reply) = accepted.reply.as_ref().filter(|reply| reply.holds(now)) {
            self.reply(reply, now).await;
        }
        store.release_answer(accepted.claim).await;
        self.lift_opt_out(
            store,
            &accepted.facility_id,
            &accepted.started,
            &accepted.from,
            now,
        )
        .await;
    }

    /// The text has taken effect: an answer that does not leave is logged and counted, and no more. One to a number on
    /// SNS's own list is no failure: that is so for each STOP where AWS manages opt-outs.
    async fn reply(&self, reply: &Reply, now: Timestamp) {
        match self.publish(reply.from(), reply.to(), reply.body()).await {
            Ok(()) => {}
            Err(error @ Unpublished::OptedOut) => tracing::info!(%error, "a reply was not sent"),
            Err(error) => {
                tracing::error!(%error, "a reply was not sent");
                self.metrics.count_one(Metric::ReplyFailures, now);
            }
        }
    }

    /// Hands a text that was let out to SNS. An old permit holds no longer: then SNS is not asked.
    pub async fn send(&self, permit: &Permit, now: Timestamp) -> Outcome {
        if !permit.holds(now) {
            return Outcome::NotSent(Unpublished::TooLate);
        }
        match self.publish(permit.from(), permit.to(), permit.body()).await {
            Ok(()) => Outcome::Sent,
            Err(unpublished) => Outcome::NotSent(unpublished),
        }
    }

    async fn publish(&self, from: &PhoneNumber, to: &PhoneNumber, body: &str) -> Result<(), Unpublished> {
        // https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html: transactional texts are
        // delivered first.
        let attributes = [
            ("AWS.SNS.SMS.SMSType", "Transactional"),
            ("AWS.MM.SMS.OriginationNumber", from.as_str()),
        ];
        let mut publish = self.client.publish().phone_number(to.as_str()).message(body);
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
                match self.is_opted_out(to).await {
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
    pub async fn is_opted_out(&self, number: &PhoneNumber) -> Result<bool, Unpublished> {
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

    /// Asks SNS to take a number off its own opt-out list, now that tenants with it have lifted their text opt-out, and
    /// keeps the answer with them. Who has sent another STOP since is left out. What fails here shows again when a text
    /// is sent.
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
        let concerned = match store.provider_blocks(facility, tenants).await {
            Ok(concerned) if concerned.is_empty() => return,
            Ok(concerned) => concerned,
            Err(error) => {
                tracing::error!(%error, "a number was not taken off the provider's list");
                return;
            }
        };
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
        for (tenant, known) in concerned {
            if (known.is_some() || block.is_some())
                && let Err(error) = store.keep_provider_block(facility, &tenant, block.as_ref()).await
            {
                tracing::error!(%error, "what the provider said was not kept");
            }
        }
    }
}
