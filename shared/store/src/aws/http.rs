//! HTTP for the SDK: one client for all services, so that TLS is configured once and connections are shared.

use std::error::Error;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::https::{HttpsClient, Patience};

/// A connection is open within this time or given up.
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(1);
/// A connection that was idle for longer is not used again: Lambda holds an instance between two requests, and AWS closes
/// what is idle meanwhile.
const IDLE: Duration = Duration::from_mins(1);
/// The domain of AWS, and the endpoints under it.
const AWS: &str = ".amazonaws.com";

/// The roots that sign for AWS, all five that Amazon Trust Services names for stores of one's own
/// (<https://www.amazontrust.com/repository/>). To parse the 140 of a system takes more instructions than all the rest of a
/// start.
///
/// A test says a year ahead when one of them ends. To renew: take the certificates from that page as PEM, put them into
/// `roots.pem`, and put the hashes of their keys, from the same page, into the test below.
const ROOTS: &[u8] = include_bytes!("roots.pem");

static CONNECTOR: LazyLock<SharedHttpConnector> =
    LazyLock::new(|| SharedHttpConnector::new(ByHost::within(CONNECT_WITHIN)));

type BoxError = Box<dyn Error + Send + Sync>;

/// The client of this process.
pub(super) fn client() -> SharedHttpClient {
    http_client_fn(|_, _| CONNECTOR.clone())
}

/// A client with connections of its own, for programs and tests that have several, or several runtimes. They are on one
/// machine with what they ask, and it may be busy: they wait longer for a connection.
pub fn aws_connections() -> SharedHttpClient {
    let connector = SharedHttpConnector::new(ByHost::within(10 * CONNECT_WITHIN));
    http_client_fn(move |_, _| connector.clone())
}

/// Opens a connection to where `url` leads, by a request that asks for nothing, and leaves it to the next request to the
/// same host. Where that fails, the next request tries again and says why.
pub(super) async fn open(url: &str) {
    let Ok(request) = HttpRequest::get(url) else {
        return;
    };
    let asked = async {
        let answer = CONNECTOR.call(request).await.ok()?;
        // A connection is free once the answer on it is read.
        answer.into_body().collect().await.ok()
    };
    drop(timeout(CONNECT_WITHIN, asked).await);
}

/// Connections by whom they trust: an endpoint of AWS is known by AWS's own roots, another, which only the environment can
/// name, by those of this system. Each is made at its first use.
#[derive(Debug)]
struct ByHost {
    patience: Patience,
    of_aws: OnceLock<HttpsClient>,
    of_others: OnceLock<HttpsClient>,
}

impl ByHost {
    fn within(connect: Duration) -> Self {
        Self {
            patience: Patience { connect, idle: IDLE },
            of_aws: OnceLock::new(),
            of_others: OnceLock::new(),
        }
    }

    fn client_for(&self, uri: &Uri) -> Result<&HttpsClient, BoxError> {
        let is_other = needs_system_roots(uri);
        let known = if is_other { &self.of_others } else { &self.of_aws };
        if let Some(known) = known.get() {
            return Ok(known);
        }
        let made = if is_other {
            HttpsClient::trusting_this_system(self.patience)?
        } else {
            HttpsClient::trusting(roots_of_aws()?, self.patience)?
        };
        Ok(known.get_or_init(|| made))
    }
}

