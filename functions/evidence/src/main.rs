//! The Lambda function `evidence`: what is known of a tenant's consent, signed, and the keys that verify it.

use consent_http::{Access, environment, serve};
use evidence::{Evidence, Signer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let signer = Signer::from_environment()?;
    let evidence = &Evidence::new(Access::from_environment()?, store, signer);
    serve(|request| evidence.handle(request)).await
}
