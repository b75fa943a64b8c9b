//! The Lambda function `facilities`: registers facilities and their tenants.

use consent_http::{Access, environment, serve};
use consent_secrets::{Accounts, Secret};
use facilities::Facilities;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let accounts = Secret::from_environment(Accounts::read)?;
    let facilities = &Facilities::new(Access::from_environment()?, store, accounts);
    serve(|request| facilities.handle(request)).await
}
