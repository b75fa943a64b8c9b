//! The Lambda function `sms-webhook`: inbound texts, as SMS providers deliver them.

use consent_http::environment::{self, SMS_WEBHOOK_BASE_URL};
use consent_http::serve;
use consent_secrets::Secret;
use consent_texts::Sender;
use sms_webhook::{ProviderKeys, SmsWebhook};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let webhook = &SmsWebhook {
        store: environment::store().await?,
        sender: Sender::from_environment(environment::metrics()?)?,
        keys: Secret::from_environment(ProviderKeys::read)?,
        base_url: environment::required(SMS_WEBHOOK_BASE_URL)?,
        metrics: environment::metrics()?,
    };
    serve(|request| webhook.handle(request)).await
}
