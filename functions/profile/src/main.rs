//! The Lambda function `profile`: the staff's consent check box and the history behind it.

use consent_http::{Access, environment, serve};
use profile::Profile;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let (store, cursors) = (environment::store().await?, environment::cursor_key()?);
    let profile = &Profile::new(Access::from_environment()?, store, cursors);
    serve(|request| profile.handle(request)).await
}
