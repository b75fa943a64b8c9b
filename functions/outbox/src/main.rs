//! The Lambda function `outbox`: every record, published to other systems.

use consent_http::environment::{self, EVENTS_TOPIC_ARN};
use consent_http::log;
use consent_sns::EventsTopic;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use outbox::Outbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let outbox = &Outbox {
        topic: EventsTopic::from_environment(environment::required(EVENTS_TOPIC_ARN)?),
        metrics: environment::metrics()?,
    };
    run(service_fn(|event: LambdaEvent<_>| async {
        Ok::<_, Error>(outbox.handle(event.payload).await)
    }))
    .await
}
