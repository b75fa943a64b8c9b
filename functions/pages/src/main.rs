//! The Lambda function `pages`: the screens.

use consent_http::environment::{self, FRAME_ANCESTORS};
use consent_http::serve;
use pages::Pages;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let store = environment::store().await?;
    let pages = &Pages::new(store, &environment::required(FRAME_ANCESTORS)?)?;
    serve(|request| pages.handle(request)).await
}
