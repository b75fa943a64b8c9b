//! TLS in front of the emulator, with a chain as AWS has it: a root, one between, and the server's, all RSA.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Made with openssl for these measurements alone, for a hundred years. The keys that signed them were thrown away.
const CHAIN: [&[u8]; 2] = [
    include_bytes!("../../keys/tls/localhost.der"),
    include_bytes!("../../keys/tls/between.der"),
];
const KEY: &[u8] = include_bytes!("../../keys/tls/localhost.pkcs8.der");

/// How many connections were opened.
pub(crate) type Opened = Arc<AtomicU64>;

/// Where what is at `endpoint`, an `http://` address, is reached by TLS. Connections to there are counted.
pub(crate) async fn in_front_of(endpoint: &str, opened: &Opened) -> String {
    let behind = endpoint.trim_start_matches("http://");
    let (behind, path) = behind.split_once('/').unwrap_or((behind, ""));
    let behind = behind.to_owned();
    let chain = CHAIN.map(CertificateDer::from).to_vec();
    let configuration =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivatePkcs8KeyDer::from(KEY).into())
            .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(configuration));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let opened = Arc::clone(opened);
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            opened.fetch_add(1, Ordering::Relaxed);
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                connection.set_nodelay(true)?;
                let mut front = acceptor.accept(connection).await?;
                let mut back = TcpStream::connect(behind).await?;
                back.set_nodelay(true)?;
                copy_bidirectional(&mut front, &mut back).await
            });
        }
    });
    format!("https://localhost:{port}/{path}")
}
