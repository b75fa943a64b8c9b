//! What the environment configures, read once at start. Names stand here alone; `infra/template.yaml` sets
//! the same.

use consent_metrics::Metrics;
use consent_store::Store;

/// Name of the DynamoDB table.
pub const TABLE_NAME: &str = "TABLE_NAME";
/// The namespace in CloudWatch of what is counted.
pub const METRICS_NAMESPACE: &str = "METRICS_NAMESPACE";
/// Where the keys of tokens are, where no authorizer has verified them already.
pub const JWKS_URL: &str = "JWKS_URL";
/// Who issues tokens.
pub const TOKEN_ISSUER: &str = "TOKEN_ISSUER";
/// Whom tokens are for.
pub const TOKEN_AUDIENCE: &str = "TOKEN_AUDIENCE";
/// The secret in Secrets Manager, by its ARN or name.
pub const SECRETS_ARN: &str = "SECRETS_ARN";
/// Where Twilio's interface is, where that is not Twilio: on one machine.
pub const TWILIO_API_URL: &str = "TWILIO_API_URL";
/// Where Telnyx's interface is, where that is not Telnyx: on one machine.
pub const TELNYX_API_URL: &str = "TELNYX_API_URL";
/// The public address of the webhooks, up to `/v1/sms/...`: providers sign it.
pub const SMS_WEBHOOK_BASE_URL: &str = "SMS_WEBHOOK_BASE_URL";
/// The SNS topic that record events are published to.
pub const EVENTS_TOPIC_ARN: &str = "EVENTS_TOPIC_ARN";
/// Which sites may show the pages in a frame, in the words of `Content-Security-Policy`.
pub const FRAME_ANCESTORS: &str = "FRAME_ANCESTORS";

/// The KMS key that signs evidence, by its id.
pub const EVIDENCE_KEY_ID: &str = "EVIDENCE_KEY_ID";
/// KMS keys that signed evidence before, by their ids, separated by commas.
pub const EARLIER_EVIDENCE_KEY_IDS: &str = "EARLIER_EVIDENCE_KEY_IDS";

/// A setting is missing or unusable. The text names it and never quotes it.
#[derive(Debug, thiserror::Error)]
#[error("the environment's {0} is missing or not usable")]
pub struct EnvironmentError(pub &'static str);

/// A setting that must be there.
///
/// # Errors
/// It is missing or empty.
pub fn required(name: &'static str) -> Result<String, EnvironmentError> {
    optional(name).ok_or(EnvironmentError(name))
}

/// A setting that may be missing.
pub fn optional(name: &'static str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// What counts, in the namespace that the environment names.
///
/// # Errors
/// It names none.
pub fn metrics() -> Result<Metrics, EnvironmentError> {
    Ok(Metrics::new(&required(METRICS_NAMESPACE)?))
}

/// The store on the table that the environment names, which counts what it writes.
///
/// # Errors
/// It names no table, or no namespace.
pub async fn store() -> Result<Store, EnvironmentError> {
    Ok(Store::from_environment(required(TABLE_NAME)?, metrics()?).await)
}
