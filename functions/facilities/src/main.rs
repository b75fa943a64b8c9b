//! The Lambda function `facilities`: registers facilities and their tenants.

use consent_http::{Access, environment, serve};
use facilities::Facilities;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let facilities = &Facilities::new(Access::from_environment()?, environment::store().await?);
    serve(|request| facilities.handle(request)).await
}
