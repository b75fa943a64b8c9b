//! Answers.

use consent::record::hex;
use lambda_http::http::{HeaderMap, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::Problem;

/// A JSON answer.
///
/// # Errors
/// 500 when the body cannot be written, which is a fault of ours.
pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Response<Body>, Problem> {
    let text = serde_json::to_string(body).map_err(Problem::internal)?;
    Ok(with_type(status, "application/json", text))
}

/// A JSON answer with an `ETag` that changes with anything in it.
///
/// # Errors
/// 500 when the body cannot be written, which is a fault of ours.
pub fn tagged_json(status: StatusCode, body: &impl Serialize) -> Result<Response<Body>, Problem> {
    let mut response = json(status, body)?;
    if let Ok(tag) = HeaderValue::from_str(&entity_tag(body)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// An answer of another type.
pub fn with_type(status: StatusCode, media_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 204.
pub fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The strong entity tag of what a view shows.
fn entity_tag(view: &impl Serialize) -> String {
    // A view that could not be written was refused before it came here.
    let text = serde_json::to_vec(view).unwrap_or_default();
    let digest = hex(ring::digest::digest(&ring::digest::SHA256, &text).as_ref());
    format!("\"{}\"", digest.get(..32).unwrap_or_default())
}

/// Whether `If-Match` (RFC 9110, 13.1.1) lets a request through to what the view shows now.
pub fn if_match(headers: &HeaderMap, view: &impl Serialize) -> bool {
    if !headers.contains_key(header::IF_MATCH) {
        return true;
    }
    let current = entity_tag(view);
    headers
        .get_all(header::IF_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag == current)
}
