//! The Lambda function `decisions`: it decides for software that sends its own texts, and shows every decision with its
//! reason.

use consent_http::{Access, environment, serve};
use consent_secrets::{Secret, cursor_key};
use decisions::Decisions;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let decisions = &Decisions {
        access: Access::from_environment()?,
        store: environment::store().await?,
        cursors: Secret::from_environment(cursor_key)?,
        metrics: environment::metrics()?,
    };
    serve(|request| decisions.handle(request)).await
}
