//! The Lambda function `profile`: the staff's consent check box and the history behind it.

use consent_http::{Access, environment, serve};
use consent_secrets::{Secret, cursor_key};
use consent_texts::Sender;
use profile::Profile;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let sender = Sender::from_environment(environment::metrics()?)?;
    let cursors = Secret::from_environment(cursor_key)?;
    let profile = &Profile::new(Access::from_environment()?, store, sender, cursors);
    serve(|request| profile.handle(request)).await
}
