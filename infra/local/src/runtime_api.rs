//! cargo-lambda's side of the runtime API: where invocations come from and where their outcomes go.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, Request, StatusCode};
use tokio::time::sleep;

use crate::http;

const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");

/// A wait for the next invocation.
pub(crate) type Upstream = Pin<Box<dyn Future<Output = Invocation> + Send>>;

/// What cargo-lambda wants a function to do.
pub(crate) struct Invocation {
    pub(crate) id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// cargo-lambda's runtime API of one function.
pub(crate) struct RuntimeApi {
    client: http::Client,
    invocations: String,
}

impl RuntimeApi {
    pub(crate) fn new(lambda: &str, function: &str) -> Self {
        let invocations = format!("{lambda}/.rt/{function}/2018-06-01/runtime/invocation");
        Self {
            client: http::client(),
            invocations,
        }
    }

    /// The next invocation. Once begun the wait must be kept until it is over: what it takes is taken.
    pub(crate) fn wait_for_invocation(&self) -> Upstream {
        let client = self.client.clone();
        let url = format!("{}/next", self.invocations);
        Box::pin(async move {
            loop {
                if let Ok(invocation) = invocation(&client, &url).await {
                    return invocation;
                }
                // cargo-lambda is going away, and with it this process.
                sleep(Duration::from_millis(100)).await;
            }
        })
    }

    /// Tells the outcome of an invocation.
    pub(crate) async fn report(
        &self,
        id: &str,
        outcome: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> StatusCode {
        let request =
            Request::post(format!("{}/{id}/{outcome}", self.invocations)).body(http::Body::new(body));
        let Ok(mut request) = request else {
            return StatusCode::BAD_REQUEST;
        };
        *request.headers_mut() = headers;
        http::remove_hop_by_hop(request.headers_mut());
        match http::send(&self.client, request).await {
            Ok(response) => response.status(),
            Err(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

async fn invocation(client: &http::Client, url: &str) -> Result<Invocation> {
    let request = Request::get(url).body(http::Body::default())?;
    let (parts, body) = http::send(client, request).await?.into_parts();
    if parts.status != StatusCode::OK {
        bail!("no invocation: {}", parts.status);
    }
    let id = parts
        .headers
        .get(REQUEST_ID)
        .context("an invocation without an id")?
        .to_str()?
        .to_owned();
    let mut headers = parts.headers;
    http::remove_hop_by_hop(&mut headers);
    Ok(Invocation { id, headers, body })
}
