//! Events of API Gateway (HTTP API, payload 2.0) and function URLs as requests, and responses as their answers.
//!
//! `lambda_http` does the same in its `run`, and panics on a query that is no part of a URI, on a host or an
//! `X-Forwarded-Proto` that make none, and on a body that is not the base64 it is said to be. The caller writes all of
//! these. So nothing here is taken for granted, and what cannot be a request is answered 400.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::http::Uri;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::Problem;

/// What a path in a URI does not hold as it is.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Reads an event as a request. Its URI is path and query alone: scheme and host are what the caller says.
/// [`RequestExt::raw_http_path`] is the path as it came.
///
/// # Errors
/// 400: it is no such event, or no request can be made of it.
pub fn read(event: &str) -> Result<Request, Problem> {
    let no_request = |_| Problem::invalid_field("", "must be an HTTP request");
    let event: ApiGatewayV2httpRequest = serde_json::from_str(event).map_err(no_request)?;
    let path = event.raw_path.unwrap_or_default();
    let query = event.raw_query_string.unwrap_or_default();
    let uri = uri(&path, &query).ok_or_else(|| {
        let detail = "the query must be percent-encoded, and path and query must have 65,534 bytes at most";
        Problem::invalid_field("", detail)
    })?;
    let body = match event.body {
        None => Body::Empty,
        Some(text) if event.is_base64_encoded => STANDARD
            .decode(text)
            .map(Body::Binary)
            .map_err(|_| Problem::invalid_field("", "the body must be base64 where the event says so"))?,
        Some(text) => Body::Text(text),
    };
    let mut request = Request::new(body);
    *request.method_mut() = event.request_context.http.method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = event.headers;
    Ok(request
        .with_raw_http_path(path)
        .with_request_context(RequestContext::ApiGatewayV2(event.request_context)))
}

/// The query stands as it came: a provider's signature is over it.
fn uri(path: &str, query: &str) -> Option<Uri> {
    let path = utf8_percent_encode(path.trim_start_matches('/'), NOT_IN_A_PATH);
    let uri = if query.is_empty() {
        format!("/{path}")
    } else {
        format!("/{path}?{query}")
    };
    // A URI would end before a `#`.
    if query.contains('#') {
        return None;
    }
    uri.parse().ok()
}

/// Writes a response as the answer to an event. None of the responses here sets cookies.
pub(crate) fn write(response: Response<Body>) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = parts.status.as_u16().into();
    answer.headers = parts.headers;
    answer.is_base64_encoded = matches!(body, Body::Binary(_));
    answer.body = Some(body).filter(|body| !matches!(body, Body::Empty));
    answer
}

#[cfg(test)]
mod tests {
    use lambda_http::http::StatusCode;
    use serde_json::{Value, json};

    use super::*;
    use crate::serve::respond;

    /// What a function answers to an event that is a good one but for one member, given as a JSON pointer.
    async fn answer(pointer: &str, value: Value) -> Value {
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/v1/x", "rawQueryString": "a=1&b=%20",
            "headers": {"host": "texts.example.com", "x-forwarded-proto": "https"},
            "requestContext": {"http": {"method": "POST", "path": "/v1/x"}, "stage": "$default"},
            "body": "eA==", "isBase64Encoded": true,
        });
        if let Some(member) = event.pointer_mut(pointer) {
            *member = value;
        }
        let echo = |request: Request| async move {
            let query = request.uri().query().unwrap_or_default();
            let said = format!("{} {} {query}", request.method(), request.raw_http_path());
            Ok(Response::new(Body::from(said)))
        };
        let answer = respond(&event.to_string(), echo).await;
        serde_json::to_value(answer).unwrap()
    }

    #[tokio::test]
    async fn what_cannot_be_a_request_is_answered_400_and_nothing_panics() {
        let check = async |pointer: &str, value: Value, status: u16| {
            let answer = answer(pointer, value.clone()).await;
            assert_eq!(answer["statusCode"], status, "{pointer} {value}: {answer}");
            if status == StatusCode::BAD_REQUEST.as_u16() {
                assert_eq!(answer["headers"]["content-type"], "application/problem+json");
                let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
                assert_eq!(problem["code"], "invalid_request");
                assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
            }
        };
        for query in [
            "<",
            ">",
            "a b",
            "\"",
            "a=1#b",
            "\u{7f}",
            "\n",
            "\0",
            &"a".repeat(70_000),
        ] {
            check("/rawQueryString", json!(query), 400).await;
        }
        for query in ["", "?", "é", "%", "%zz", "[]", "a=1&&", "\\", "|", "{}", "^`"] {
            check("/rawQueryString", json!(query), 200).await;
        }
        for path in [
            "",
            "/",
            "//",
            "//evil.example/x",
            "x",
            "/<",
            "/ ",
            "/a?b",
            "/#",
            "/é",
            "/\\",
            "/%",
            "/..",
            "*",
            "http://x/",
        ] {
            check("/rawPath", json!(path), 200).await;
        }
        check("/rawPath", json!("/".to_owned() + &"é".repeat(40_000)), 400).await;
        for scheme in ["https, http", "", "<", "h t", "é", "1", "http://"] {
            check("/headers/x-forwarded-proto", json!(scheme), 200).await;
        }
        for host in ["", " ", "<", "a b", "é", "[::1", "x:y:z", "@", "/"] {
            check("/headers/host", json!(host), 200).await;
        }
        for body in ["x", "=", "é", "eA", "e A=="] {
            check("/body", json!(body), 400).await;
        }
        check("/requestContext/http/method", json!("P O"), 400).await;
        check("/requestContext/http/method", json!("PURGE"), 200).await;
        check("/headers", json!({"a\nb": "1"}), 400).await;
        check("/headers", json!({"a": "1\n2"}), 400).await;
        check("/headers", json!(null), 200).await;
        check("/requestContext", json!("x"), 400).await;
        check("", json!({}), 400).await;
        check("", json!([]), 400).await;
        check("", json!(null), 400).await;
    }

    #[tokio::test]
    async fn path_and_query_come_as_they_were_sent() {
        let check = async |pointer: &str, value: &str, said: &str| {
            let answer = answer(pointer, json!(value)).await;
            assert_eq!(
                (&answer["body"], &answer["isBase64Encoded"]),
                (&json!(said), &json!(false))
            );
        };
        check("/rawQueryString", "b=2&a=%20x+y&a", "POST /v1/x b=2&a=%20x+y&a").await;
        check("/rawPath", "/v1/<%2F../x", "POST /v1/<%2F../x a=1&b=%20").await;
    }
}
