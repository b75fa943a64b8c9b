//! The Lambda function `report`: the Customer Consent Status report.

use consent_http::{Access, environment, serve};
use consent_secrets::{Secret, cursor_key};
use report::Report;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let cursors = Secret::from_environment(cursor_key)?;
    let report = &Report::new(Access::from_environment()?, store, cursors);
    serve(|request| report.handle(request)).await
}
