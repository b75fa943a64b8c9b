//! Connections: opened once, kept, and used again.
//!
//! HTTP/1.1, which all of AWS speaks. One request is on a connection at a time; as many as are under way at once, as many
//! connections there are. An answer is read whole before it is handed on.

use std::error::Error;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::header::HOST;
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::trust::Trust;

/// A connection that nobody used for so long is not used again. Lambda holds an instance between two requests, and AWS
/// closes what is idle meanwhile.
const KEPT_FOR: Duration = Duration::from_secs(60);
/// Where nothing else is said, a connection is open within this time or given up.
const OPEN_WITHIN: Duration = Duration::from_secs(1);

type BoxError = Box<dyn Error + Send + Sync>;

/// The connections of the SDK's clients, all of them together: whichever service they ask, TLS is configured once.
#[derive(Debug, Clone, Default)]
pub struct Connections(Arc<Pool>);

#[derive(Debug, Default)]
struct Pool {
    kept: Mutex<Vec<Kept>>,
    trust: Trust,
}

/// A connection that nobody uses at the moment.
#[derive(Debug)]
struct Kept {
    origin: Origin,
    since: Instant,
    connection: SendRequest<SdkBody>,
}

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    host: String,
    port: u16,
    is_secure: bool,
}

impl Origin {
    fn of(uri: &Uri) -> Result<Self, ConnectorError> {
        let host = uri.host().ok_or_else(|| ConnectorError::user("the address has no host".into()))?;
        let is_secure = uri.scheme() != Some(&Scheme::HTTP);
        Ok(Self {
            // An IPv6 address is in brackets there, and nowhere else.
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 }),
            is_secure,
        })
    }
}

impl Connections {
    /// Those of this process.
    pub(super) fn of_this_process() -> &'static Self {
        static CONNECTIONS: LazyLock<Connections> = LazyLock::new(Connections::default);
        &CONNECTIONS
    }

    /// Opens a connection to where `url` is, for the next request to it. Where that fails, that request tries again and
    /// says why.
    pub(super) async fn open(&self, url: &str) {
        let Ok(origin) = url.parse().map_err(|_| ()).and_then(|uri| Origin::of(&uri).map_err(|_| ())) else {
            return;
        };
        if let Ok(connection) = self.connect(&origin, OPEN_WITHIN).await {
            self.keep(origin, connection);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, origin: Origin, connection: SendRequest<SdkBody>) {
        self.kept().push(Kept {
            origin,
            since: Instant::now(),
            connection,
        });
    }

    /// The connection to `origin` that was used last. Those that are closed or too old are dropped.
    fn take(&self, origin: &Origin) -> Option<SendRequest<SdkBody>> {
        let mut kept = self.kept();
        kept.retain(|it| !it.connection.is_closed() && it.since.elapsed() < KEPT_FOR);
        let last = kept.iter().rposition(|it| it.origin == *origin)?;
        Some(kept.remove(last).connection)
    }

    async fn connect(&self, origin: &Origin, within: Duration) -> Result<SendRequest<SdkBody>, ConnectorError> {
        let connecting = async {
            let tcp = TcpStream::connect((origin.host.as_str(), origin.port)).await?;
            tcp.set_nodelay(true)?;
            if !origin.is_secure {
                return shake_hands(tcp).await;
            }
            let name = ServerName::try_from(origin.host.clone())?;
            let tls = TlsConnector::from(self.0.trust.configuration(&origin.host)?);
            shake_hands(tls.connect(name, tcp).await?).await
        };
        match timeout(within, connecting).await {
            Ok(connected) => connected.map_err(|error| ConnectorError::io(error).never_connected()),
            Err(elapsed) => Err(ConnectorError::timeout(elapsed.into()).never_connected()),
        }
    }

    async fn send(&self, request: HttpRequest, within: Duration) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        // The SDK asks for a connection to close after an error of the service. Here it is closed already, see `receive`.
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(|| {
                Some(ConnectionMetadata::builder().proxied(false).poison_fn(|| {}).build())
            });
        }
        let origin = Origin::of(request.uri())?;
        let mut request = for_origin(request)?;
        loop {
            let (mut connection, is_new) = match self.take(&origin) {
                Some(kept) => (kept, false),
                None => (self.connect(&origin, within).await?, true),
            };
            let mut error = match connection.try_send_request(request).await {
                Ok(response) => return self.receive(origin, connection, response).await,
                Err(error) => error,
            };
            match error.take_message() {
                // It was closed while it was kept, and has taken nothing of the request.
                Some(unsent) if !is_new => request = unsent,
                _ => return Err(broken(error.into_error())),
            }
        }
    }

    /// Reads the answer, and keeps the connection unless the service has an error: another may lead to a better machine.
    async fn receive(
        &self,
        origin: Origin,
        connection: SendRequest<SdkBody>,
        response: Response<Incoming>,
    ) -> Result<HttpResponse, ConnectorError> {
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        if !head.status.is_server_error() {
            self.keep(origin, connection);
        }
        let response = Response::from_parts(head, SdkBody::from(body));
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

/// The request as HTTP/1.1 has it on a connection to its origin.
fn for_origin(request: Request<SdkBody>) -> Result<Request<SdkBody>, ConnectorError> {
    let user = |error: http::Error| ConnectorError::user(error.into());
    let (mut head, body) = request.into_parts();
    if !head.headers.contains_key(HOST)
        && let Some(authority) = head.uri.authority()
    {
        let host = HeaderValue::from_str(authority.as_str()).map_err(|error| user(error.into()))?;
        head.headers.insert(HOST, host);
    }
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = path.parse().map_err(|error: http::uri::InvalidUri| user(error.into()))?;
    Ok(Request::from_parts(head, body))
}

async fn shake_hands<S>(stream: S) -> Result<SendRequest<SdkBody>, BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // What ends it is told to whoever has a request on it.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// What the SDK makes of a connection that broke.
fn broken(error: hyper::Error) -> ConnectorError {
    if error.is_user() {
        ConnectorError::user(error.into())
    } else if error.is_incomplete_message() {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else {
        ConnectorError::io(error.into())
    }
}

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            connections: self.clone(),
            within: settings.connect_timeout().unwrap_or(OPEN_WITHIN),
        })
    }
}

