//! The Lambda function `messages`: texts to tenants, their threads and their notification preferences.

use consent_http::{Access, environment, serve};
use consent_secrets::{Secret, cursor_key};
use consent_texts::Sender;
use messages::Messages;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let messages = &Messages {
        access: Access::from_environment()?,
        store: environment::store().await?,
        sender: Sender::from_environment(environment::metrics()?)?,
        cursors: Secret::from_environment(cursor_key)?,
        metrics: environment::metrics()?,
    };
    serve(|request| messages.handle(request)).await
}
