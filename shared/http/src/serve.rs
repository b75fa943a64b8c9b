//! How a function starts, and how it ends a request.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

use crate::{Problem, log};

/// Serves requests with `handle` until the platform stops the function.
///
/// # Errors
/// The runtime's.
pub async fn serve<F>(handle: impl Fn(Request) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<Response<Body>, Problem>> + Send,
{
    log::start();
    run(service_fn(|request| {
        let handled = handle(request);
        async { Ok::<_, Error>(answer(handled.await)) }
    }))
    .await
}

/// The response of a handled request. What went wrong inside is logged here, once.
pub fn answer(handled: Result<Response<Body>, Problem>) -> Response<Body> {
    handled.unwrap_or_else(|problem| {
        problem.log();
        problem.into()
    })
}