/// The connections, with the time that one may take to open.
#[derive(Debug)]
struct Connector {
    connections: Connections,
    within: Duration,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connections, within) = (self.connections.clone(), self.within);
        HttpConnectorFuture::new(async move { connections.send(request, within).await })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const WELL: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    const ILL: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}";
    const LAST: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

    /// A server that gives each connection its answers, and closes it after them. Says where it is.
    async fn server(connections: &'static [&'static [&'static str]]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for answers in connections {
                let (mut connection, _) = listener.accept().await.unwrap();
                for answer in *answers {
                    let mut request = [0; 1024];
                    if connection.read(&mut request).await.unwrap() == 0 {
                        break;
                    }
                    connection.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        url
    }

    async fn ask(connections: &Connections, url: &str) -> String {
        let request = HttpRequest::get(url).unwrap();
        // What was closed is known before the next request, as it is after an instance was held.
        tokio::time::sleep(Duration::from_millis(20)).await;
        match connections.send(request, Duration::from_millis(200)).await {
            Ok(response) => response.status().as_u16().to_string(),
            Err(error) if error.is_io() => "io".to_owned(),
            Err(error) if error.is_timeout() => "timeout".to_owned(),
            Err(_) => "other".to_owned(),
        }
    }

    /// What becomes of as many requests, one after the other.
    async fn check(server_answers: &'static [&'static [&'static str]], expected: &[&str]) {
        let (connections, url) = (Connections::default(), server(server_answers).await);
        let mut became = Vec::new();
        for _ in expected {
            became.push(ask(&connections, &url).await);
        }
        assert_eq!(became, expected);
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        check(&[&[WELL, WELL, WELL]], &["200", "200", "200"]).await;
    }

    #[tokio::test]
    async fn one_that_was_closed_meanwhile_costs_no_request() {
        check(&[&[WELL], &[LAST], &[WELL]], &["200", "200", "200"]).await;
    }

    #[tokio::test]
    async fn an_error_of_the_service_is_not_asked_the_same_way_again() {
        check(&[&[ILL, "never"], &[WELL]], &["500", "200"]).await;
    }

    #[tokio::test]
    async fn where_nobody_listens_the_sdk_is_told() {
        check(&[], &["io"]).await;
    }

    #[tokio::test]
    async fn what_breaks_in_the_middle_is_told() {
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
        check(&[&[cut], &[WELL]], &["other", "200"]).await;
    }

    #[tokio::test]
    async fn an_opened_connection_is_the_first_requests() {
        // The server takes one connection, and no other.
        let (connections, url) = (Connections::default(), server(&[&[WELL]]).await);
        connections.open(&url).await;
        assert_eq!(connections.kept().len(), 1);
        assert_eq!(ask(&connections, &url).await, "200");
    }

    #[tokio::test]
    async fn what_cannot_be_opened_is_left_to_the_first_request() {
        let connections = Connections::default();
        for url in ["http://127.0.0.1:1", "not a url", "/path"] {
            connections.open(url).await;
        }
        assert!(connections.kept().is_empty());
    }

    #[tokio::test]
    async fn a_slow_opening_ends() {
        // An address of documentation (RFC 5737): nobody answers there, or the network says so at once.
        let became = ask(&Connections::default(), "http://192.0.2.1").await;
        assert!(["timeout", "io"].contains(&became.as_str()), "{became}");
    }

    #[test]
    fn a_request_goes_to_its_origin() {
        let check = |uri: &str, expected: (&str, u16, bool)| {
            let origin = Origin::of(&uri.parse().unwrap()).unwrap();
            assert_eq!((origin.host.as_str(), origin.port, origin.is_secure), expected, "{uri}");
        };
        check("https://dynamodb.us-east-1.amazonaws.com/", ("dynamodb.us-east-1.amazonaws.com", 443, true));
        check("http://127.0.0.1:8000/a?b", ("127.0.0.1", 8000, false));
        check("http://[::1]:8000", ("::1", 8000, false));
        check("http://localhost", ("localhost", 80, false));
    }
}
