//! The Lambda function `openapi`: the OpenAPI document.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    consent_http::serve(|request| async move { openapi::handle(&request) }).await
}
