//! HTTP: hyper's client with TLS, one for all that is asked, whether it is AWS, a provider or the issuer of tokens. Its code
//! is generic: another type of connection or body would be another fiftieth of a function.
//!
//! HTTP/1.1, which all of them speak. The SDK's own client has HTTP/2 and proxies in it as well, which are never used here
//! and would be a tenth of a function.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use http::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// How long a client waits for a connection, and keeps one.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// A connection is open within this time, with its TLS, or given up.
    pub connect: Duration,
    /// A connection that was idle for this long is not used again. Lambda holds an instance between two requests, and the
    /// other side closes what is idle meanwhile.
    pub idle: Duration,
}

/// A client with its connections.
#[derive(Debug, Clone)]
pub struct HttpsClient(Client<InTime, SdkBody>);

impl HttpsClient {
    /// A client that trusts the roots of this system, which are loaded now.
    ///
    /// # Errors
    /// The system has no certificates that can be read.
    pub fn trusting_this_system(patience: Patience) -> Result<Self, BoxError> {
        let builder = HttpsConnectorBuilder::new();
        let builder = builder.with_provider_and_native_roots(ring::default_provider())?;
        Ok(Self::over(patience, |tcp| {
            builder.https_or_http().enable_http1().wrap_connector(tcp)
        }))
    }

    /// A client that trusts these roots.
    pub(crate) fn trusting(roots: RootCertStore, patience: Patience) -> Result<Self, BoxError> {
        let trust = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let builder = HttpsConnectorBuilder::new().with_tls_config(trust);
        Ok(Self::over(patience, |tcp| {
            builder.https_or_http().enable_http1().wrap_connector(tcp)
        }))
    }

    fn over(patience: Patience, tls: impl FnOnce(HttpConnector) -> HttpsConnector<HttpConnector>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        // Whether there is TLS on it is the other's business.
        tcp.enforce_http(false);
        let in_time = InTime {
            connect: tls(tcp),
            within: patience.connect,
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(patience.idle)
            .build(in_time);
        Self(client)
    }

    /// Makes a request.
    pub fn request(&self, request: Request<impl Into<SdkBody>>) -> ResponseFuture {
        self.0.request(request.map(Into::into))
    }
}

/// Opens connections in time.
#[derive(Debug, Clone)]
struct InTime {
    connect: HttpsConnector<HttpConnector>,
    within: Duration,
}

impl Service<Uri> for InTime {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connect.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = timeout(self.within, self.connect.call(uri));
        Box::pin(async { connecting.await? })
    }
}
