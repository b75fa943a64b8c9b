//! What API Gateway answers to pages of other origins (the parameter `AllowedOrigins`): here, to those of this machine, so
//! that facility software under development can embed the elements.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// As the template has it.
const METHODS: &str = "GET, PUT, POST, DELETE";
const HEADERS: &str = "authorization, content-type, idempotency-key, if-match";
const EXPOSED: &str = "etag, link, retry-after, www-authenticate";

/// Lets pages of this machine call the API, whatever port they come from.
pub(crate) async fn of_this_machine(request: Request, next: Next) -> Response {
    let origin = request
        .headers()
        .get(ORIGIN)
        .filter(|origin| is_here(origin))
        .cloned();
    let Some(origin) = origin else {
        return next.run(request).await;
    };
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        let allowed = [
            (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    headers.insert(VARY, HeaderValue::from_static("origin"));
    response
}

/// Whether a name that is a header's value is one of this machine's.
pub(crate) fn is_here(value: &HeaderValue) -> bool {
    let uri = value.to_str().ok().and_then(|value| value.parse::<Uri>().ok());
    let name = uri.as_ref().and_then(Uri::host);
    name.is_some_and(|name| ["127.0.0.1", "localhost", "[::1]"].contains(&name))
}
