//! How a function starts, and how it ends a request.

use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::lambda_runtime::run;
use lambda_http::{Body, Error, LambdaEvent, Request, Response, service_fn};
use serde_json::value::RawValue;

use crate::{Problem, event, log};

/// Serves requests with `handle` until the platform stops the function.
///
/// # Errors
/// The runtime's.
pub async fn serve<F>(handle: impl Fn(Request) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Response<Body>, Problem>> + Send,
{
    log::start();
    let handle = &handle;
    run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Error>(respond(event.payload.get(), handle).await)
    }))
    .await
}

/// Answers an event with what `handle` makes of its request. Every event has an answer: an error of the function itself
/// would have the caller told nothing, and a deployment taken back.
pub(crate) async fn respond<F>(event: &str, handle: impl Fn(Request) -> F) -> ApiGatewayV2httpResponse
where
    F: Future<Output = Result<Response<Body>, Problem>>,
{
    let handled = match event::read(event) {
        // In a box: what awaits it is nested deep enough.
        Ok(request) => Box::pin(handle(request)).await,
        Err(problem) => Err(problem),
    };
    event::write(answer(handled))
}

/// The response of a handled request. What went wrong inside is logged here, once.
pub fn answer(handled: Result<Response<Body>, Problem>) -> Response<Body> {
    handled.unwrap_or_else(|problem| {
        problem.log();
        problem.into()
    })
}
