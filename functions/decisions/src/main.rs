//! The Lambda function `decisions`: decisions about texts, for those who send by other means, and for whoever asks why.

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
