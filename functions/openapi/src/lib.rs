//! The OpenAPI document. It is public, so a function of its own serves it, which may do nothing else.

use consent_http::{Problem, request, response};
use lambda_http::http::{HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Request, Response};

/// `infra/openapi.yaml`, as JSON.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

/// Answers a request.
///
/// # Errors
/// The problem that the caller is told.
pub fn handle(request: &Request) -> Result<Response<Body>, Problem> {
    let path = request::path(request);
    match (path.segments().as_slice(), request.method()) {
        (["openapi.json"], &Method::GET) => {
            let mut response = response::with_type(StatusCode::OK, "application/json", DOCUMENT.to_owned());
            // It changes with a deployment.
            let an_hour = HeaderValue::from_static("public, max-age=3600");
            response.headers_mut().insert(header::CACHE_CONTROL, an_hour);
            Ok(response)
        }
        (["openapi.json"], _) => Err(Problem::method_not_allowed("GET")),
        _ => Err(Problem::no_such_path()),
    }
}
