//! The Lambda function `sms-webhook`: inbound texts, as SMS providers deliver them.

use consent_http::{environment, serve};
use consent_sns::Sns;
use sms_webhook::{SmsWebhook, Telnyx, Twilio};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let webhook = &SmsWebhook {
        store: environment::store().await?,
        sns: Sns::from_environment(environment::metrics()?).await,
        twilio: Twilio::from_environment()?,
        telnyx: Telnyx::from_environment()?,
        metrics: environment::metrics()?,
    };
    serve(|request| webhook.handle(request)).await
}
