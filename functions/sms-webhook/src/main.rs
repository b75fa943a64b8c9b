//! The Lambda function `sms-webhook`: inbound texts, as SMS providers deliver them.

use consent_http::{environment, serve};
use sms_webhook::{SmsWebhook, Twilio};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let webhook = &SmsWebhook::new(environment::store().await?, Twilio::from_environment()?);
    serve(|request| webhook.handle(request)).await
}