impl HttpConnector for ByHost {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let client = match self.client_for(request.uri()) {
            Ok(client) => client,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error))),
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || Some(not_to_be_used_again(connection.clone())));
        }
        let asked = client.request(request);
        HttpConnectorFuture::new(async {
            let answer = asked.await.map_err(broken)?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// What the SDK does to a connection on which a service had an error of its own: another may lead to a better machine.
fn not_to_be_used_again(connection: CaptureConnection) -> ConnectionMetadata {
    let poison = move || {
        if let Some(connected) = connection.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    ConnectionMetadata::builder()
        .proxied(false)
        .poison_fn(poison)
        .build()
}

/// What the SDK is told of a request that has no answer: by that it decides whether to try again.
fn broken(error: legacy::Error) -> ConnectorError {
    let because = |it: fn(&hyper::Error) -> bool| caused_by::<hyper::Error>(&error).is_some_and(it);
    if caused_by::<Elapsed>(&error).is_some() {
        ConnectorError::timeout(error.into())
    } else if because(hyper::Error::is_user) {
        ConnectorError::user(error.into())
    } else if because(hyper::Error::is_incomplete_message) {
        ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
    } else if error.is_connect()
        || because(hyper::Error::is_closed)
        || because(hyper::Error::is_canceled)
        || caused_by::<std::io::Error>(&error).is_some()
    {
        ConnectorError::io(error.into())
    } else {
        ConnectorError::other(error.into(), None)
    }
}

fn caused_by<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

fn needs_system_roots(uri: &Uri) -> bool {
    let is_aws = |host: &str| host.to_ascii_lowercase().ends_with(AWS);
    uri.scheme_str() == Some("https") && !uri.host().is_some_and(is_aws)
}

fn roots_of_aws() -> Result<RootCertStore, BoxError> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(ROOTS) {
        roots.add(root?)?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;
    use jiff::{Span, Timestamp};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that takes one connection, answers `requests` on it and takes no other. Says where it is.
    async fn server(requests: usize) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            drop(listener);
            for _ in 0..requests {
                let mut request = [0; 1024];
                assert_ne!(connection.read(&mut request).await.unwrap(), 0);
                let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}";
                connection.write_all(answer).await.unwrap();
            }
        });
        url
    }

    #[tokio::test]
    async fn an_opened_connection_is_the_first_requests() {
        let url = server(2).await;
        open(&url).await;
        let answer = CONNECTOR.call(HttpRequest::get(&url).unwrap()).await.unwrap();
        assert_eq!(answer.status().as_u16(), 404);
    }

    #[tokio::test]
    async fn what_cannot_be_opened_is_left_to_the_first_request() {
        for url in ["http://127.0.0.1:1", "not a url", "/path", ""] {
            open(url).await;
        }
    }

    /// What becomes of a request to a server that answers its only connection with this.
    async fn broken_by(answer: &'static [u8]) -> ConnectorError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 1024]).await.unwrap();
            connection.write_all(answer).await.unwrap();
        });
        let asked = ByHost::within(CONNECT_WITHIN).call(HttpRequest::get(url).unwrap());
        asked.await.unwrap_err()
    }

    #[tokio::test]
    async fn the_sdk_is_told_whether_a_request_may_be_made_again() {
        let nobody = ByHost::within(CONNECT_WITHIN).call(HttpRequest::get("http://127.0.0.1:1").unwrap());
        assert!(nobody.await.unwrap_err().is_io());
        let closed = broken_by(b"").await;
        assert_eq!(closed.as_other(), Some(ErrorKind::TransientError));
        let other = broken_by(b"not HTTP\r\n\r\n").await;
        assert!(other.is_other() && other.as_other().is_none());
    }

    #[tokio::test]
    async fn a_connection_is_given_up_where_tls_takes_too_long() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let asked = ByHost::within(CONNECT_WITHIN).call(HttpRequest::get(url).unwrap());
        assert!(asked.await.unwrap_err().is_timeout());
    }

    #[tokio::test]
    async fn a_connection_that_the_sdk_has_given_up_is_not_used_again() {
        let url = server(2).await;
        let connections = ByHost::within(CONNECT_WITHIN);
        let capture = CaptureSmithyConnection::new();
        let ask = async || {
            let mut request = HttpRequest::get(&url).unwrap();
            request.add_extension(capture.clone());
            let answer = connections.call(request).await?;
            assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "{}");
            Ok::<_, ConnectorError>(())
        };
        ask().await.unwrap();
        capture.get().unwrap().poison();
        // The server takes no other.
        assert!(ask().await.unwrap_err().is_io());
    }

    #[test]
    fn only_another_host_than_aws_needs_the_roots_of_the_system() {
        let check = |uri: &str, expected: bool| {
            assert_eq!(needs_system_roots(&uri.parse().unwrap()), expected, "{uri}");
        };
        check("https://dynamodb.us-east-1.amazonaws.com/", false);
        check("https://vpce-1.sns.us-gov-west-1.vpce.AMAZONAWS.com:443/", false);
        check("http://localhost:8000", false);
        check("https://localhost:8000", true);
        check("https://127.0.0.1", true);
        check("https://amazonaws.com.example.org", true);
        check("https://notamazonaws.com", true);
        check("https://dynamodb.cn-north-1.amazonaws.com.cn", true);
    }

    fn roots() -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(ROOTS)
            .map(Result::unwrap)
            .collect()
    }

    /// When a certificate ends. Its validity is two times of the years up to 2049, in each of these five.
    fn not_after(certificate: &[u8]) -> DateTime {
        let begin = certificate
            .windows(4)
            .position(|it| it == [0x30, 0x1e, 0x17, 0x0d])
            .unwrap();
        let after = &certificate[begin + 19..begin + 32];
        DateTime::strptime("%y%m%d%H%M%SZ", after).unwrap()
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the calendar that certificates end by")]
    fn no_root_ends_within_a_year() {
        let now = TimeZone::UTC.to_datetime(Timestamp::now());
        let in_a_year = now.saturating_add(Span::new().years(1));
        let ends: Vec<DateTime> = roots().iter().map(|root| not_after(root)).collect();
        for end in &ends {
            assert!(
                *end > in_a_year,
                "a root ends at {end}: see how to renew the roots"
            );
        }
        assert_eq!(ends[0].to_string(), "2038-01-17T00:00:00");
    }

    /// DER's length of so many bytes of content.
    fn length(bytes: usize) -> Vec<u8> {
        match u16::try_from(bytes).unwrap().to_be_bytes() {
            [0, short] if short < 0x80 => vec![short],
            [0, byte] => vec![0x81, byte],
            [high, low] => vec![0x82, high, low],
        }
    }

    /// Hashes of the keys, as the repository publishes them.
    #[test]
    fn the_roots_are_those_that_amazon_publishes() {
        let published = [
            "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
            "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
            "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
            "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
            "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
        ];
        let mut store = RootCertStore::empty();
        for root in roots() {
            store.add(root).unwrap();
        }
        let hash_of_key = |content: &[u8]| {
            // An anchor has the content of the key's sequence; the hash is over all of it.
            let key = [vec![0x30], length(content.len()), content.to_vec()].concat();
            let hash = ring::digest::digest(&ring::digest::SHA256, &key);
            hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap();
                hex
            })
        };
        let keys = store
            .roots
            .iter()
            .map(|root| hash_of_key(root.subject_public_key_info.as_ref()));
        assert_eq!(keys.collect::<Vec<_>>(), published);
    }
}
