//! The HTTP client for everything on loopback. It sends a URI as it is given: a client that tidies paths would
//! hide from the functions what was really asked for.

use anyhow::Result;
use axum::body::Bytes;
use axum::http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// A body that is all there.
pub type Body = Full<Bytes>;
/// A client with a pool of connections.
pub type Client = legacy::Client<HttpConnector, Body>;

/// A new client.
pub fn client() -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    legacy::Client::builder(TokioExecutor::new()).build(connector)
}

/// Sends `request` and reads the whole answer.
pub async fn send(client: &Client, request: Request<Body>) -> Result<Response<Bytes>> {
    let (parts, body) = client.request(request).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}

/// Removes what concerns one connection only, and the length, which is set from the body that is sent.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::EXPECT,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}
