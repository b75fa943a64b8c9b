//! The public address. cargo-lambda serves behind it; the front does what API Gateway does before a function is
//! asked, and where cargo-lambda alone would hang, panic or answer in its own words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{self, CONTENT_TYPE, COOKIE, HOST, RETRY_AFTER};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, post};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::functions::EXIT_ERROR;
use crate::http;
use crate::screen::Screen;
use dev::workspace::Workspace;

/// The largest body that any function takes.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// How much more is read, and thrown away, so that a client still sending gets to see the refusal.
const DISCARD_LIMIT: usize = 64 * 1024 * 1024;
/// API Gateway's own bound on a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(29);
/// What may be on its way to one function. cargo-lambda locks up for good when more than 100 are queued.
const IN_FLIGHT: usize = 64;

/// A function as the front sees it.
struct Function {
    name: String,
    client: http::Client,
    lambda: String,
    in_flight: Arc<Semaphore>,
}

/// Everything that is served under the public address; `lambda` is the base URL of cargo-lambda.
pub(crate) fn router(workspace: &Workspace, lambda: &str, screen: &Screen) -> Router {
    let client = http::client();
    let functions: BTreeMap<&str, Arc<Function>> = workspace
        .functions
        .iter()
        .map(|name| {
            let in_flight = Arc::new(Semaphore::new(IN_FLIGHT));
            let function = Function {
                name: name.clone(),
                client: client.clone(),
                lambda: lambda.to_owned(),
                in_flight,
            };
            (name.as_str(), Arc::new(function))
        })
        .collect();
    let mut router = Router::new();
    for (path, name) in &workspace.routes {
        // A path whose function is not there yet is an unknown path.
        if let Some(function) = functions.get(name.as_str()) {
            router = router.route(path, any(serve).with_state(Arc::clone(function)));
        }
    }
    for (name, function) in functions {
        let path = format!("/2015-03-31/functions/{name}/invocations");
        router = router.route(&path, post(invoke).fallback(not_found).with_state(function));
    }
    router
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(screen.clone(), shown))
}

/// Which function answered.
#[derive(Clone)]
struct Answered(Arc<Function>);

/// Shows each request with its answer.
async fn shown(State(screen): State<Screen>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let function = response.extensions().get::<Answered>();
    let function = function.map_or("(no function)", |Answered(function)| function.name.as_str());
    screen.request(&method, &path, response.status(), began.elapsed(), function);
    response
}

/// A request for a function.
async fn serve(State(function): State<Arc<Function>>, request: Request) -> Response {
    let mut response = answered(Arc::clone(&function), request).await;
    response.extensions_mut().insert(Answered(function));
    response
}

async fn answered(function: Arc<Function>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.uri.path().contains("//") {
        // The two routers disagree about empty parameters, and cargo-lambda never answers for what it has no
        // function for.
        return not_found().await;
    }
    let body = match timeout(REQUEST_LIMIT, read(body)).await {
        Ok(Ok(Some(body))) => body,
        Ok(Ok(None)) => return too_large(),
        // The client is gone, or too slow: there is nobody to answer properly.
        Ok(Err(_)) | Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    if let Some((name, _)) = parts.headers.iter().find(|(_, value)| value.to_str().is_err()) {
        // cargo-lambda cannot put it into the event.
        let detail = format!("The header {name} has characters other than ASCII.");
        return problem(StatusCode::BAD_REQUEST, "Bad Request", "invalid_request", &detail);
    }
    prepare(&mut parts.headers, &function.lambda, &body);
    match pass_on(function, Request::from_parts(parts, body.into())).await {
        Ok(response) => answer(response),
        Err(error) => {
            eprintln!("cargo dev: a request got no answer: {error:#}");
            unavailable()
        }
    }
}

/// What `cargo lambda invoke` sends: an event, passed on and answered untouched.
async fn invoke(State(function): State<Arc<Function>>, request: Request) -> Response {
    let mut response = match pass_on(Arc::clone(&function), request).await {
        Ok(response) => response.map(Into::into),
        Err(error) => {
            let error = json!({"errorType": "Unavailable", "errorMessage": format!("{error:#}")});
            (StatusCode::BAD_GATEWAY, error.to_string()).into_response()
        }
    };
    response.extensions_mut().insert(Answered(function));
    response
}

/// The body, or none when it is too large.
async fn read(mut body: axum::body::Body) -> Result<Option<Bytes>> {
    let mut read = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length += data.len();
        if length > DISCARD_LIMIT {
            break;
        }
        if length <= BODY_LIMIT {
            read.extend_from_slice(&data);
        }
    }
    Ok((length <= BODY_LIMIT).then(|| read.into()))
}

