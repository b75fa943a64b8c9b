//! The Lambda function `reviews`: texts that a person has to read, and what they decide about them.

use consent_http::{Access, environment, serve};
use consent_secrets::{Secret, cursor_key};
use reviews::Reviews;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let cursors = Secret::from_environment(cursor_key)?;
    let reviews = &Reviews::new(Access::from_environment()?, store, cursors);
    serve(|request| reviews.handle(request)).await
}
