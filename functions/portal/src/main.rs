//! The Lambda function `portal`: the tenant's own consent check box.

use consent_http::{Access, environment, serve};
use consent_texts::Sender;
use portal::Portal;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let sender = Sender::from_environment(environment::metrics()?)?;
    let portal = &Portal::new(Access::from_environment()?, store, sender);
    serve(|request| portal.handle(request)).await
}