/// Says of the request what a gateway says of it, and keeps what would confuse cargo-lambda or the runtime.
fn prepare(headers: &mut HeaderMap, lambda: &str, body: &[u8]) {
    // cargo-lambda would take the client's word for the id of the invocation.
    headers.remove("lambda-runtime-aws-request-id");
    // The runtime makes a URL of these two, and panics where that fails.
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    let host = lambda.trim_start_matches("http://");
    headers.insert(
        HOST,
        HeaderValue::from_str(host).unwrap_or(HeaderValue::from_static("localhost")),
    );
    // Of a header that is there twice cargo-lambda keeps the first. API Gateway joins them.
    let names: Vec<HeaderName> = headers.keys().cloned().collect();
    for name in names {
        let values: Vec<&[u8]> = headers.get_all(&name).iter().map(HeaderValue::as_bytes).collect();
        let separator: &[u8] = if name == COOKIE { b"; " } else { b"," };
        if let Ok(joined) = HeaderValue::from_bytes(&values.join(separator)) {
            headers.insert(name, joined);
        }
    }
    // Text that is not UTF-8 is 500 in cargo-lambda. It knows text by the media type in lower case; with a
    // capital, which means the same, the function gets the bytes and decides itself.
    if str::from_utf8(body).is_err() {
        let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or("application/octet-stream");
        let (first, rest) = media_type.split_at_checked(1).unwrap_or_default();
        if let Ok(capitalised) = HeaderValue::from_str(&(first.to_ascii_uppercase() + rest)) {
            headers.insert(CONTENT_TYPE, capitalised);
        }
    }
}

/// Sends the request to cargo-lambda. Like an invocation of Lambda, it is not called off when the client leaves:
/// what cargo-lambda has queued cannot be taken back, and counts until it is done.
async fn pass_on(function: Arc<Function>, request: Request) -> Result<axum::http::Response<Bytes>> {
    let work = tokio::spawn(async move {
        let _permit = Arc::clone(&function.in_flight).acquire_owned().await?;
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        parts.uri = format!("{}{path}", function.lambda).parse::<Uri>()?;
        http::remove_hop_by_hop(&mut parts.headers);
        let body = http::Body::new(body.collect().await?.to_bytes());
        http::send(&function.client, Request::from_parts(parts, body)).await
    });
    let Ok(done) = timeout(REQUEST_LIMIT, work).await else {
        bail!("no answer within {} s", REQUEST_LIMIT.as_secs());
    };
    done.context("the front itself failed")?
}

/// The function's answer, or what API Gateway makes of a function that gave none.
fn answer(mut response: axum::http::Response<Bytes>) -> Response {
    for name in [header::CONNECTION, header::TRANSFER_ENCODING] {
        response.headers_mut().remove(name);
    }
    // cargo-lambda hands on the runtime's error document, or its own, without a content type. A function's own
    // 500 has one.
    let failed = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && !response.headers().contains_key(CONTENT_TYPE)
        && !response.body().is_empty();
    if !failed {
        return response.map(Into::into);
    }
    let error: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    eprintln!("cargo dev: a function failed: {error}");
    if error["errorType"] == EXIT_ERROR {
        unavailable()
    } else {
        let detail = "The function failed.";
        problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
            "internal_error",
            detail,
        )
    }
}

/// A function that died, or did not answer in time. 503 and not 500, so that a provider sends its text again.
fn unavailable() -> Response {
    let detail = "The request was not completed. It is safe to repeat it.";
    let mut response = problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "Service Unavailable",
        "unavailable",
        detail,
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn too_large() -> Response {
    let detail = format!("The body is larger than {BODY_LIMIT} bytes.");
    problem(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Payload Too Large",
        "payload_too_large",
        &detail,
    )
}

async fn not_found() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        "Not Found",
        "not_found",
        "Nothing is served under this path.",
    )
}

fn problem(status: StatusCode, title: &str, code: &str, detail: &str) -> Response {
    let problem = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "code": code,
    });
    (
        status,
        [(CONTENT_TYPE, "application/problem+json")],
        problem.to_string(),
    )
        .into_response()
}
