//! The Lambda function `portal`: the tenant's own consent check box.

use consent_http::{Access, environment, serve};
use portal::Portal;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let portal = &Portal::new(Access::from_environment()?, environment::store().await?);
    serve(|request| portal.handle(request)).await
}
