//! sms-webhook
use lambda_http::{Body, Error, Request, Response, run, service_fn};
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(|request: Request| async move {
        Ok::<_, Error>(Response::new(Body::from(format!(
            "sms-webhook {}",
            request.uri()
        ))))
    }))
    .await
}
