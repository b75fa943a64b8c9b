//! The Lambda function `report`: the Customer Consent Status report.

use consent_http::{Access, environment, serve};
use report::Report;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let (store, cursors) = (environment::store().await?, environment::cursor_key()?);
    let report = &Report::new(Access::from_environment()?, store, cursors);
    serve(|request| report.handle(request)).await
}
