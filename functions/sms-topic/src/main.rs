//! The Lambda function `sms-topic`: inbound texts of AWS End User Messaging.

use consent_http::{environment, log};
use consent_texts::Sender;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use sms_topic::SmsTopic;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let topic = &SmsTopic {
        store: environment::store().await?,
        sender: Sender::from_environment(environment::metrics()?)?,
        metrics: environment::metrics()?,
    };
    run(service_fn(|event: LambdaEvent<_>| async {
        topic.handle(event.payload).await.map_err(Error::from)
    }))
    .await
}
